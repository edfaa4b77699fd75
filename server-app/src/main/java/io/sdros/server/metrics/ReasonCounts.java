package io.sdros.server.metrics;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** Turns counters kept per enumeration constant into label values: every reason is there from the start, at zero, as alerts need it. */
final class ReasonCounts {

    private ReasonCounts() {
    }

    /** Lower-case constant names with their counts. */
    static <E extends Enum<E>> Map<String, Long> of(Collection<E> reasons, ToLongFunction<E> count) {
        Map<String, Long> counts = new TreeMap<>();
        for (E reason : reasons) {
            counts.put(reason.name().toLowerCase(Locale.ROOT), count.applyAsLong(reason));
        }
        return counts;
    }

    /** The same from counts that are a map already; reasons without an entry are left out. */
    static <E extends Enum<E>> Map<String, Long> of(Map<E, Long> counts) {
        return of(counts.keySet(), counts::get);
    }
}
