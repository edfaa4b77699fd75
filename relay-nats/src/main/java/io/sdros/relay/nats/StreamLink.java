package io.sdros.relay.nats;

import io.sdros.relay.nats.edge.Channel;
import io.sdros.relay.nats.edge.EdgeCounters;
import io.sdros.relay.nats.edge.EdgeLink;
import io.sdros.relay.nats.link.LinkMessage;
import io.sdros.relay.nats.link.RelayLink;
import io.sdros.relay.nats.wire.RelaySubjects;
import io.sdros.relay.nats.wire.UpMessage;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connection, as one stream of an edge uses it. On the stream's thread. */
final class StreamLink implements EdgeLink {

    private static final Logger LOG = LoggerFactory.getLogger(EdgeStream.class);

    private final RelayLink link;
    private final RelaySubjects subjects;
    private final long edgeId;
    private final IntSupplier viewers;
    private final EdgeCounters counters;
    private final BiConsumer<Boolean, LinkMessage> frames;
    private final Consumer<LinkMessage> answers;
    private final BooleanSupplier othersInTime;
    private final BooleanSupplier anotherConnection;
    private final Map<Channel, RelayLink.LinkSubscription> subscriptions = new EnumMap<>(Channel.class);
    private String answerSubject = "";
    private RelayLink.LinkSubscription answerSubscription = () -> { };

    /**
     * Begins without a subscription.
     *
     * @param frames  told of messages with frames, and whether they came where only replays do; on the link's thread
     * @param answers told of answers to beats, likewise
     * @param othersInTime whether frames of another stream come over the link without delay
     * @param anotherConnection whether there is another connection than the one whose frames are looked at
     */
    StreamLink(RelayLink link, RelaySubjects subjects, long edgeId, IntSupplier viewers, EdgeCounters counters,
            BiConsumer<Boolean, LinkMessage> frames, Consumer<LinkMessage> answers, BooleanSupplier othersInTime,
            BooleanSupplier anotherConnection) {
        this.link = link;
        this.subjects = subjects;
        this.edgeId = edgeId;
        this.viewers = viewers;
        this.counters = counters;
        this.frames = frames;
        this.answers = answers;
        this.othersInTime = othersInTime;
        this.anotherConnection = anotherConnection;
    }

    @Override
    public void subscribe(Channel channel) {
        boolean replay = channel == Channel.REPLAY;
        subscriptions.put(channel, link.subscribe(subject(channel), message -> frames.accept(replay, message)));
    }

    private String subject(Channel channel) {
        return switch (channel) {
            case KEYFRAMES -> subjects.keyframes();
            case DELTAS -> subjects.others();
            case REPLAY -> subjects.replay();
        };
    }

    @Override
    public void unsubscribe(Channel channel) {
        RelayLink.LinkSubscription subscription = subscriptions.remove(channel);
        if (subscription != null) {
            subscription.close();
        }
    }

    private void say(UpMessage message) {
        link.publish(subjects.up(), message.json());
    }

    @Override
    public void join() {
        say(new UpMessage.Join(edgeId));
    }

    @Override
    public void beat(long nowNanos, long lagNanos) {
        if (answerSubject.isEmpty()) {
            answerSubject = link.newInbox();
            answerSubscription = link.subscribe(answerSubject, answers);
        }
        long roundTripMicros = TimeUnit.NANOSECONDS.toMicros(Math.max(0, counters.roundTripNanos()));
        link.publish(subjects.up(), answerSubject, new UpMessage.Beat(edgeId, nowNanos, TimeUnit.NANOSECONDS.toMicros(lagNanos),
                roundTripMicros, viewers.getAsInt()).json());
    }

    @Override
    public void leave() {
        say(new UpMessage.Leave(edgeId));
        answerSubscription.close();
        answerSubscription = () -> { };
        answerSubject = "";
    }

    @Override
    public void acknowledge(long originId, long sequence) {
        say(new UpMessage.Ack(edgeId, originId, sequence));
    }

    @Override
    public void needKeyframe() {
        say(new UpMessage.NeedKey(edgeId, "join", Math.max(1, viewers.getAsInt())));
    }

    @Override
    public boolean reconnect(String why) {
        if (othersInTime.getAsBoolean()) {
            // They are late before they come to the link, or their times are wrong, and the others are not to pay for it.
            LOG.debug("{}: {}, and those of other streams do not", subjects.keyframes(), why);
            return false;
        }
        if (anotherConnection.getAsBoolean()) {
            return true; // these have come over the one before
        }
        LOG.warn("{}: {}; connecting to NATS anew, which leaves out what is on its way", subjects.keyframes(), why);
        link.reconnect();
        return true;
    }
}
