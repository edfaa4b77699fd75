package io.sdros.server.stream;

import io.sdros.fanout.Broadcaster;
import io.sdros.fanout.MessageKind;
import io.sdros.server.bitstream.BitstreamCondition;
import io.sdros.server.bitstream.SequenceInfo;
import io.sdros.server.bitstream.StreamInspector;
import io.sdros.server.metrics.FrameMetrics;
import io.sdros.server.metrics.FrameSizeHistogram;
import io.sdros.server.metrics.MetricSource;
import io.sdros.shm.protocol.FrameHeader;
import io.sdros.transport.undertow.FrameReferences;
import io.sdros.transport.undertow.FrameTimes;
import io.sdros.transport.undertow.VideoMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/**
 * What becomes of a stream's frames, whatever they come from: their payload is looked into, they go to the viewers' queues,
 * and their sizes, failures, keyframes and conditions are noted. On the source's thread but for what says otherwise.
 */
public final class FramePublisher {
    private static final Duration NO_TIMEOUT = Duration.ofDays(365);
    /** So long without a keyframe is worth a word, though not yet a reason not to be ready. */
    private static final Duration KEYFRAME_EXPECTED = Duration.ofSeconds(3);
    /** More units of parameter sets in a row than any encoder sends. */
    private static final int MOST_WITHHELD = 16;

    /**
     * For so long frames are read for nobody without finding what a decoder needs. Encoders send it first of all or with
     * every keyframe; one that waits to be asked for a keyframe has nobody who asks.
     */
    private static final Duration LEARNING = Duration.ofSeconds(2);

    /** A unit of parameter sets alone, until it is known what follows it. */
    private record Withheld(VideoMessage message, int lengthBytes) {
    }

    private final Broadcaster<VideoMessage> broadcaster;
    private final Logger log;
    private final FrameSizeHistogram frameSizes = new FrameSizeHistogram();
    private final ReadHealth health = new ReadHealth();
    private final KeyframeWatch keyframes;
    private final KeyframeWatch expectedKeyframes = new KeyframeWatch(KEYFRAME_EXPECTED);
    private final Optional<KeyframeLog> keyframeLog;
    private final FrameEditor editor;
    private final ConditionWatch conditions;
    private final boolean insertSets;
    private final boolean gating;
    /** Whether the next frame that may be shown is a keyframe. */
    private boolean gateClosed;
    private boolean recoveryPointSeen;
    /** How many frames in a row, up to the last, no other refers to. */
    private int droppableBefore;
    /** Whether no keyframe has come yet with all that a decoder needs, and one may still be waited for. */
    private boolean unknown;
    private final KeyframeWatch learning = new KeyframeWatch(LEARNING);
    private final List<Withheld> withheld = new ArrayList<>();
    private final AtomicLong skipped = new AtomicLong();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong neverSent = new AtomicLong();
    private volatile Optional<SequenceInfo> sequence = Optional.empty();

    /**
     * Makes one that withholds frames that continue nothing until a keyframe comes, unless these are not missed.
     *
     * @param keyframeTimeout how long frames may come without a keyframe before nobody is ready; absent: for ever, and every
     *                        frame is for everybody
     * @param insertSets      whether keyframes get the parameter sets that they lack
     * @param lowDelay        whether an SPS is made to say that pictures come in order where that is true
     */
    public FramePublisher(Broadcaster<VideoMessage> broadcaster, Optional<Duration> keyframeTimeout, boolean insertSets,
            boolean lowDelay, Logger log) {
        this.broadcaster = broadcaster;
        this.log = log;
        keyframes = new KeyframeWatch(keyframeTimeout.orElse(NO_TIMEOUT));
        keyframeLog = keyframeTimeout.map(timeout -> new KeyframeLog(expectedKeyframes, log));
        editor = new FrameEditor(insertSets, lowDelay);
        conditions = new ConditionWatch(log);
        this.insertSets = insertSets;
        gating = keyframeTimeout.isPresent();
        gateClosed = gating;
        learnAnew();
    }

    /**
     * A frame has come. From here on the array belongs to whoever it goes to; what is wrong in it may be put right there.
     *
     * @param frame        spare bytes for what goes in front of a frame ({@link VideoMessage#HEADROOM_BYTES}), header and
     *                     payload, and nothing behind it
     * @param headerOffset where the header begins
     * @param header       decoded; its size is that of the payload
     * @param times        on the clock of {@link System#nanoTime}; the server's own is what conditions are timed by
     */
    public void publish(byte[] frame, int headerOffset, FrameHeader header, FrameTimes times) {
        long readNanos = times.serverTimeNanos();
        health.good();
        editor.edit(frame, headerOffset, header, gateClosed && accepted.getPlain() > 0);
        StreamInspector inspector = editor.inspector();
        boolean keyframe = inspector.keyframe();
        keyframes.frame(keyframe, readNanos);
        expectedKeyframes.frame(keyframe, readNanos);
        recoveryPointSeen = !keyframe && (recoveryPointSeen || inspector.recoveryPoint());
        conditions.frame(editor.conditions() | missingKeyframe(), readNanos);
        if (unknown) {
            learn(inspector, readNanos);
        }
        if (keyframe) {
            gateClosed = false;
            describe(inspector);
        } else if (gateClosed) {
            skipped.setOpaque(skipped.getPlain() + 1);
            broadcaster.skipped();
            return;
        }
        accepted.setOpaque(accepted.getPlain() + 1);
        frameSizes.observe((int) header.sizeBytes());
        FrameReferences references = new FrameReferences(inspector.droppable(), droppableBefore);
        VideoMessage message = VideoMessage.wrap(editor.array(), editor.headerOffset(), editor.lengthBytes(), times, references);
        if (editor.linked()) {
            message = message.withSevered(new SeveredKeyframe(editor.array(), editor.headerOffset(), times, references));
        }
        droppableBefore = message.droppable() ? droppableBefore + 1 : 0;
        if (inspector.setsAlone() && insertSets && withheld.size() < MOST_WITHHELD) {
            withheld.add(new Withheld(message, editor.lengthBytes()));
            return;
        }
        publishWithheld(inspector.selfContained());
        MessageKind kind = keyframe ? MessageKind.KEYFRAME : message.droppable() ? MessageKind.DROPPABLE : MessageKind.DELTA;
        broadcaster.publish(message, kind, editor.lengthBytes());
    }

