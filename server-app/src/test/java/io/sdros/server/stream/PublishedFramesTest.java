package io.sdros.server.stream;

import static io.sdros.server.bitstream.BitstreamCondition.INTRA_REFRESH;
import static io.sdros.server.bitstream.BitstreamCondition.NO_KEYFRAME;
import static io.sdros.server.stream.FrameEditorTest.DELTA;
import static io.sdros.server.stream.FrameEditorTest.IDR;
import static io.sdros.server.stream.FrameEditorTest.SETS;
import static io.sdros.server.stream.FrameEditorTest.hex;
import static io.sdros.server.stream.FrameEditorTest.joined;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sdros.fanout.Broadcaster;
import io.sdros.fanout.Subscription;
import io.sdros.fanout.WakeupGroup;
import io.sdros.server.metrics.FrameMetrics;
import io.sdros.shm.protocol.Codecs;
import io.sdros.shm.protocol.FrameCrc;
import io.sdros.shm.protocol.FrameHeader;
import io.sdros.shm.reader.Frame;
import io.sdros.transport.undertow.FrameReferences;
import io.sdros.transport.undertow.FrameTimes;
import io.sdros.transport.undertow.VideoMessage;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which frames come out for a viewer. The lengths of their messages tell which they are. */
class PublishedFramesTest {

    private static final byte[] KEYFRAME = joined(SETS, IDR);
    private static final byte[] RECOVERY_POINT = joined(hex("00000001 0602c0 00000001 06060184 80"), DELTA);
    private static final Duration INTERVAL = Duration.ofMillis(33);

    private final LoggedLines lines = new LoggedLines();
    private long nowNanos = 7;
    private Error failure; // null: the clock goes
    private final MemoryRegion region = new MemoryRegion(() -> nowNanos);
    private Broadcaster<VideoMessage> broadcaster;
    private FramePublisher publisher;
    private Subscription<VideoMessage> viewer;

    private void start(boolean gating, boolean insert) {
        broadcaster = Broadcaster.<VideoMessage>builder().keyframeGating(gating).nanoClock(this::nanoTime).build();
        publisher = new FramePublisher(broadcaster, Optional.of(Duration.ofSeconds(5)).filter(timeout -> gating), insert,
                false, lines);
        viewer = broadcaster.subscribe(new WakeupGroup(() -> { }));
        broadcaster.service();
    }

    private long nanoTime() {
        Error thrown = failure;
        failure = null;
        if (thrown != null) {
            throw thrown;
        }
        return nowNanos;
    }

    private void frame(int flags, byte[] payload) {
        nowNanos += INTERVAL.toNanos();
        publisher.service(nowNanos);
        Frame frame = region.frame(flags, Codecs.H264, payload);
        publisher.publish(frame.array(), frame.headerOffset(), frame.header(), FrameTimes.seen(frame.readNanos()));
    }

    /** Payload sizes of what the viewer gets. */
    private List<Integer> sizes() {
        List<Integer> sizes = new ArrayList<>();
        for (VideoMessage message = viewer.poll(); message != null; message = viewer.poll()) {
            // WebSocket header of two bytes, type byte, frame header.
            sizes.add(message.lengthBytes() - 2 - 1 - 32);
        }
        return sizes;
    }

    @Test
    void theBytesOpenTheGateAndNotTheFlag() {
        start(true, true);
        frame(1, DELTA);
        assertThat(sizes()).isEmpty();
        frame(0, KEYFRAME);
        frame(1, DELTA);
        assertThat(sizes()).containsExactly(KEYFRAME.length, DELTA.length);
        publisher.discontinuity();
        frame(1, DELTA);
        assertThat(sizes()).as("after a gap").isEmpty();
        frame(0, IDR);
        assertThat(sizes()).as("with its sets").containsExactly(KEYFRAME.length);
        FrameMetrics counted = (FrameMetrics) publisher.metrics();
        assertThat(counted.skipped().getAsLong()).isEqualTo(2);
        assertThat(counted.accepted().getAsLong()).isEqualTo(3);
    }

    @Test
    void aFramesTimesGoWithIt() {
        start(true, true);
        FrameTimes times = new FrameTimes(3, 5, true, 7);
        Frame frame = region.frame(0, Codecs.H264, KEYFRAME);
        publisher.publish(frame.array(), frame.headerOffset(), frame.header(), times);
        assertThat(viewer.poll().times()).isEqualTo(times);
    }

    @Test
    void setsAloneAreLearntWhileTheGateIsClosed() {
        start(true, true);
        frame(1, SETS);
        frame(1, IDR);
        assertThat(sizes()).containsExactly(KEYFRAME.length);
        assertThat(publisher.sequence().orElseThrow().width()).isEqualTo(16);
    }

