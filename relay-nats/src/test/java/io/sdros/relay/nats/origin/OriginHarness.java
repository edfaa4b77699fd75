package io.sdros.relay.nats.origin;

import io.sdros.relay.nats.OriginConfig;
import io.sdros.relay.nats.OriginFrame;
import io.sdros.relay.nats.OriginFrames;
import io.sdros.relay.nats.OriginSource;
import io.sdros.relay.nats.SourceState;
import io.sdros.relay.nats.wire.BeatAnswer;
import io.sdros.relay.nats.wire.MessageHead;
import io.sdros.relay.nats.wire.OriginInfo;
import io.sdros.relay.nats.wire.UpMessage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** An origin with a clock of its own, a stream to publish, and a connection that keeps what is sent. */
final class OriginHarness implements OriginFrames, OriginLink, OriginEvents {

    static final long ID = 77;
    static final long EPOCH = 1_000_000;
    static final long EDGE = 0x0001_0000_0000_0005L;
    static final long OTHER_EDGE = 0x0001_0000_0000_0006L;

    /** @param sequence of the keyframe whose end it is; -1 otherwise */
    record Message(String subject, byte[] bytes, long sequence) {
        MessageHead head() {
            return MessageHead.decode(bytes).orElseThrow();
        }
    }

    final OriginCounters counters = new OriginCounters();
    final List<Message> sent = new ArrayList<>();
    final List<OriginInfo> infos = new ArrayList<>();
    final List<String> answers = new ArrayList<>();
    final List<String> heard = new ArrayList<>();
    final Deque<OriginFrame> queue = new ArrayDeque<>();
    /** What a new subscription begins with: the frames from the last keyframe on. */
    final List<OriginFrame> cached = new ArrayList<>();
    boolean subscribed;
    boolean connected = true;
    /** The connection takes nothing, and does not know yet that it is lost. */
    boolean ending;
    long pendingBytes;
    long nowNanos = TimeUnit.SECONDS.toNanos(100);
    SourceState state = SourceState.LIVE;
    int codec;
    private long frameSeq;
    final Origin origin;

    OriginHarness() {
        this(128 * 1024, 1 << 20);
    }

    OriginHarness(int chunkBytes, long groupBytes) {
        origin = new Origin(new OriginConfig("front", "Front", true, 3, Duration.ofMillis(250), chunkBytes, groupBytes),
                new Origin.Identity(ID, EPOCH), this, this, this, counters, () -> nowNanos, () -> { });
    }

    void turn() {
        origin.turn(new OriginSource(state, codec), nowNanos);
    }

    void later(long millis) {
        nowNanos += TimeUnit.MILLISECONDS.toNanos(millis);
        turn();
    }

    void hear(UpMessage message) {
        origin.up(message.json(), Optional.empty(), nowNanos);
        turn();
    }

    void beat(long edge, long lagMicros) {
        origin.up(new UpMessage.Beat(edge, 5, lagMicros, 0, 1).json(), Optional.of("_INBOX.b"), nowNanos);
        turn();
    }

    void ack(long edge, long sequence) {
        hear(new UpMessage.Ack(edge, ID, sequence));
    }

    void frame(boolean keyframe, int payloadBytes) {
        OriginFrame frame = newFrame(keyframe, payloadBytes);
        queue.add(frame);
        if (keyframe) {
            cached.clear();
        }
        cached.add(frame);
        turn();
    }

    private OriginFrame newFrame(boolean keyframe, int payloadBytes) {
        byte[] array = new byte[32 + payloadBytes];
        ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN).putLong(1).putLong(++frameSeq).putInt(payloadBytes)
                .putShort((short) (keyframe ? 1 : 0)).putShort((short) 2).putInt(0).putInt(0);
        return new OriginFrame(keyframe, 11, 22, array, 0, array.length);
    }

    /** Of all messages, as subject and sequence; of frames the first message only. */
    List<String> sentWords() {
        return sent.stream().filter(message -> message.head().chunk() == 0)
                .map(message -> message.subject + message.head().sequence() + (message.bytes.length == 32 ? " end" : "")).toList();
    }

    List<String> takeSent() {
        List<String> words = sentWords();
        sent.clear();
        return words;
    }

    @Override
    public Subscription subscribe(Runnable wakeUp) {
        subscribed = true;
        return new Subscription() {
            @Override
            public void beginDrain() {
            }

            @Override
            public Optional<OriginFrame> poll() {
                return Optional.ofNullable(queue.poll());
            }

            @Override
            public void close() {
                subscribed = false;
            }
        };
    }

    private boolean publish(String subject, byte[] message, long sequence) {
        boolean taken = connected && !ending;
        if (taken) {
            sent.add(new Message(subject, message, sequence));
        }
        return taken;
    }

    @Override
    public boolean publishKeyframe(byte[] message) {
        return publish("k", message, -1);
    }

    @Override
    public boolean publishKeyframeEnd(byte[] message, long sequence) {
        return publish("k", message, sequence);
    }

    @Override
    public boolean publishOther(byte[] message) {
        return publish("d", message, -1);
    }

    @Override
    public boolean publishReplay(byte[] message) {
        return publish("g", message, -1);
    }

    @Override
    public void publishInfo(byte[] json) {
        infos.add(OriginInfo.parse(json).orElseThrow());
    }

    @Override
    public void answer(String replyTo, byte[] json) {
        BeatAnswer answer = BeatAnswer.parse(json).orElseThrow();
        answers.add(replyTo + " " + answer.origin() + " " + answer.sentNanos());
    }

    @Override
    public boolean connected() {
        return connected;
    }

    @Override
    public long pendingBytes() {
        return pendingBytes;
    }

    @Override
    public int maxPayloadBytes() {
        return 1 << 20;
    }

    @Override
    public void keyframeNeeded(String reason, int clients) {
        heard.add("need " + reason + " " + clients);
    }

    @Override
    public void rateAdvised(long edge, OptionalLong targetBps, int clients, long carriedBps) {
        heard.add("rate " + targetBps.orElse(-1) + " " + clients + " " + carriedBps);
    }

    @Override
    public void edgeGone(long edge) {
        heard.add("gone " + (edge == EDGE ? "edge" : "other"));
    }

    @Override
    public void delivered(long sentNanos, long sentBytes, long atNanos) {
        heard.add("delivered " + sentBytes + " after " + TimeUnit.NANOSECONDS.toMillis(atNanos - sentNanos));
    }

    @Override
    public void demand(boolean wanted) {
        heard.add("demand " + wanted);
    }
}
