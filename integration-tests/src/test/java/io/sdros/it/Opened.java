package io.sdros.it;

import java.util.ArrayDeque;
import java.util.Deque;

/** What a test has opened so far; closed from the last to the first, each even if another fails to close. */
final class Opened implements AutoCloseable {

    private final Deque<AutoCloseable> lastFirst = new ArrayDeque<>();

    <T extends AutoCloseable> T add(T resource) {
        lastFirst.push(resource);
        return resource;
    }

    @Override
    public void close() {
        AssertionError failure = null;
        while (!lastFirst.isEmpty()) {
            try {
                lastFirst.pop().close();
            } catch (Exception | AssertionError e) {
                failure = failure == null ? new AssertionError("cannot close what the test opened") : failure;
                failure.addSuppressed(e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
