package io.sdros.it.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.HttpProbe;
import io.sdros.it.support.NatsClient;
import io.sdros.it.support.NatsProcess;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RawStream;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.WsRecorder;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Telemetry and the connection to NATS, and the series that their events move. */
final class NatsEvents {

    private static final String LONG_SUBJECT = "telemetry." + "x".repeat(300);

    private final OpenResources opened;
    private final MetricsLedger ledger;

    /** @param opened where everything goes that is to be closed in the end */
    NatsEvents(OpenResources opened, MetricsLedger ledger) {
        this.opened = opened;
        this.ledger = ledger;
    }

    private ServerProcess server(TempRegion region, String... settings) {
        return opened.add(ServerProcess.start(region, settings));
    }

    void telemetry() {
        try (NatsProcess nats = NatsProcess.start()) {
            ServerProcess server = server(opened.add(TempRegion.create()), "SDR_NATS_URL", nats.url(),
                    "SDR_TELEMETRY_MAX_SIZE", "60000");
            HttpProbe http = server.http();
            http.awaitNats("connected");
            opened.add(WsRecorder.connect(server));
            opened.add(RawStream.connect(server, ViewerEvents.SMALL_WINDOW_BYTES)); // takes nothing
            try (NatsClient robot = NatsClient.connect(nats)) {
                Await.until("the subscription", Deadlines.SOON, () -> nats.hasSubscription("telemetry.>"));
                ledger.raises(http, received("telemetry.pose"), () -> robot.publish("telemetry.pose", "1"));
                ledger.raises(http, "sdr_telemetry_sent_total", () -> robot.publish("telemetry.pose", "2"));
                ledger.raises(http, dropped("payload_too_large", "telemetry.pose"),
                        () -> robot.publish("telemetry.pose", new byte[60_001]));
                ledger.raises(http, dropped("subject_too_long", "other"), () -> robot.publish(LONG_SUBJECT, "1"));
                ledger.raisesWithRepeated(http, dropped("queue_overflow", "telemetry.pose"), Deadlines.SOON,
                        () -> robot.publish("telemetry.pose", new byte[60_000]));
                ledger.raises(http, received("other"), () -> robot.publish(LONG_SUBJECT, "1"));
            }
            ledger.brings(http, "sdr_nats_connected", 0, nats::kill);
            try (NatsProcess again = NatsProcess.start(nats.port())) {
                ledger.raises(http, "sdr_nats_reconnects_total", () -> http.awaitNats("connected"));
                assertThat(ledger.value(http, "sdr_nats_connected")).isEqualTo(1);
                assertThat(again.port()).isEqualTo(nats.port());
            }
        }
        // Whether there is to be NATS is a setting: the other servers here say 0.
        ledger.differs("sdr_nats_enabled", server(opened.add(TempRegion.create())).http(), server(
                opened.add(TempRegion.create()), "SDR_NATS_URL", "nats://127.0.0.1:1").http());
    }

    private static String received(String subject) {
        return MetricsLedger.series("sdr_telemetry_received_total", Map.of("subject", subject));
    }

    private static String dropped(String reason, String subject) {
        return "sdr_telemetry_dropped_total{reason=\"" + reason + "\",subject=\"" + subject + "\",}";
    }

    /** A login that may do nothing, and a process that stands still. */
    void deniedAndTooSlow() {
        try (NatsProcess nats = NatsProcess.start("write_deadline: \"500ms\"\nauthorization { users: [ { user: robot, password:"
                + " s3cret, permissions: { publish: { allow: [\"nothing\"] }, subscribe: { allow: [\"telemetry.>\"] } } },"
                + " { user: it, password: it } ] }\nno_auth_user: it\n")) {
            ServerProcess server = server(opened.add(TempRegion.create()), "SDR_NATS_URL",
                    nats.url("nats", "robot:s3cret@").toString(), "SDR_TELEMETRY_SUBJECTS", "telemetry.>,other");
            HttpProbe http = server.http();
            http.awaitNats("connected");
            ledger.raises(http, "sdr_nats_denied", () -> opened.add(WsRecorder.connect(server)));
            for (String operation : List.of("subscribe", "publish")) {
                ledger.comes(http, MetricsLedger.series("sdr_nats_refusals_total", Map.of("operation", operation)),
                        Deadlines.SOON);
            }
            ledger.raises(http, "sdr_nats_slow_consumer_cuts_total", () -> floodWhileStopped(server, nats));
        }
    }

    private static void floodWhileStopped(ServerProcess server, NatsProcess nats) {
        server.process().signal("-STOP");
        try (NatsClient robot = NatsClient.connect(nats)) {
            // How much the kernels take differs.
            Await.until("nats-server has cut it off", Deadlines.SOON, () -> {
                robot.publish("telemetry.pose", new byte[60_000]);
                return !nats.hasSubscription("telemetry.>");
            });
            Await.holdsFor(Duration.ofSeconds(2), () -> true);
        } finally {
            server.process().signal("-CONT");
        }
    }
}
