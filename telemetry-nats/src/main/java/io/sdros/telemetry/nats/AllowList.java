package io.sdros.telemetry.nats;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The filters of one connection. The server sends a message once per filter it matches; only the copy that comes through
 * the first of them counts, in an order that begins as written. A filter the server denies leaves the order, since nothing
 * comes through it; one that is tried again joins it at the end, where it changes nothing for the others whether or not
 * the server accepts it. Any thread.
 */
final class AllowList {
    private final List<SubjectFilter> filters;
    // Replaced, never changed.
    private volatile int[] order;

    AllowList(List<SubjectFilter> filters) {
        this.filters = filters;
        this.order = IntStream.range(0, filters.size()).toArray();
    }

    List<SubjectFilter> filters() {
        return filters;
    }

    /** Whether a message that came through the filter with this index does not also come through one before it. */
    boolean isFirst(int index, String subject) {
        for (int other : order) {
            if (other == index) {
                return true;
            }
            if (filters.get(other).matches(subject)) {
                return false;
            }
        }
        return true;
    }

    synchronized void deny(int index) {
        order = IntStream.of(order).filter(other -> other != index).toArray();
    }

    synchronized void tryAgain(int index) {
        order = IntStream.concat(IntStream.of(order).filter(other -> other != index), IntStream.of(index)).toArray();
    }
}
