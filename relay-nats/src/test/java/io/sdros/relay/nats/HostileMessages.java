package io.sdros.relay.nats;

import io.sdros.relay.nats.link.LinkMessage;
import io.sdros.relay.nats.link.RelayLink;
import io.sdros.relay.nats.wire.BeatAnswer;
import io.sdros.relay.nats.wire.MessageHead;
import io.sdros.relay.nats.wire.MessageKind;
import io.sdros.relay.nats.wire.OriginInfo;
import io.sdros.relay.nats.wire.RelaySubjects;
import io.sdros.relay.nats.wire.UpMessage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;

/** Says all kinds of wrong things on every subject of a stream. What it says follows from its seed, and from what it has overheard. */
final class HostileMessages implements AutoCloseable {

    /** What anybody may say who does not pretend to be this origin, or one of its edges. */
    enum Stranger {
        NOISE,
        LONG_NOISE,
        CUT_HEAD,
        OTHER_VERSION,
        OTHER_ORIGIN,
        OTHER_ORIGIN_OF_MANY_PARTS,
        CUT_JSON,
        DEEP_JSON
    }

    /** What somebody says who pretends to be the origin, another of its name, or an edge. */
    enum Impostor {
        FLIPPED_FRAME,
        CUT_FRAME,
        OTHER_NUMBER,
        OTHER_TIME,
        MANY_PARTS,
        FRAME_AGAIN,
        OTHER_ORIGINS_INFO,
        FLIPPED_INFO,
        ANY_EDGE,
        FLIPPED_UP,
        BEAT_ANSWER,
        OTHER_CLOCK,
        END_OF_REPLAY
    }

    private static final int OVERHEARD = 64;
    private static final int ORIGIN_OFFSET = 8;
    private static final int LONGEST = 1 << 20;

    private final RelayLink link;
    private final RelaySubjects subjects;
    private final long originId;
    private final long seed;
    private final Random random;
    /** Of frames, as they were published. */
    private final ConcurrentLinkedDeque<byte[]> overheard = new ConcurrentLinkedDeque<>();
    private final List<RelayLink.LinkSubscription> subscriptions = new CopyOnWriteArrayList<>();
    private final Set<String> inboxes = new CopyOnWriteArraySet<>();
    private volatile byte[] upOverheard = new UpMessage.Join(1).json();
    private volatile byte[] infoOverheard = {'{', '}'};
    private volatile long sentOverheard;
    private final Map<String, Integer> said = new TreeMap<>();
    private long foreign;

    /** @param originId as whose frames it pretends to say some */
    HostileMessages(RelayLink link, RelaySubjects subjects, long originId, long seed) {
        this.link = link;
        this.originId = originId;
        this.subjects = subjects;
        this.seed = seed;
        random = new Random(seed);
        for (String subject : List.of(subjects.keyframes(), subjects.others(), subjects.replay())) {
            subscriptions.add(link.subscribe(subject, this::overhear));
        }
        subscriptions.add(link.subscribe(subjects.info(), message -> OriginInfo.parse(message.payload())
                .filter(info -> info.origin() == originId).ifPresent(info -> infoOverheard = message.payload())));
        subscriptions.add(link.subscribe(subjects.up(), message -> {
            UpMessage.parse(message.payload()).ifPresent(up -> overhear(up, message.payload()));
            message.replyTo().filter(to -> inboxes.size() < OVERHEARD).ifPresent(inboxes::add);
        }));
    }

    @Override
    public void close() {
        subscriptions.forEach(RelayLink.LinkSubscription::close);
    }

    private void overhear(LinkMessage message) {
        message.replyTo().filter(to -> inboxes.size() < OVERHEARD).ifPresent(inboxes::add);
        MessageHead.decode(message.payload()).filter(head -> head.originId() == originId && head.kind() != MessageKind.END_OF_REPLAY)
                .ifPresent(head -> overheard.add(message.payload()));
        if (overheard.size() > OVERHEARD) {
            overheard.poll();
        }
    }

    private void overhear(UpMessage up, byte[] payload) {
        upOverheard = payload;
        if (up instanceof UpMessage.Beat beat) {
            sentOverheard = beat.sentNanos();
        }
    }

    /** Whether it has enough to make wrong things of: without a frame it can only say noise. */
    boolean hasOverheard() {
        return overheard.size() == OVERHEARD;
    }

    /** What it has said, by kind, and from which seed. */
    @Override
    public String toString() {
        return "seed " + seed + ", " + said;
    }

    /** How many ends of frames of other origins it has said where frames are. */
    long foreignFrames() {
        return foreign;
    }

    private String frames() {
        return List.of(subjects.keyframes(), subjects.others(), subjects.replay()).get(random.nextInt(3));
    }

    private String any() {
        return switch (random.nextInt(3)) {
            case 0 -> frames();
            case 1 -> List.of(subjects.info(), subjects.up()).get(random.nextInt(2));
            default -> inboxes.stream().skip(random.nextInt(Math.max(1, inboxes.size()))).findFirst().orElse(subjects.up());
        };
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] genuine() {
        List<byte[]> some = List.copyOf(overheard);
        return some.isEmpty() ? bytes(MessageHead.BYTES) : some.get(random.nextInt(some.size())).clone();
    }

    /** One message of any kind. */
    void asAStranger() {
        asAStranger(Stranger.values()[random.nextInt(Stranger.values().length)]);
    }

