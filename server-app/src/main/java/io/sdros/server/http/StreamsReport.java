package io.sdros.server.http;

import io.sdros.server.bitstream.SequenceInfo;
import io.sdros.server.stream.VideoStream;
import io.sdros.server.text.Json;
import io.sdros.shm.protocol.Codecs;
import java.util.List;
import java.util.Optional;

/** The answer of /streams: what there is to watch, the stream first that is meant where none is named. */
public record StreamsReport(List<Entry> streams) {

    public StreamsReport {
        streams = List.copyOf(streams);
    }

    /**
     * One stream.
     *
     * @param video codec and size, as far as the frames that were read say them
     */
    public record Entry(String name, String title, Optional<SequenceInfo> video, SourceState source, int viewers) {

        static Entry of(VideoStream stream) {
            return new Entry(stream.name(), stream.title(), stream.sequence(),
                SourceState.of(stream.condition(), stream.readyMaxAge()), stream.viewers());
        }

        Json json() {
            Json json = new Json().put("name", name).put("title", title)
                .putText("codec", video.map(info -> Codecs.name(info.codec())))
                .put("size", video.map(info -> new Json().put("width", info.width()).put("height", info.height())));
            source.addTo(json);
            return json.put("viewers", viewers);
        }
    }

    public static StreamsReport of(List<VideoStream> streams) {
        return new StreamsReport(streams.stream().map(Entry::of).toList());
    }

    String json() {
        return new Json().put("streams", streams.stream().map(Entry::json).toList()).toString();
    }
}
