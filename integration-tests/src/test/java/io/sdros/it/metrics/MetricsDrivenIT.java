package io.sdros.it.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RawStream;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Every series of the server's own metrics is moved by the event it stands for, on real servers. Fails as well if there
 * is a series that nothing here moves.
 */
@Timeout(10 * 60) // servers one after another, and waits that the contract sets
@Execution(ExecutionMode.CONCURRENT) // it waits for most of its time, and each event may take its time
final class MetricsDrivenIT {

    /**
     * What has tests of its own: a NATS client too slow for its own connection (NatsRelayDeliveryTest), a mistake of the
     * server's (ClosingTest), clients that hold on to memory (HeapIT, MemoryTest), frames that are left out for a late
     * client (DroppableTest) or for one that asked for fewer (FewerFramesIT), a handshake in the moment of the stop
     * (StoppingTest), pages under a strange host name (HandshakeTest), connections that are no viewers' (StrangersIT),
     * frames whose producer says when it took and committed them (Sdr2ProtocolTest), and a producer with a history (its
     * reader's StreamHistoryTest; BusyMachineIT).
     */
    private static final Set<String> MADE_ELSEWHERE = Set.of(
            "sdr_telemetry_dropped_total{reason=\"slow_consumer\",subject=\"unknown\",}",
            "sdr_clients_closed_total{reason=\"failed\",}", "sdr_clients_closed_total{reason=\"memory\",}",
            "sdr_clients_refused_total{reason=\"host\",}", "sdr_clients_refused_total{reason=\"stopping\",}",
            "sdr_frames_dropped_total{reason=\"memory\",}", "sdr_frames_dropped_total{reason=\"droppable\",}",
            "sdr_frames_dropped_total{reason=\"unwanted\",}",
            "sdr_viewer_delay_seconds_count{stage=\"capture_to_commit\",}",
            "sdr_viewer_delay_seconds_sum{stage=\"capture_to_commit\",}",
            "sdr_viewer_delay_seconds_sum{stage=\"commit_to_server\",}",
            "sdr_history", "sdr_history_laps_total", "sdr_history_skips_total",
            "sdr_http_connections", "sdr_http_connections_cut_total{reason=\"address_limit\",}",
            "sdr_http_connections_cut_total{reason=\"limit\",}");

    private final OpenResources opened = new OpenResources();
    private final MetricsLedger ledger = new MetricsLedger();
    private final ReadingEvents reading = new ReadingEvents(opened, ledger);
    private final ViewerEvents viewers = new ViewerEvents(opened, ledger);
    private final NatsEvents nats = new NatsEvents(opened, ledger);

    @AfterEach
    void closeEverything() {
        opened.close();
    }

    @Test
    void everySeriesIsMovedByWhatItCounts() {
        ServerProcess patient = opened.add(ServerProcess.start(opened.add(TempRegion.create())));
        RawStream silent = opened.add(RawStream.connect(patient, ViewerEvents.SMALL_WINDOW_BYTES));

        reading.reading();
        reading.conditions();
        reading.withoutMemory();
        viewers.refusals();
        viewers.closing();
        viewers.feedback();
        viewers.waitingForKeyframes();
        viewers.falling();
        nats.telemetry();
        nats.deniedAndTooSlow();

        ledger.value(patient.http(), "sdr_clients");
        ledger.comes(patient.http(), ViewerEvents.closed("idle"), MetricsLedger.LONG);
        silent.close();
        viewers.shutdown();
        assertThat(ledger.notDriven()).isEqualTo(exempt());
    }

    /** The version is no event. */
    private Set<String> exempt() {
        Set<String> exempt = new TreeSet<>();
        for (String series : ledger.notDriven()) {
            if (series.startsWith("sdr_build_info{") || MADE_ELSEWHERE.contains(series)) {
                exempt.add(series);
            }
        }
        assertThat(exempt).hasSize(1 + MADE_ELSEWHERE.size());
        return exempt;
    }
}
