package io.sdros.transport.undertow.http;

import io.sdros.transport.undertow.access.IpLiteral;
import java.net.InetAddress;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The connections that are no viewers: not yet, or never. Their number is bounded, altogether and per address; a newcomer
 * is always let in, and another one gives way: of the address that has the most the one that has been quiet for longest,
 * so that whoever comes in numbers ends his own connections first. Proxies that are trusted have no limit of their own,
 * and give way when nobody else is left. Any thread.
 */
public final class Strangers {

    private final int limit;
    private final int addressLimit;
    private final Predicate<InetAddress> trusted;
    private final StrangerLog log;
    private final Map<InetAddress, Group> groups = new HashMap<>();
    private final Map<CutReason, Long> cuts = new EnumMap<>(CutReason.class);
    private int count;
    private long entered;

    /** Those of one address. */
    private static final class Group {
        /** Waiting for a request, or in the middle of its head; the longest first. */
        private final Set<Stranger> quiet = new LinkedHashSet<>();
        /** Being answered; the longest first. */
        private final Set<Stranger> served = new LinkedHashSet<>();

        private int size() {
            return quiet.size() + served.size();
        }

        private Optional<Stranger> oldest(Stranger except) {
            return quiet.stream().filter(each -> each != except).findFirst()
                    .or(() -> served.stream().filter(each -> each != except).findFirst());
        }
    }

    /** One that gives way, and why. */
    private record Victim(Stranger stranger, CutReason reason) {
    }

    public Strangers(int limit, int addressLimit, Predicate<InetAddress> trusted, StrangerLog log) {
        this.limit = limit;
        this.addressLimit = addressLimit;
        this.trusted = trusted;
        this.log = log;
        for (CutReason reason : CutReason.values()) {
            cuts.put(reason, 0L);
        }
    }

    /** Lets a newcomer in; may end another one, on the calling thread. */
    Stranger enter(InetAddress address, Stranger.Ending ending) {
        Stranger stranger;
        Optional<Victim> victim;
        synchronized (this) {
            stranger = new Stranger(IpLiteral.subscriber(address), trusted.test(address), entered++, ending);
            groups.computeIfAbsent(stranger.subscriber, key -> new Group()).quiet.add(stranger);
            count++;
            victim = victim(stranger);
            victim.ifPresent(this::cut);
        }
        victim.ifPresent(cut -> {
            log.cut(cut.reason(), cut.stranger().subscriber);
            cut.stranger().ending.end(!cut.stranger().answered);
        });
        return stranger;
    }

    /** A request has come whole, or a TLS hello; true if nothing was answered before. */
    synchronized boolean serving(Stranger stranger) {
        if (!stranger.left) {
            Group group = groups.get(stranger.subscriber);
            group.quiet.remove(stranger);
            group.served.add(stranger);
        }
        return !stranger.answered;
    }

    /** The answer has gone. */
    synchronized void quiet(Stranger stranger) {
        if (!stranger.left) {
            stranger.answered = true;
            Group group = groups.get(stranger.subscriber);
            group.served.remove(stranger);
            group.quiet.add(stranger);
        }
    }

    /** It has ended, or has become a viewer. Idempotent. */
    synchronized void leave(Stranger stranger) {
        if (stranger.left) {
            return;
        }
        stranger.left = true;
        count--;
        Group group = groups.get(stranger.subscriber);
        group.quiet.remove(stranger);
        group.served.remove(stranger);
        if (group.size() == 0) {
            groups.remove(stranger.subscriber);
        }
    }

    public synchronized int count() {
        return count;
    }

    /** How many had to give way; every reason has an entry. */
    public synchronized Map<CutReason, Long> cuts() {
        return Map.copyOf(cuts);
    }

    private void cut(Victim victim) {
        leave(victim.stranger());
        cuts.merge(victim.reason(), 1L, Long::sum);
    }

    private Optional<Victim> victim(Stranger newcomer) {
        Group own = groups.get(newcomer.subscriber);
        if (!newcomer.trusted && own.size() > addressLimit) {
            return own.oldest(newcomer).map(stranger -> new Victim(stranger, CutReason.ADDRESS_LIMIT));
        }
        return count > limit
                ? largest(newcomer).map(stranger -> new Victim(stranger, CutReason.LIMIT))
                : Optional.empty();
    }

    /** The oldest of the largest group; of equals of the group whose oldest has waited longest. */
    private Optional<Stranger> largest(Stranger newcomer) {
        Stranger found = null;
        int foundSize = 0;
        for (Group group : groups.values()) {
            Optional<Stranger> oldest = group.oldest(newcomer);
            if (oldest.isPresent() && (found == null || before(oldest.get(), group.size(), found, foundSize))) {
                found = oldest.get();
                foundSize = group.size();
            }
        }
        return Optional.ofNullable(found);
    }

    private static boolean before(Stranger one, int size, Stranger other, int otherSize) {
        if (one.trusted != other.trusted) {
            return other.trusted;
        }
        return size != otherSize ? size > otherSize : one.number < other.number;
    }
}
