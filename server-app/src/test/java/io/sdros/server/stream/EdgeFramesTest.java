package io.sdros.server.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.fanout.Broadcaster;
import io.sdros.fanout.KeyframeRequestReason;
import io.sdros.relay.nats.OriginFrame;
import io.sdros.relay.nats.OriginFrames;
import io.sdros.server.bus.BusUpstream;
import io.sdros.server.bus.NoBus;
import io.sdros.server.rate.RateAdvisor;
import io.sdros.server.rate.RatePolicy;
import io.sdros.shm.protocol.FrameFlags;
import io.sdros.shm.protocol.FrameHeader;
import io.sdros.shm.protocol.FrameHeaderLayout;
import io.sdros.transport.undertow.FrameReferences;
import io.sdros.transport.undertow.FrameTimes;
import io.sdros.transport.undertow.VideoMessage;
import io.sdros.transport.undertow.ViewerListener;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a stream has for edges, and what it hears of them. The producer is the test's thread. */
class EdgeFramesTest {

    private static final FrameTimes TIMES = new FrameTimes(5, 6, true, 7);

    private final List<String> requests = new ArrayList<>();
    private final AtomicInteger wakeUps = new AtomicInteger();
    private final Broadcaster<VideoMessage> broadcaster = Broadcaster.<VideoMessage>builder()
            .keyframeRequestSink((reason, clients) -> requests.add(reason + " " + clients)).build();
    private final OriginFrames frames = new EdgeFrames(broadcaster);

    private byte[] publish(boolean keyframe, FrameTimes times, int payload) {
        int payloadOffset = VideoMessage.HEADROOM_BYTES + FrameHeaderLayout.HEADER_BYTES;
        byte[] array = new byte[payloadOffset + 1];
        array[payloadOffset] = (byte) payload;
        FrameHeader header = new FrameHeader(1, payload, 1, keyframe ? FrameFlags.KEYFRAME : 0, 1, 0, 0);
        header.encode(array, VideoMessage.HEADROOM_BYTES);
        byte[] frame = Arrays.copyOfRange(array, VideoMessage.HEADROOM_BYTES, array.length);
        broadcaster.publish(VideoMessage.wrap(array, VideoMessage.HEADROOM_BYTES, array.length - VideoMessage.HEADROOM_BYTES, times,
                FrameReferences.UNKNOWN), keyframe, frame.length);
        return frame;
    }

    @Test
    void theyAreThoseOfAViewerWhoJoins() {
        byte[] keyframe = publish(true, TIMES, 1);
        byte[] delta = publish(false, FrameTimes.seen(9), 2);
        try (OriginFrames.Subscription subscription = frames.subscribe(wakeUps::incrementAndGet)) {
            broadcaster.service();
            assertThat(wakeUps).hasValue(1);
            subscription.beginDrain();

            OriginFrame first = subscription.poll().orElseThrow();
            assertThat(first.keyframe()).isTrue();
            assertThat(first.captureNanos()).isEqualTo(5);
            assertThat(first.commitNanos()).isEqualTo(6);
            assertThat(Arrays.copyOfRange(first.array(), first.headerOffset(), first.headerOffset() + first.lengthBytes()))
                    .isEqualTo(keyframe);
            OriginFrame second = subscription.poll().orElseThrow();
            assertThat(second.keyframe()).isFalse();
            assertThat(second.commitNanos()).as("not known").isZero();
            assertThat(second.lengthBytes()).isEqualTo(delta.length);
            assertThat(subscription.poll()).isEmpty();

            publish(false, TIMES, 3);
            assertThat(wakeUps).hasValue(2);
            assertThat(subscription.poll()).isPresent();
        }
        assertThat(broadcaster.hasSubscribers()).isFalse();
    }

    @Test
    void theirNeedOfAKeyframeIsAskedForAsThatOfViewers() {
        EdgeVoices voices = new EdgeVoices(broadcaster, new RateAdvising(new RateAdvisor(RatePolicy.SLOWEST),
                new BusUpstream("s", true, new NoBus()), () -> 0, System::nanoTime, ViewerListener.NONE));
        voices.onKeyframeNeeded("join", 3);
        broadcaster.service();

        assertThat(requests).containsExactly(KeyframeRequestReason.JOIN + " 3");
    }

    @Test
    void whatTheirViewersCanTakeBoundsWhatTheEncoderIsTold() {
        RateAdvisor advisor = new RateAdvisor(RatePolicy.SLOWEST);
        List<String> told = new ArrayList<>();
        EdgeVoices voices = new EdgeVoices(broadcaster, new RateAdvising(advisor, new BusUpstream("s", true, new RecordingBus(told)),
                () -> 0, System::nanoTime, ViewerListener.NONE));

        voices.onRateAdvised(9, OptionalLong.of(2_000_000), 4, 1_900_000);
        assertThat(told).containsExactly(
                "{\"stream\":\"s\",\"target_bps\":2000000,\"reason\":\"congestion\",\"clients\":4,\"carried_bps\":1900000}");

        voices.onEdgeGone(9);
        assertThat(advisor.idle()).as("a limit was told that has to be taken back").isFalse();
    }
}
