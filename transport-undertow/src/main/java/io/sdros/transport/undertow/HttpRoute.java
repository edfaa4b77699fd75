package io.sdros.transport.undertow;

/**
 * Answers GET and HEAD requests of one path. Called concurrently, on I/O threads unless {@link #blocking()}. An
 * exception is logged and answered with 500.
 */
@FunctionalInterface
public interface HttpRoute {

    /** Must be quick (well below a millisecond) unless {@link #blocking()}: video waits for it. */
    HttpReply handle(HttpQuery query);

    /** Whether {@link #handle} may take its time; it then runs on a small pool of threads that carry no video. */
    default boolean blocking() {
        return false;
    }

    /** Whether only who may watch gets an answer, by address of the page, host name and token. */
    default boolean guarded() {
        return false;
    }

    /** The same route, for who may watch. */
    static HttpRoute guarded(HttpRoute route) {
        return new MarkedRoute(route, route.blocking(), true);
    }

    /** The same route, run where it may take its time. */
    static HttpRoute blocking(HttpRoute route) {
        return new MarkedRoute(route, true, route.guarded());
    }
}
