package io.sdros.transport.undertow;

import io.sdros.transport.undertow.http.IoTasks;
import io.sdros.transport.undertow.ws.ScratchBuffer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.xnio.XnioIoThread;

/**
 * One I/O thread with the viewers it serves, in a group for each feed: runs their timers and owns the buffers they share.
 * Methods are for the I/O thread unless they say otherwise.
 */
final class EventLoop {

    private static final int RECEIVE_BYTES = 16 * 1024;

    private final XnioIoThread thread;
    private final LongSupplier nanoClock;
    private final ScratchBuffer scratch = new ScratchBuffer();
    private final TelemetryBatch telemetry = new TelemetryBatch(false);
    private final TelemetryBatch timedTelemetry = new TelemetryBatch(true);
    private final ByteBuffer receiveBuffer = ByteBuffer.allocateDirect(RECEIVE_BYTES);
    private final FailureLog failures;
    private final List<ViewerGroup> groups = new CopyOnWriteArrayList<>();
    private final ViewerTimers timers;

    EventLoop(XnioIoThread thread, LongSupplier nanoClock, Duration tickInterval) {
        this.thread = thread;
        this.nanoClock = nanoClock;
        failures = new FailureLog(nanoClock);
        timers = new ViewerTimers(thread, tickInterval.toMillis(), new Timed());
    }

    /** Any thread: a feed is served here from now on. */
    void add(ViewerGroup group) {
        groups.add(group);
    }

    /** Any thread: a write context for one feed with the buffers that all on this thread share. */
    WriteContext newWriteContext() {
        return WriteContext.ofIoThread(scratch, telemetry, timedTelemetry);
    }

    /** Whether there are viewers of other feeds. */
    boolean servesOthers(ViewerGroup group) {
        for (ViewerGroup other : groups) {
            if (other != group && other.size() > 0) {
                return true;
            }
        }
        return false;
    }

    /** Any thread. */
    FailureLog failures() {
        return failures;
    }

    ByteBuffer receiveBuffer() {
        return receiveBuffer.clear();
    }

    /** Any thread. */
    long nanoTime() {
        return nanoClock.getAsLong();
    }

    /** Any thread: false when the thread is ending, and with it all its viewers. */
    boolean execute(Runnable task) {
        return IoTasks.execute(thread, task);
    }

    /** False as for {@link #execute}. */
    boolean executeAfterNanos(Runnable task, long nanos) {
        return IoTasks.executeAfter(thread, task, nanos, TimeUnit.NANOSECONDS).isPresent();
    }

    /** One of the groups has got a viewer. */
    void viewerAdded() {
        timers.begin();
    }

    /** Any thread: one of the viewers {@linkplain ClientConnection#needsTimers needs} them from now on. */
    void timersNeeded() {
        timers.needed();
    }

    /** Any thread: for good, since nobody is let in any more. */
    void stopTimers() {
        execute(timers::end);
    }

    /** Of all feeds, at this moment. */
    Stream<ClientConnection> viewers() {
        return groups.stream().flatMap(group -> Arrays.stream(group.viewers()));
    }

    private final class Timed implements ViewerTimers.Viewers {

        @Override
        public void tick() {
            long nowNanos = nanoTime();
            viewers().forEach(viewer -> viewer.tickOrEnd(nowNanos));
            groups.removeIf(ViewerGroup::over);
            scratch.forget();
            telemetry.forget();
            timedTelemetry.forget();
        }

        @Override
        public boolean present() {
            return groups.stream().anyMatch(group -> group.size() > 0);
        }

        @Override
        public boolean needTimers() {
            return viewers().anyMatch(ClientConnection::needsTimers);
        }
    }
}