    @Test
    void setsAloneAreNotPassedOnInFrontOfAKeyframe() {
        start(true, true);
        frame(1, KEYFRAME);
        frame(1, SETS);
        assertThat(sizes()).containsExactly(KEYFRAME.length);
        assertThat(publisher.framesWithheld()).as("what follows is not known").isZero();
        frame(1, IDR);
        assertThat(sizes()).containsExactly(KEYFRAME.length);
        assertThat(publisher.framesWithheld()).isEqualTo(1);
    }

    @Test
    void setsAloneWithinAGroupKeepTheirPlace() {
        start(true, true);
        frame(1, KEYFRAME);
        frame(1, SETS);
        frame(0, DELTA);
        assertThat(sizes()).containsExactly(KEYFRAME.length, SETS.length, DELTA.length);
        assertThat(publisher.framesWithheld()).isZero();
        frame(1, SETS);
        publisher.discontinuity();
        frame(1, IDR);
        assertThat(sizes()).containsExactly(KEYFRAME.length);
    }

    @Test
    void setsAloneArePassedOnInFrontOfAKeyframeThatDidNotGetThem() {
        byte[] believed = hex("9988776655");
        start(true, true);
        frame(1, KEYFRAME);
        frame(1, SETS);
        frame(1, believed);
        assertThat(sizes()).containsExactly(KEYFRAME.length, SETS.length, believed.length);
    }

    @Test
    void whatFollowsAFrameThatCouldNotBePublishedContinuesNothing() {
        start(true, true);
        RegionListener listener = new RegionListener(publisher, lines, () -> nowNanos, () -> { });
        listener.onFrame(region.frame(1, Codecs.H264, KEYFRAME));
        failure = new OutOfMemoryError("in the test");
        assertThatThrownBy(() -> listener.onFrame(region.frame(1, Codecs.H264, KEYFRAME))).isInstanceOf(OutOfMemoryError.class);
        listener.onFrame(region.frame(0, Codecs.H264, DELTA));
        assertThat(sizes()).containsExactly(KEYFRAME.length);
    }

