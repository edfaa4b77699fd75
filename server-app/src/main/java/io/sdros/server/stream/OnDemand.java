package io.sdros.server.stream;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Streams that are made when somebody asks for them, at most so many at a time, and that go when nobody has watched them for
 * a while. If there is no room for one more, those that nobody watches go first, as many of them between two sweeps as
 * there may be streams. Any thread.
 *
 * @param <S> a stream
 */
public final class OnDemand<S> {

    private static final class Held<S> {
        private final S stream;
        private long watchedNanos;

        Held(S stream, long nowNanos) {
            this.stream = stream;
            watchedNanos = nowNanos;
        }
    }

    private final int most;
    private final long unwatchedNanos;
    private final Predicate<String> known;
    private final Function<String, S> making;
    private final Predicate<S> watched;
    private final Consumer<S> removing;
    private final Consumer<S> closing;
    private final LongSupplier nanoClock;
    private final Map<String, Held<S>> streams = new LinkedHashMap<>();
    private final List<S> toClose = new ArrayList<>();

    /**
     * Without any at first.
     *
     * @param unwatched how long one stays that nobody watches
     * @param known     whether there is one of a name
     * @param making    makes it and lets it begin
     * @param removing  lets nobody in to it any more; must not block
     * @param closing   ends it, which may take a while
     */
    public OnDemand(int most, Duration unwatched, Predicate<String> known, Function<String, S> making, Predicate<S> watched,
            Consumer<S> removing, Consumer<S> closing, LongSupplier nanoClock) {
        this.most = most;
        this.unwatchedNanos = unwatched.toNanos();
        this.known = known;
        this.making = making;
        this.watched = watched;
        this.removing = removing;
        this.closing = closing;
        this.nanoClock = nanoClock;
    }

    /** Whether there is a stream of this name to be asked for. Does not block. */
    public boolean known(String name) {
        return known.test(name);
    }

    /** Somebody asks for the stream of this name. Does not block. */
    public synchronized void ask(String name) {
        if (!streams.containsKey(name) && known.test(name) && (streams.size() < most || makeRoom())) {
            streams.put(name, new Held<>(making.apply(name), nanoClock.getAsLong()));
        }
    }

    private boolean makeRoom() {
        if (toClose.size() >= most) {
            // They still have their threads and memory; whoever asks for one name after the other is not to have more and more.
            return false;
        }
        Optional<String> unwatched = streams.entrySet().stream().filter(held -> !watched.test(held.getValue().stream))
                .map(Map.Entry::getKey).findFirst();
        unwatched.ifPresent(this::remove);
        return unwatched.isPresent();
    }

    private void remove(String name) {
        S stream = streams.remove(name).stream;
        removing.accept(stream);
        toClose.add(stream);
    }

    /** Lets go of those that nobody has watched for long enough; to be called about once a second, by one thread. */
    public void sweep() {
        List<S> gone;
        synchronized (this) {
            long nowNanos = nanoClock.getAsLong();
            List<String> unused = new ArrayList<>();
            streams.forEach((name, held) -> {
                if (watched.test(held.stream)) {
                    held.watchedNanos = nowNanos;
                } else if (nowNanos - held.watchedNanos > unwatchedNanos) {
                    unused.add(name);
                }
            });
            unused.forEach(this::remove);
            gone = List.copyOf(toClose);
            toClose.clear();
        }
        gone.forEach(closing);
    }
}
