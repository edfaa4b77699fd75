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
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;

/** Says all kinds of wrong things on every subject of a stream. What it says follows from its seed, and from what it has overheard. */
final class HostileMessages implements AutoCloseable {

    private static final int OVERHEARD = 64;
    private static final int ORIGIN_OFFSET = 8;
    private static final int LONGEST = 1 << 20;

    private final RelayLink link;
    private final RelaySubjects subjects;
    private final long originId;
    private final Random random;
    /** Of frames, as they were published. */
    private final ConcurrentLinkedDeque<byte[]> overheard = new ConcurrentLinkedDeque<>();
    private final List<RelayLink.LinkSubscription> subscriptions = new CopyOnWriteArrayList<>();
    private final Set<String> inboxes = new CopyOnWriteArraySet<>();
    private volatile byte[] upOverheard = new UpMessage.Join(1).json();
    private volatile byte[] infoOverheard = {'{', '}'};

    /** @param originId as whose frames it pretends to say some */
    HostileMessages(RelayLink link, RelaySubjects subjects, long originId, long seed) {
        this.link = link;
        this.originId = originId;
        this.subjects = subjects;
        random = new Random(seed);
        for (String subject : List.of(subjects.keyframes(), subjects.others(), subjects.replay())) {
            subscriptions.add(link.subscribe(subject, this::overhear));
        }
        subscriptions.add(link.subscribe(subjects.info(), message -> OriginInfo.parse(message.payload())
                .filter(info -> info.origin() == originId).ifPresent(info -> infoOverheard = message.payload())));
        subscriptions.add(link.subscribe(subjects.up(), message -> {
            UpMessage.parse(message.payload()).ifPresent(up -> upOverheard = message.payload());
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

    /** One message that anybody may say who does not pretend to be this origin, or one of its edges. */
    void asAStranger() {
        switch (random.nextInt(8)) {
            case 0 -> link.publish(any(), bytes(random.nextInt(200)));
            case 1 -> link.publish(any(), bytes(random.nextInt(4) == 0 ? LONGEST : 5_000));
            case 2 -> link.publish(frames(), Arrays.copyOf(genuine(), random.nextInt(MessageHead.BYTES)));
            case 3 -> link.publish(frames(), changed(genuine(), 0, (byte) (2 + random.nextInt(250))));
            case 4 -> link.publish(frames(), ofAnotherOrigin(genuine()));
            case 5 -> link.publish(frames(), ofAnotherOrigin(hugeCounts()));
            case 6 -> link.publish(List.of(subjects.up(), subjects.info()).get(random.nextInt(2)), cutJson());
            default -> link.publish(any(), ("{\"edge\":" + "[".repeat(random.nextInt(3_000))).getBytes(StandardCharsets.UTF_8));
        }
    }

    /** One that pretends to be the origin, another of its name, or an edge. */
    void asAnImpostor() {
        switch (random.nextInt(12)) {
            case 0 -> link.publish(frames(), flipped(genuine(), 1 + random.nextInt(8)));
            case 1 -> link.publish(frames(), Arrays.copyOf(genuine(), MessageHead.BYTES + random.nextInt(100)));
            case 2 -> link.publish(frames(), numbered(genuine(), 1L << random.nextInt(64)));
            case 3 -> link.publish(frames(), timed(genuine(), random.nextLong()));
            case 4 -> link.publish(frames(), hugeCounts());
            case 5 -> link.publish(frames(), genuine());
            case 6 -> link.publish(subjects.info(), new OriginInfo(random.nextLong(), random.nextInt(9), random.nextInt(9) - 4,
                    OriginInfo.State.values()[random.nextInt(3)], random.nextBoolean(), random.nextInt(0x10000), random.nextBoolean(),
                    "x".repeat(random.nextInt(200))).json());
            case 7 -> link.publish(subjects.info(), flipped(infoOverheard, 1));
            case 8 -> link.publish(subjects.up(), inbox(), up(random.nextInt(1_000)).json());
            case 9 -> link.publish(subjects.up(), inbox(), flipped(upOverheard, 1 + random.nextInt(3)));
            case 10 -> link.publish(inbox(), new BeatAnswer(random.nextLong(), random.nextLong(), random.nextLong(),
                    random.nextLong()).json());
            default -> {
                byte[] end = bytes(MessageHead.BYTES);
                new MessageHead(MessageKind.END_OF_REPLAY, 0, 1, 0, originId, random.nextLong(), random.nextLong()).encode(end);
                link.publish(frames(), end);
            }
        }
    }

    private String inbox() {
        return random.nextInt(4) == 0 ? "elsewhere.x" : any();
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
