package io.sdros.relay.nats.edge;

import io.sdros.relay.nats.wire.OriginInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Which of the origins of one name is taken: of those that were heard of lately one that publishes before one that stands
 * by, one whose frames can be shown before one whose cannot, and then the better one, as all decide alike
 * ({@link OriginInfo#betterThan}). One that fell silent is kept until there is another.
 */
final class OriginChoice {

    /** Origins say something each second. */
    private static final long SILENT_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);
    /** More than anybody runs; others are not looked at, so that nobody fills the memory with names. */
    private static final int MOST_ORIGINS = 8;

    private static final class Origin {
        private final long id;
        private Optional<OriginInfo> info = Optional.empty();
        private long heardNanos;

        Origin(long id) {
            this.id = id;
        }

        boolean silent(long nowNanos) {
            return nowNanos - heardNanos > SILENT_NANOS;
        }

        /** Frames alone do not say who is better. */
        boolean betterThan(Origin other) {
            return info.isPresent() && (other.info.isEmpty() || better(info.get(), other.info.get()));
        }

        private static boolean better(OriginInfo one, OriginInfo other) {
            if (one.standby() != other.standby()) {
                return other.standby();
            }
            boolean live = one.state() == OriginInfo.State.LIVE;
            if (live != (other.state() == OriginInfo.State.LIVE)) {
                return live;
            }
            return one.betterThan(other);
        }
    }

    private final List<Origin> origins = new ArrayList<>();
    private Origin chosen;

    /** An origin has said something of itself. */
    void heard(OriginInfo info, long nowNanos) {
        if (full(nowNanos) && origins.stream().noneMatch(origin -> origin.id == info.origin())) {
            // Whoever sends frames under ever other ids is not to keep out one that says what it is.
            origins.stream().filter(origin -> origin != chosen && origin.info.isEmpty()).findFirst().ifPresent(origins::remove);
        }
        known(info.origin(), nowNanos).ifPresent(origin -> {
            origin.info = Optional.of(info);
            origin.heardNanos = nowNanos;
        });
    }

    /** An origin has sent a frame, which shows that it lives. */
    void heardFrame(long originId, long nowNanos) {
        if (isChosen(originId)) {
            chosen.heardNanos = nowNanos;
        } else {
            known(originId, nowNanos).ifPresent(origin -> origin.heardNanos = nowNanos);
        }
    }

    private Optional<Origin> known(long originId, long nowNanos) {
        for (Origin origin : origins) {
            if (origin.id == originId) {
                return Optional.of(origin);
            }
        }
        if (full(nowNanos)) {
            return Optional.empty();
        }
        Origin origin = new Origin(originId);
        origins.add(origin);
        return Optional.of(origin);
    }

    private boolean full(long nowNanos) {
        if (origins.size() == MOST_ORIGINS) {
            origins.removeIf(origin -> origin != chosen && origin.silent(nowNanos));
        }
        return origins.size() == MOST_ORIGINS;
    }

    /** @return whether another one is taken from now on */
    boolean choose(long nowNanos) {
        Origin best = chosen == null || chosen.silent(nowNanos) ? null : chosen;
        for (Origin origin : origins) {
            if (!origin.silent(nowNanos) && (best == null || origin.betterThan(best))) {
                best = origin;
            }
        }
        if (best == null || best == chosen) {
            return false;
        }
        chosen = best;
        return true;
    }

    /** The one that is taken; empty before any was heard of. */
    OptionalLong chosen() {
        return chosen == null ? OptionalLong.empty() : OptionalLong.of(chosen.id);
    }

    /** What the one that is taken has said of itself last. */
    Optional<OriginInfo> info() {
        return chosen == null ? Optional.empty() : chosen.info;
    }

    /** Whether the one that is taken was heard of lately. */
    boolean heardLately(long nowNanos) {
        return chosen != null && !chosen.silent(nowNanos);
    }

    boolean isChosen(long originId) {
        return chosen != null && chosen.id == originId;
    }
}
