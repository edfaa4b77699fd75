package io.sdros.it.metrics;

import io.sdros.it.support.Await;
import io.sdros.it.support.DamagedFrames;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.HttpProbe;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.VideoFrame;
import io.sdros.it.support.WsRecorder;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** Events in the shared memory and in what the frames hold, and the series that they move. */
final class ReadingEvents {

    private final OpenResources opened;
    private final MetricsLedger ledger;

    /** @param opened where everything goes that is to be closed in the end */
    ReadingEvents(OpenResources opened, MetricsLedger ledger) {
        this.opened = opened;
        this.ledger = ledger;
    }

    private ServerProcess server(TempRegion region, String... settings) {
        return opened.add(ServerProcess.start(region, settings));
    }

    /** The region's file, good frames and all ways of being damaged. */
    void reading() {
        TempRegion region = opened.add(TempRegion.create());
        // So that nothing has to be learnt, and nothing is read for nobody.
        ServerProcess server = server(region, "SDR_PARAMETER_SETS", "pass");
        HttpProbe http = server.http();
        RegionWriter[] writer = new RegionWriter[1];
        ledger.raises(http, "sdr_attaches_total", () -> writer[0] = RegionWriter.open(region.path()));
        WsRecorder[] client = new WsRecorder[2];
        ledger.brings(http, "sdr_reading", 1, () -> opened.add(WsRecorder.connect(server)));
        ledger.brings(http, "sdr_clients", 2, () -> client[0] = opened.add(WsRecorder.connect(server)));
        ledger.raises(http, "sdr_clients_accepted_total", () -> client[1] = opened.add(WsRecorder.connect(server)));
        for (String series : new String[] {"sdr_frames_read_total", "sdr_shm_sequence", "sdr_last_frame_age_seconds",
            "sdr_frame_size_bytes_count", "sdr_frame_size_bytes_sum", "sdr_video_messages_sent_total",
            "sdr_video_sent_bytes_total", "sdr_commit_to_socket_delay_seconds_count",
            "sdr_commit_to_socket_delay_seconds_sum"}) {
            ledger.raises(http, series, () -> writer[0].keyframe(1000));
        }
        ledger.raises(http, "sdr_frames_lost_total", () -> writer[0].continueAt(100).keyframe(10));
        ledger.raises(http, "sdr_frames_skipped_total", () -> writer[0].continueAt(200).delta(10));
        ledger.raises(http, "sdr_writer_restarts_total", () -> RegionWriter.open(region.path()).keyframe(10));
        DamagedFrames damaged = DamagedFrames.in(region.path());
        ledger.raises(http, MetricsLedger.reason("sdr_read_failures_total", "invalid_length"), damaged::invalidLength);
        ledger.raises(http, MetricsLedger.reason("sdr_read_failures_total", "bad_header"), damaged::badHeader);
        ledger.raises(http, MetricsLedger.reason("sdr_read_failures_total", "crc_mismatch"), damaged::crcMismatch);
        ledger.raisesWithRepeated(http, MetricsLedger.reason("sdr_read_failures_total", "torn_read"), MetricsLedger.LONG,
                () -> tear(damaged));
    }

    private static void tear(DamagedFrames damaged) {
        AtomicBoolean goOn = new AtomicBoolean(true);
        Thread scribbler = new Thread(() -> damaged.tornWhile(goOn), "scribbler");
        scribbler.start();
        Await.pause(Duration.ofMillis(40).toNanos());
        goOn.set(false);
        try {
            scribbler.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What payloads say, each made by hand: SPS of 176x144 without a word about the order, PPS, and slices. */
    void conditions() {
        TempRegion region = opened.add(TempRegion.create());
        ServerProcess server = server(region);
        HttpProbe http = server.http();
        opened.add(WsRecorder.connect(server));
        RegionWriter writer = RegionWriter.open(region.path());
        http.awaitAttached();
        String sets = "000000016742c00bdb0b1390" + "0000000168cb83cb20";
        String idr = "000000016588840a";
        payload("no_parameter_sets", http, writer, 1, idr);
        payload("flag_mismatch", http, writer, 0, sets + idr);
        payload("split_units", http, writer, 0, "0000000109f0");
        payload("length_prefixed", http, writer, 1, "000000046588840a");
        payload("not_annex_b", http, writer, 0, "0102030405");
        payload("b_frames", http, writer, 0, "0000000141aa2233");
        payload("profile", http, writer, 1,
                "0000000167f4000d919681508784210c0440000003004000000c83c50aa8" + "0000000168cb83cb20" + idr);
        String recoveryPoint = "00000001060601848000000001419a2233";
        for (String label : new String[] {"no_keyframe", "intra_refresh"}) {
            ledger.raisesWithRepeated(http, condition(label), Deadlines.SOON,
                    () -> writer.write(1, 0, VideoFrame.H264, HexFormat.of().parseHex(recoveryPoint)));
        }
    }

    private static String condition(String label) {
        return MetricsLedger.series("sdr_stream_conditions_total", Map.of("condition", label));
    }

    private void payload(String label, HttpProbe http, RegionWriter writer, int flags, String hex) {
        ledger.raises(http, condition(label),
                () -> writer.write(1, flags, VideoFrame.H264, HexFormat.of().parseHex(hex)));
    }

    void withoutMemory() {
        TempRegion region = opened.add(TempRegion.create());
        DamagedFrames damaged = DamagedFrames.inNew(region.path(), 300_000_000);
        ServerProcess server = server(region, "JAVA_TOOL_OPTIONS", "-Xmx128m");
        opened.add(WsRecorder.connect(server));
        ledger.raises(server.http(), MetricsLedger.reason("sdr_read_failures_total", "out_of_memory"),
                () -> damaged.ofBytes(200_000_000));
    }
}
