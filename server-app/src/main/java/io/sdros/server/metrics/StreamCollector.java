package io.sdros.server.metrics;

import io.prometheus.client.Collector;
import java.util.List;
import java.util.Map;

/** The server's own metrics, read from their sources at the moment of the scrape. */
final class StreamCollector extends Collector {

    private static final double NANOS_PER_SECOND = 1e9;
    private static final String SLOW_CONSUMER = "slow_consumer";
    private static final String UNKNOWN_SUBJECT = "unknown";

    private final MetricSources sources;
    private final String version;

    StreamCollector(MetricSources sources, String version) {
        this.sources = sources;
        this.version = version;
    }

    @Override
    public List<MetricFamilySamples> collect() {
        MetricFamilies families = new MetricFamilies();
        addFrames(families, sources.frames().get());
        addFanout(families, sources.fanout().get());
        addClients(families, sources.clients().get());
        NatsMetrics nats = sources.nats().get();
        addTelemetry(families, sources.telemetry(), nats);
        addNats(families, nats);
        families.info("build_info", "Which version runs on which Java; always 1.", List.of("version", "java"),
            List.of(version, Runtime.version().toString()));
        return families.list();
    }

    private void addFrames(MetricFamilies families, FrameMetrics frames) {
        families
            .counter("frames_read_total", "Frames read from the shared memory and accepted.", frames.framesRead())
            .counter("frames_lost_total", "Frames missing between two accepted ones, by their numbers.", frames.framesLost())
            .counter("frames_skipped_total", "Good frames nobody may see, because a keyframe must come first.", frames.framesSkipped())
            .counter("read_failures_total", "Frames that could not be read and were given up, by reason.", "reason", frames.readFailures())
            .counter("attaches_total", "Times the shared memory file was attached to.", frames.attaches())
            .counter("writer_restarts_total", "Times the writer started anew.", frames.writerRestarts())
            .gauge("shm_sequence", "The commit sequence last seen in the shared memory.", unsigned(frames.sequence()))
            .gauge("reading", "1 while frames are read; 0 while nobody watches and they are only looked at.", frames.reading() ? 1 : 0)
            .histogram("frame_size_bytes", "Payload sizes of the frames read.", sources.frameSizes().snapshot());
        // No sample before the first frame: any number would be a lie, and "absent" can be alerted on.
        frames.lastFrameAgeNanos().ifPresent(age ->
            families.gauge("last_frame_age_seconds", "Time since the last frame was committed, read or not.", age / NANOS_PER_SECOND));
    }

    private static void addFanout(MetricFamilies families, FanoutMetrics fanout) {
        families
            .counter("lag_events_total", "Times a client fell behind and frames were dropped for it.", fanout.lagEvents())
            .counter("frames_dropped_total", "Frames queued for a client and not sent to it, by reason.", "reason", fanout.framesDropped())
            .counter("keyframe_requests_total", "Keyframes asked for: sent, held back (coalesced) or failed to send.", "result", Map.of(
                "sent", fanout.keyframeRequestsSent(),
                "coalesced", fanout.keyframeRequestsCoalesced(),
                "failed", fanout.keyframeRequestsFailed()));
    }

    private static void addClients(MetricFamilies families, ClientMetrics clients) {
        families
            .gauge("clients", "Clients connected now.", clients.connected())
            .counter("clients_accepted_total", "Clients connected since the start.", clients.accepted())
            .counter("clients_closed_total", "Client connections ended, by reason.", "reason", clients.closed())
            .counter("clients_refused_total", "Clients turned away before the connection was upgraded, by reason.", "reason", clients.refused())
            .gauge("http_connections", "Connections that are no clients of the stream, or not yet.", clients.strangers())
            .counter("http_connections_cut_total", "Connections of that kind ended for a new one, by the limit that was reached.",
                "reason", clients.strangersCut())
            .counter("video_messages_sent_total", "Video messages handed to the kernel, one per frame and client.", clients.videoMessages())
            .counter("video_sent_bytes_total", "Bytes of those messages.", clients.videoBytes())
            .counter("telemetry_sent_total", "Telemetry messages handed to the kernel, one per message and client.", clients.telemetryMessages())
            .counter("inbound_messages_total", "Messages clients sent, which are ignored.", clients.inboundMessages())
            .histogram("commit_to_socket_delay_seconds",
                "From the moment a frame's commit is seen to its last byte being handed to the kernel, per client.", clients.commitToSocketDelay());
    }

    private static void addTelemetry(MetricFamilies families, TelemetryCounters telemetry, NatsMetrics nats) {
        Map<String, Map<String, Long>> dropped = telemetry.droppedByReasonAndSubject();
        dropped.put(SLOW_CONSUMER, Map.of(UNKNOWN_SUBJECT, nats.droppedUnseen()));
        families
            .counter("telemetry_received_total", "Telemetry messages received from NATS, by subject.", "subject", telemetry.receivedBySubject())
            .counter("telemetry_dropped_total", "Telemetry messages dropped, by reason and subject.", List.of("reason", "subject"), dropped);
    }

    private static void addNats(MetricFamilies families, NatsMetrics nats) {
        families
            .gauge("nats_enabled", "1 when the settings name a NATS server.", nats.enabled() ? 1 : 0)
            .gauge("nats_connected", "1 while connected to NATS.", nats.connected() ? 1 : 0)
            .counter("nats_reconnects_total", "Times the connection to NATS was established again.", nats.reconnects())
            .gauge("nats_denied", "Subjects the NATS server does not allow now.", nats.denied())
            .counter("nats_refusals_total", "Times the NATS server refused a subscription or a message.", "operation", Map.of(
                "subscribe", nats.subscriptionsRefused(),
                "publish", nats.messagesRefused()))
            .counter("nats_slow_consumer_cuts_total",
                "Connections to NATS that ended because telemetry arrived faster than it was taken.", nats.slowConsumerCuts());
    }

    private static double unsigned(long value) {
        return value >= 0 ? value : Math.scalb((double) (value >>> 1), 1);
    }
}
