package io.sdros.relay.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.relay.nats.link.LinkMessage;
import io.sdros.relay.nats.link.NatsLink;
import io.sdros.relay.nats.link.RelayLink;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of {@code docs/deploy/relay}, as they are: two nodes of a hub, a robot's leaf node, and who may do what. */
@Tag("tools")
class RelayDeploymentTest {

    private static final Path FILES = Path.of("..", "docs", "deploy", "relay").toAbsolutePath().normalize();

    @TempDir
    private Path folder;

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final int leafPort = NatsNode.freePort();
    private NatsNode first;
    private NatsNode second;
    private NatsNode robot;
    private NatsLink edge;

    @BeforeEach
    void start() {
        int firstCluster = NatsNode.freePort();
        int secondCluster = NatsNode.freePort();
        String routes = "[nats-route://127.0.0.1:" + firstCluster + ", nats-route://127.0.0.1:" + secondCluster + "]";
        first = hub("n1", leafPort, firstCluster, routes);
        second = hub("n2", NatsNode.freePort(), secondCluster, routes);
        int port = NatsNode.freePort();
        robot = NatsNode.running(folder, port, FILES.resolve("robot.conf"), Map.of(
                "LOCAL_ADDRESS", "127.0.0.1:" + port, "VIDEO_PASSWORD", "local",
                "HUB_VIDEO_URL", "nats-leaf://robot7:secret7@127.0.0.1:" + leafPort,
                "HUB_TELEMETRY_URL", "nats-leaf://robot7-telemetry:secret7@127.0.0.1:" + leafPort));
        edge = link(second, "edge1:secret1@");
        edge.subscribe("sdr.v1.k.>", this::hear);
    }

    private NatsNode hub(String name, int leaf, int cluster, String routes) {
        int port = NatsNode.freePort();
        Map<String, String> environment = new HashMap<>(Map.of("SERVER_NAME", name, "CLIENT_ADDRESS", "127.0.0.1:" + port,
                "LEAF_ADDRESS", "127.0.0.1:" + leaf, "CLUSTER_ADDRESS", "127.0.0.1:" + cluster, "ROUTES", routes));
        environment.putAll(Map.of("ROBOT7_PASSWORD", "secret7", "EDGE1_PASSWORD", "secret1"));
        return NatsNode.running(folder, port, FILES.resolve("hub.conf"), environment);
    }

    @AfterEach
    void stop() {
        edge.close();
        robot.close();
        second.close();
        first.close();
    }

    private static NatsLink link(NatsNode node, String login) {
        NatsLink link = new NatsLink(node.url().replace("//", "//" + login), Optional.empty(), Optional.empty(), "deployment-test");
        link.start();
        Eventually.await("connected as " + login, link::connected);
        return link;
    }

    private void hear(LinkMessage message) {
        heard.add(message.subject());
    }

    /** What is published last is what comes last, so who hears that would have heard the rest. */
    private void says(RelayLink link, String... subjects) {
        heard.clear();
        Eventually.await("what may be said: " + List.of(subjects), () -> {
            for (String subject : subjects) {
                link.publish(subject, "x".getBytes(StandardCharsets.UTF_8));
            }
            return heard.contains(subjects[subjects.length - 1]);
        });
    }

    @Test
    void aRobotReachesAnEdgeOnAnotherNodeAndCannotSpeakAsAnother() {
        try (NatsLink origin = link(robot, "video:local@")) {
            says(origin, "sdr.v1.k.robot8", "sdr.v1.k.robot7x", "sdr.v1.k.robot7.front");
            assertThat(heard).containsOnly("sdr.v1.k.robot7.front");

            // And what the edge says reaches the robot; its answer, the edge.
            origin.subscribe("sdr.v1.up.robot7.front", asked -> asked.replyTo()
                    .ifPresent(to -> origin.publish(to, "y".getBytes(StandardCharsets.UTF_8))));
            String inbox = edge.newInbox();
            edge.subscribe(inbox, this::hear);
            Eventually.await("an answer", () -> {
                edge.publish("sdr.v1.up.robot7.front", inbox, "x".getBytes(StandardCharsets.UTF_8));
                return heard.contains(inbox);
            });
        }
    }

    @Test
    void anEdgeCanSayWhatItWantsAndNothingElse() {
        try (NatsLink origin = link(robot, "video:local@"); NatsLink another = link(first, "edge1:secret1@")) {
            edge.subscribe("_INBOX.answers", this::hear);
            origin.subscribe("_INBOX.origin.*", this::hear);
            origin.subscribe("sdr.v1.up.robot7", asked -> origin.publish("sdr.v1.k.robot7.asked", asked.payload()));
            Eventually.await("it may ask", () -> {
                // What it must not say first, so that the frame would come behind it.
                for (String subject : List.of("sdr.v1.k.robot7", "_INBOX.answers", "_INBOX.origin.1", "sdr.v1.up.robot7")) {
                    another.publish(subject, "x".getBytes(StandardCharsets.UTF_8));
                }
                return heard.contains("sdr.v1.k.robot7.asked");
            });
            assertThat(heard).containsOnly("sdr.v1.k.robot7.asked");
        }
    }

    @Test
    void aRobotCannotListenToAnswersOfOthers() {
        try (NatsLink answering = link(first, "robot7:secret7@"); NatsLink spy = link(second, "robot7:secret7@")) {
            for (String filter : List.of("_INBOX.answer", "_INBOX.*", "_INBOX.>", "sdr.v1.info.robot7", "_INBOX.robot7.*")) {
                spy.subscribe(filter, this::hear);
            }
            says(answering, "_INBOX.answer", "sdr.v1.info.robot7", "_INBOX.robot7.1");
            assertThat(heard).containsOnly("sdr.v1.info.robot7", "_INBOX.robot7.1");
        }
    }

    @Test
    void telemetryTakesItsOwnWay() {
        try (NatsLink sensor = link(robot, ""); NatsLink server = link(second, "edge1-telemetry:secret1@")) {
            server.subscribe("telemetry.>", this::hear);
            says(sensor, "telemetry.robot8.pose", "telemetry.robot7.pose");
            assertThat(heard).containsOnly("telemetry.robot7.pose");
        }
    }
}
