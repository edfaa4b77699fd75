package io.sdros.server.http;

import io.sdros.relay.nats.HeardStream;
import io.sdros.server.bitstream.SequenceInfo;
import io.sdros.server.stream.StreamCondition;
import io.sdros.server.stream.VideoStream;
import io.sdros.server.text.Json;
import io.sdros.shm.protocol.Codecs;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The answer of /streams: what there is to watch, the stream first that is meant where none is named. */
public record StreamsReport(List<Entry> streams) {

    public StreamsReport {
        streams = List.copyOf(streams);
    }

    /**
     * One stream.
     *
     * @param codec as far as it is known
     * @param video its size, as far as the frames that were read say it
     */
    public record Entry(String name, String title, Optional<String> codec, Optional<SequenceInfo> video, SourceState source, int viewers) {

        /** Of one of another machine that nobody here has asked for. */
        public static Entry of(HeardStream stream, StreamCondition.Relayed condition) {
            return new Entry(stream.name(), stream.title().isEmpty() ? stream.name() : stream.title(), codec(condition), Optional.empty(),
                SourceState.of(StreamCondition.of(condition), Duration.ZERO), 0);
        }

        static Entry of(VideoStream stream) {
            StreamCondition condition = stream.condition();
            Optional<String> read = stream.sequence().map(info -> Codecs.name(info.codec()));
            return new Entry(stream.name(), stream.title(), read.or(() -> condition.relayed().flatMap(Entry::codec)), stream.sequence(),
                SourceState.of(condition, stream.readyMaxAge()), stream.viewers());
        }

        private static Optional<String> codec(StreamCondition.Relayed said) {
            return said.codec() == 0 ? Optional.empty() : Optional.of(Codecs.name(said.codec()));
        }

        Json json() {
            Json json = new Json().put("name", name).put("title", title)
                .putText("codec", codec)
                .put("size", video.map(info -> new Json().put("width", info.width()).put("height", info.height())));
            source.addTo(json);
            return json.put("viewers", viewers);
        }
    }

    /** @param others that are not served yet */
    public static StreamsReport of(List<VideoStream> streams, List<Entry> others) {
        return new StreamsReport(Stream.concat(streams.stream().map(Entry::of), others.stream()).toList());
    }

    String json() {
        return new Json().put("streams", streams.stream().map(Entry::json).toList()).toString();
    }
}
