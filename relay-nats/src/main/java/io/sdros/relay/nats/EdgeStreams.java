package io.sdros.relay.nats;

import io.sdros.relay.nats.edge.Announcements;
import io.sdros.relay.nats.link.LinkMessage;
import io.sdros.relay.nats.link.RelayLink;
import io.sdros.relay.nats.wire.EdgeId;
import io.sdros.relay.nats.wire.OriginInfo;
import io.sdros.relay.nats.wire.RelaySubjects;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/** The streams that one process takes from other machines, over one connection. Any thread. */
public final class EdgeStreams {

    /** More than a page could list. */
    private static final int MOST_HEARD = 1_000;

    /** What a stream may be called: what stands behind it in a subject, anybody who may publish there has chosen. */
    private static final Pattern NAME = Pattern.compile("(?=.{1,64}$)[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+){0,3}");

    private final RelayLink link;
    private final String prefix;
    private final long edgeId = EdgeId.random(new SecureRandom());
    private final Announcements announcements = new Announcements(MOST_HEARD);
    private final Set<EdgeStream> running = ConcurrentHashMap.newKeySet();

    EdgeStreams(RelayLink link, String prefix) {
        this.link = link;
        this.prefix = prefix;
        link.onConnected(() -> running.forEach(EdgeStream::onConnected));
    }

    /**
     * A stream that has not been started.
     *
     * @param name     the same as at its origin
     * @param demand   whether it is wanted; asked on the stream's thread
     * @param listener told what comes
     */
    public EdgeStream stream(String name, EdgeStreamConfig config, BooleanSupplier demand, EdgeStreamListener listener) {
        return new EdgeStream(link, RelaySubjects.of(prefix, name), name, config, demand, listener, edgeId, running);
    }

    /** From now on listens to what origins say of all their streams. Once. */
    public void listenToAll() {
        link.subscribe(RelaySubjects.allInfo(prefix), this::info);
    }

    private void info(LinkMessage message) {
        RelaySubjects.streamOfInfo(prefix, message.subject()).filter(NAME.asMatchPredicate())
                .ifPresent(stream -> OriginInfo.parse(message.payload())
                .ifPresent(said -> announcements.heard(stream, said, System.nanoTime())));
    }

    /** The stream of this name, if an origin was heard of lately that has it. */
    public Optional<HeardStream> heard(String name) {
        return announcements.of(name, System.nanoTime()).map(info -> heard(name, info));
    }

    /** All of which an origin was heard of lately, by name. */
    public List<HeardStream> allHeard() {
        return announcements.all(System.nanoTime()).entrySet().stream().map(stream -> heard(stream.getKey(), stream.getValue())).toList();
    }

    private static HeardStream heard(String name, OriginInfo info) {
        return new HeardStream(name, info.title(), EdgeSource.State.valueOf(info.state().name()), info.codec(), info.gating());
    }
}