    @Test
    void aCraPictureBehindAGapIsABlaPicture() {
        start(true, true);
        List<Integer> types = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Frame frame = region.frame(1, Codecs.HEVC, hex("00000001 2a01 af112200"));
            publisher.publish(frame.array(), frame.headerOffset(), frame.header(), FrameTimes.seen(frame.readNanos()));
            types.add(frame.array()[frame.headerOffset() + 32 + 4] >> 1);
            if (i == 1) {
                publisher.discontinuity();
            }
        }
        assertThat(types).as("the first, one more, one behind a gap").containsExactly(21, 21, 16);
    }

    /** Who lags skips to it, and has not got what the pictures behind it may refer to. */
    @Test
    void aCraPictureIsABlaPictureForWhoLagged() {
        start(true, true);
        Frame cra = region.frame(1, Codecs.HEVC, hex("00000001 2a01 af112200"));
        publisher.publish(cra.array(), cra.headerOffset(), cra.header(), FrameTimes.seen(cra.readNanos()));
        VideoMessage message = viewer.poll();
        assertThat(message.severed()).isNotSameAs(message).isSameAs(message.severed());
        assertThat(message.severed().lengthBytes()).isEqualTo(message.lengthBytes());
        byte[] bla = hex("00000001 2001 af112200");
        byte[] marked = new SeveredKeyframe(cra.array(), cra.headerOffset(), message.times(), FrameReferences.UNKNOWN).marked();
        int payloadOffset = cra.headerOffset() + 32;
        assertThat(Arrays.copyOfRange(marked, payloadOffset, marked.length)).isEqualTo(bla);
        assertThat(FrameHeader.decode(marked, cra.headerOffset()).crc32()).isEqualTo(FrameCrc.of(ByteBuffer.wrap(bla)));
        assertThat(cra.array()[payloadOffset + 4] >> 1).as("for all others").isEqualTo(21);

        Frame idr = region.frame(1, Codecs.HEVC, hex("00000001 2601 af112200"));
        publisher.publish(idr.array(), idr.headerOffset(), idr.header(), FrameTimes.seen(idr.readNanos()));
        message = viewer.poll();
        assertThat(message.severed()).isSameAs(message);
    }

    @Test
    void messagesSayWhetherTheirPictureIsReferredTo() {
        start(true, true);
        frame(1, KEYFRAME);
        frame(0, DELTA);
        frame(0, hex("00000001 019a2233"));
        assertThat(List.of(viewer.poll().droppable(), viewer.poll().droppable(), viewer.poll().droppable()))
                .containsExactly(false, false, true);
    }

    @Test
    void framesSayHowManyBeforeThemNobodyNeeds() {
        byte[] unreferenced = hex("00000001 019a2233");
        start(true, true);
        frame(1, KEYFRAME);
        frame(0, unreferenced);
        frame(0, unreferenced);
        frame(0, DELTA);
        frame(0, DELTA);
        assertThat(Stream.generate(viewer::poll).limit(5).map(VideoMessage::droppableBefore)).containsExactly(0, 0, 1, 2, 0);
        frame(0, unreferenced);
        publisher.discontinuity();
        frame(1, KEYFRAME);
        assertThat(List.of(viewer.poll().droppableBefore(), viewer.poll().droppableBefore()))
                .as("behind a gap nobody knows").containsExactly(0, 0);
    }

    @Test
    void whereNothingIsInsertedSetsArePassedOn() {
        start(true, false);
        frame(1, KEYFRAME);
        frame(1, SETS);
        frame(1, IDR);
        assertThat(sizes()).containsExactly(KEYFRAME.length, SETS.length, IDR.length);
    }

    @Test
    void anotherWriterGetsNothingOfTheOneBefore() {
        start(true, true);
        frame(1, KEYFRAME);
        publisher.restarted();
        frame(1, IDR);
        assertThat(sizes()).containsExactly(KEYFRAME.length, IDR.length);
    }

    @Test
    void setsOfTheNextWriterMayComeBeforeThePictureThatShowsIt() {
        start(true, true);
        frame(1, joined(SETS, IDR));
        frame(1, hex("00000001 6742c00ad91e84000003000400000300c83c489920"));
        publisher.restarted();
        frame(1, hex("00000001 68cb83cb20"));
        publisher.restarted();
        assertThat(sizes()).containsExactly(KEYFRAME.length);
        frame(1, IDR);
        assertThat(sizes()).containsExactly(KEYFRAME.length);
        publisher.restarted();
        frame(1, IDR);
        assertThat(sizes()).as("of yet another").containsExactly(IDR.length);
    }

    @Test
    void aStreamIsUnknownUntilAKeyframeHasAllItNeeds() {
        start(true, true);
        assertThat(publisher.unknown()).isTrue();
        frame(1, IDR);
        frame(1, SETS);
        frame(0, DELTA);
        assertThat(publisher.unknown()).isTrue();
        frame(1, IDR);
        assertThat(publisher.unknown()).isFalse();
        publisher.discontinuity();
        assertThat(publisher.unknown()).as("after a gap").isFalse();
        publisher.restarted();
        assertThat(publisher.unknown()).as("another writer's").isTrue();
        for (int i = 0; i < 60; i++) {
            assertThat(publisher.unknown()).isTrue();
            frame(1, IDR);
        }
        frame(1, IDR);
        frame(1, IDR);
        assertThat(publisher.unknown()).as("it never sends them").isFalse();
    }

    @Test
    void nobodyIsToldOfMissingKeyframesWhileNobodyCanAskForThem() {
        start(true, true);
        while (publisher.unknown()) {
            frame(0, DELTA);
        }
        publisher.readingStops();
        frame(0, DELTA);
        assertThat(publisher.conditions(nowNanos)).isEmpty();
        assertThat(lines.messages).noneMatch(line -> line.contains("eyframe"));
    }

    @Test
    void whatNeedsNoSetsIsKnownAtOnceAndSoIsWhatGetsNone() {
        start(true, true);
        frame(1, hex("9988776655"));
        assertThat(publisher.unknown()).isFalse();
        start(true, false);
        assertThat(publisher.unknown()).isFalse();
    }

    @Test
    void withoutGatingEveryFrameIsForEverybody() {
        start(false, true);
        frame(1, joined(SETS, DELTA));
        frame(0, RECOVERY_POINT);
        assertThat(sizes()).containsExactly(SETS.length + DELTA.length, SETS.length + RECOVERY_POINT.length);
    }

    @Test
    void keyframesAreMissedAfterThreeSecondsAndNotReadyAfterFive() {
        start(true, true);
        frame(1, KEYFRAME);
        for (int i = 0; i < 95; i++) {
            frame(1, DELTA);
        }
        assertThat(publisher.conditions(nowNanos)).contains(NO_KEYFRAME).doesNotContain(INTRA_REFRESH);
        assertThat(publisher.keyframeMissing()).isEmpty();
        publisher.service(nowNanos);
        assertThat(lines.messages).anyMatch(line -> line.startsWith("No keyframe for 3 s though frames arrive"));
        for (int i = 0; i < 65; i++) {
            frame(1, DELTA);
        }
        assertThat(publisher.keyframeMissing()).isPresent();
        frame(1, RECOVERY_POINT);
        assertThat(publisher.conditions(nowNanos)).contains(NO_KEYFRAME, INTRA_REFRESH);
        frame(1, KEYFRAME);
        assertThat(publisher.conditions(nowNanos)).doesNotContain(NO_KEYFRAME, INTRA_REFRESH);
    }

    @Test
    void withoutGatingThatIsIntraRefresh() {
        start(false, true);
        frame(1, KEYFRAME);
        for (int i = 0; i < 95; i++) {
            frame(0, DELTA);
        }
        assertThat(publisher.conditions(nowNanos)).containsExactly(INTRA_REFRESH);
        assertThat(((FrameMetrics) publisher.metrics()).conditions().get())
                .containsEntry("intra_refresh", 5L).containsEntry("no_keyframe", 0L);
    }
}
