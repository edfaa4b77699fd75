package io.sdros.telemetry.nats;

import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The filters of one connection. The server sends a message once per filter it matches; only the copy that came through
 * the first of them counts.
 */
final class AllowList {
    private final List<SubjectFilter> filters;
    // 1 = the server does not let this connection subscribe to it, so nothing comes through it.
    private final AtomicIntegerArray denied;

    AllowList(List<SubjectFilter> filters) {
        this.filters = filters;
        this.denied = new AtomicIntegerArray(filters.size());
    }

    List<SubjectFilter> filters() {
        return filters;
    }

    /** Whether a message that came through the filter with this index does not also come through an earlier one. */
    boolean isFirst(int index, String subject) {
        for (int i = 0; i < index; i++) {
            if (denied.get(i) == 0 && filters.get(i).matches(subject)) {
                return false;
            }
        }
        return true;
    }

    void deny(SubjectFilter filter) {
        int index = filters.indexOf(filter);
        if (index >= 0) {
            denied.set(index, 1);
        }
    }
}