    /**
     * A keyframe has the sets of the units before it by now, if they were understood. In front of any other frame those
     * units are passed on: to who is watching, a number that is missing there is a frame that was lost, and the picture
     * stops.
     */
    private void publishWithheld(boolean selfContained) {
        if (withheld.isEmpty()) {
            return;
        }
        if (!selfContained) {
            withheld.forEach(unit -> broadcaster.publish(unit.message, false, unit.lengthBytes));
        } else {
            neverSent.setOpaque(neverSent.getPlain() + withheld.size());
        }
        withheld.clear();
    }

    private void learn(StreamInspector inspector, long readNanos) {
        boolean known = inspector.keyframe()
                && (inspector.conditions() & BitstreamCondition.NO_PARAMETER_SETS.bit()) == 0;
        learning.frame(known, readNanos);
        unknown = !known && !learning.missed();
    }

    private void learnAnew() {
        learning.restart();
        unknown = insertSets;
    }

    /**
     * Whether frames have to be read though nobody watches, since parameter sets may be sent once and never again: until
     * a keyframe has come with all it needs, but for no more than 2 s of frames.
     */
    boolean unknown() {
        return unknown;
    }

    private void describe(StreamInspector inspector) {
        if (!inspector.sequence().equals(sequence)) {
            sequence = inspector.sequence();
        }
    }

    private int missingKeyframe() {
        if (!expectedKeyframes.missed()) {
            return 0;
        }
        return (gating ? BitstreamCondition.NO_KEYFRAME.bit() : 0)
                | (recoveryPointSeen || !gating ? BitstreamCondition.INTRA_REFRESH.bit() : 0);
    }

    /** A frame had to be given up. */
    public void failed(String reason, long nowNanos) {
        health.failed(reason, nowNanos);
    }

    /** The next frame does not continue the last one. */
    public void discontinuity() {
        gateClosed = gating;
        droppableBefore = 0;
        withheld.clear();
        broadcaster.discontinuity();
    }

    /** Another producer begins: what the one before has said must not be put into the pictures of this one. */
    public void restarted() {
        editor.inspector().restart();
        conditions.restart();
        learnAnew();
        discontinuity();
    }

    /** No frame will be read for a time, since nobody watches. */
    public void readingStops() {
        log.debug("Nobody watches: no more frames are read");
        keyframes.restart();
        expectedKeyframes.restart();
        recoveryPointSeen = false;
        conditions.end(BitstreamCondition.NO_KEYFRAME);
        conditions.end(BitstreamCondition.INTRA_REFRESH);
        keyframeLog.ifPresent(KeyframeLog::readingStops);
        // What is kept for those who join would grow old unseen.
        discontinuity();
    }

    /** To be called often, frames or none: lets in who has joined, and sends the keyframe request that is due. */
    public void service(long nowNanos) {
        broadcaster.service();
        if (keyframeLog.isPresent()) {
            keyframeLog.get().tick(nowNanos);
        }
    }

    /** Any thread. */
    public FrameSizeHistogram frameSizes() {
        return frameSizes;
    }

    /** Any thread. */
    ReadHealth health() {
        return health;
    }

    /** Any thread. */
    MetricSource metrics() {
        return new FrameMetrics(accepted::getOpaque, skipped::getOpaque, frameSizes, conditions::counts);
    }

    /** Any thread: what holds of the stream that is worth a word. */
    List<BitstreamCondition> conditions(long nowNanos) {
        return conditions.holding(nowNanos);
    }

    /** Any thread: how many units of parameter sets were put into the keyframe behind them instead of being sent. */
    long framesWithheld() {
        return neverSent.getOpaque();
    }

    /** Any thread: what the SPS of the last keyframe says; empty before the first that is understood. */
    Optional<SequenceInfo> sequence() {
        return sequence;
    }

    /** Any thread: for how long frames have come without a keyframe, if that is too long. */
    Optional<Duration> keyframeMissing() {
        return keyframeLog.isPresent() ? keyframes.missing() : Optional.empty();
    }
}