    /** One message of this kind. */
    void asAStranger(Stranger kind) {
        said.merge(kind.name(), 1, Integer::sum);
        switch (kind) {
            case NOISE -> link.publish(any(), bytes(random.nextInt(200)));
            case LONG_NOISE -> link.publish(any(), bytes(random.nextInt(4) == 0 ? LONGEST : 5_000));
            case CUT_HEAD -> link.publish(frames(), Arrays.copyOf(genuine(), random.nextInt(MessageHead.BYTES)));
            case OTHER_VERSION -> link.publish(frames(), changed(genuine(), 0, (byte) (2 + random.nextInt(250))));
            case OTHER_ORIGIN -> publishForeign(ofAnotherOrigin(genuine()));
            case OTHER_ORIGIN_OF_MANY_PARTS -> publishForeign(ofAnotherOrigin(hugeCounts()));
            case CUT_JSON -> link.publish(List.of(subjects.up(), subjects.info()).get(random.nextInt(2)), cutJson());
            case DEEP_JSON -> link.publish(any(), ("{\"edge\":" + "[".repeat(random.nextInt(3_000))).getBytes(StandardCharsets.UTF_8));
        }
    }

    private void publishForeign(byte[] message) {
        String subject = frames();
        boolean live = !subject.equals(subjects.replay());
        foreign += MessageHead.decode(message)
                .filter(head -> live && head.kind() == MessageKind.FRAME && head.chunk() == head.chunks() - 1).isPresent() ? 1 : 0;
        link.publish(subject, message);
    }

    /** One message of any kind. */
    void asAnImpostor() {
        asAnImpostor(Impostor.values()[random.nextInt(Impostor.values().length)]);
    }

    /** One message of this kind. */
    void asAnImpostor(Impostor kind) {
        said.merge(kind.name(), 1, Integer::sum);
        switch (kind) {
            case FLIPPED_FRAME -> link.publish(frames(), flipped(genuine(), 1 + random.nextInt(8)));
            case CUT_FRAME -> link.publish(frames(), Arrays.copyOf(genuine(), MessageHead.BYTES + random.nextInt(100)));
            case OTHER_NUMBER -> link.publish(frames(), numbered(genuine(), 1L << random.nextInt(64)));
            case OTHER_TIME -> link.publish(frames(), timed(genuine(), random.nextLong()));
            case MANY_PARTS -> link.publish(frames(), hugeCounts());
            case FRAME_AGAIN -> link.publish(frames(), genuine());
            case OTHER_ORIGINS_INFO -> link.publish(subjects.info(), new OriginInfo(random.nextLong(), random.nextInt(9),
                    random.nextInt(9) - 4, OriginInfo.State.values()[random.nextInt(3)], random.nextBoolean(), random.nextInt(0x10000),
                    random.nextBoolean(), "x".repeat(random.nextInt(200))).json());
            case FLIPPED_INFO -> link.publish(subjects.info(), flipped(infoOverheard, 1));
            case ANY_EDGE -> link.publish(subjects.up(), inbox(), up(random.nextInt(1_000)).json());
            case FLIPPED_UP -> link.publish(subjects.up(), inbox(), flipped(upOverheard, 1 + random.nextInt(3)));
            case BEAT_ANSWER -> link.publish(inbox(), new BeatAnswer(random.nextBoolean() ? originId : random.nextLong(),
                    random.nextLong(), random.nextLong(), random.nextLong()).json());
            case OTHER_CLOCK -> link.publish(inbox(), otherClock().json());
            case END_OF_REPLAY -> {
                byte[] end = bytes(MessageHead.BYTES);
                new MessageHead(MessageKind.END_OF_REPLAY, 0, 1, 0, originId, random.nextLong(), random.nextLong()).encode(end);
                link.publish(frames(), end);
            }
        }
    }

    private String inbox() {
        return random.nextInt(4) == 0 ? "elsewhere.x" : any();
    }

    /** An answer to a beat that was said, as of an origin whose clock differs by anything. */
    private BeatAnswer otherClock() {
        long nanos = random.nextLong() >> random.nextInt(Long.SIZE);
        return new BeatAnswer(originId, sentOverheard, nanos, nanos);
    }

    private UpMessage up(long edge) {
        return switch (random.nextInt(6)) {
            case 0 -> new UpMessage.Join(edge);
            case 1 -> new UpMessage.Leave(edge);
            case 2 -> new UpMessage.Beat(edge, random.nextLong(), Math.abs(random.nextInt()), Math.abs(random.nextInt()), 1);
            case 3 -> new UpMessage.Ack(edge, originId, Math.abs((long) random.nextInt()));
            case 4 -> new UpMessage.NeedKey(edge, "lag", Math.abs((long) random.nextInt()));
            default -> new UpMessage.Rate(edge, OptionalLong.of(Math.abs((long) random.nextInt())), 1, Math.abs((long) random.nextInt()));
        };
    }

    private byte[] cutJson() {
        byte[] whole = random.nextBoolean() ? upOverheard : infoOverheard;
        return Arrays.copyOf(whole, random.nextInt(whole.length));
    }

    private byte[] flipped(byte[] message, int bits) {
        byte[] flipped = message.clone();
        for (int i = 0; i < bits; i++) {
            flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return flipped;
    }

    private static byte[] changed(byte[] message, int offset, byte value) {
        message[offset] = value;
        return message;
    }

    private byte[] ofAnotherOrigin(byte[] message) {
        ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).putLong(ORIGIN_OFFSET, random.nextLong());
        return message;
    }

    private static byte[] numbered(byte[] message, long sequence) {
        ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).putLong(16, sequence);
        return message;
    }

    private static byte[] timed(byte[] message, long originNanos) {
        ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).putLong(24, originNanos);
        return message;
    }

    /** A part of a frame of as many parts as there can be, the first one or any other. */
    private byte[] hugeCounts() {
        byte[] message = genuine();
        int chunks = 1 + random.nextInt(MessageHead.MOST_CHUNKS);
        ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).putShort(2, (short) (random.nextBoolean() ? 0 : random.nextInt(chunks)))
                .putShort(4, (short) chunks);
        return message;
    }
}
