package io.sdros.server.http;

import io.sdros.fanout.DropReason;
import io.sdros.server.stream.VideoStream;
import io.sdros.server.text.Json;
import io.sdros.transport.undertow.DelayStage;
import io.sdros.transport.undertow.ViewerFeedback;
import io.sdros.transport.undertow.ViewerReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * The answer of /clients: each with where its frames are and how late.
 *
 * @param clients       some 700 bytes each, so not all of them
 * @param total         how many there are
 * @param withAddresses whether these may be told
 */
public record ClientsReport(List<Entry> clients, int total, boolean withAddresses) {

    /** So many are told of. */
    public static final int MOST = 200;

    private static final long NANOS_PER_MICRO = 1000;

    public ClientsReport {
        clients = List.copyOf(clients);
    }

    /** Of these streams' clients, the first that there is room for. */
    public static ClientsReport of(List<VideoStream> streams, boolean withAddresses) {
        List<Entry> clients = new ArrayList<>();
        int total = 0;
        for (VideoStream stream : streams) {
            total += stream.viewers();
            stream.feed().reports(MOST - clients.size()).forEach(viewer -> clients.add(new Entry(stream.name(), viewer)));
        }
        return new ClientsReport(clients, total, withAddresses);
    }

    /** One client of one stream. */
    public record Entry(String stream, ViewerReport viewer) {
    }

    String json() {
        return new Json().put("total", total).put("clients", clients.stream().map(this::json).toList()).toString();
    }

    private Json json(Entry entry) {
        ViewerReport viewer = entry.viewer();
        Json json = new Json().put("stream", entry.stream());
        if (withAddresses) {
            json.put("address", viewer.address().getHostAddress());
        }
        json.put("connected_s", viewer.connected().toSeconds())
                .put("sdr2", viewer.sdr2())
                .put("video", viewer.video().name().toLowerCase(Locale.ROOT))
                .put("video_messages", viewer.videoMessages())
                .put("sent_bytes", viewer.sentBytes())
                .put("max_fps", viewer.maxFps())
                .put("lag_events", viewer.lagEvents())
                .put("dropped", dropped(viewer))
                .put("carried_bps", viewer.carriedBps())
                .put("send_buffer_bytes", viewer.sendBufferBytes());
        viewer.said().ifPresent(said -> add(json, said));
        return json;
    }

    private static Json dropped(ViewerReport viewer) {
        Json json = new Json();
        for (DropReason reason : DropReason.values()) {
            json.put(reason.name().toLowerCase(Locale.ROOT), viewer.dropped().get(reason));
        }
        return json;
    }

    private static void add(Json json, ViewerReport.Said said) {
        ViewerFeedback last = said.last();
        json.put("viewer", last.viewer())
                .put("state", last.state().label())
                .put("feedback_age_ms", said.silent().toMillis())
                .put("clock_error_us", last.clockErrorMicros())
                .put("unreceived_frames", said.unreceivedFrames())
                .put("delay_grown", last.delayGrown())
                .put("window_open", said.windowOpen())
                .put("decode_queue", last.decodeQueue())
                .put("received", last.received())
                .put("decoded", last.decoded())
                .put("client_dropped", last.dropped())
                .put("delays_us", delays(said));
    }

    private static Json delays(ViewerReport.Said said) {
        Json json = new Json();
        for (DelayStage stage : DelayStage.values()) {
            Long nanos = said.delays().nanos().get(stage);
            json.put(stage.label(), nanos == null ? OptionalLong.empty() : OptionalLong.of(nanos / NANOS_PER_MICRO));
        }
        return json;
    }
}
