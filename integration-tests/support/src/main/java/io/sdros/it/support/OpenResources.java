package io.sdros.it.support;

import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What a test has opened so far; closed from the last to the first, each even if another fails to close. A field with
 * {@code @RegisterExtension} is closed after each test by JUnit.
 */
public final class OpenResources implements AutoCloseable, AfterEachCallback {

    private final Deque<AutoCloseable> lastFirst = new ArrayDeque<>();

    public <T extends AutoCloseable> T add(T resource) {
        lastFirst.push(resource);
        return resource;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        close();
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
