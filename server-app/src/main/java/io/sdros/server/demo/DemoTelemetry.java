package io.sdros.server.demo;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Sample telemetry of a robot that drives a figure of eight while its battery drains. */
final class DemoTelemetry implements AutoCloseable {
    private static final long POSE_INTERVAL_MILLIS = 100;
    private static final long BATTERY_INTERVAL_MILLIS = 1_000;
    private static final double LAP_SECONDS = 12;
    private static final double BATTERY_SECONDS = 3_600;

    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "demo-telemetry");
        thread.setDaemon(true);
        return thread;
    });
    private final long startNanos = System.nanoTime();

    /** Where a message goes; called on one thread. */
    @FunctionalInterface
    interface Sink {
        void accept(String subject, byte[] payload);
    }

    void start(Sink sink) {
        executor.scheduleAtFixedRate(() -> sink.accept("telemetry.demo.pose", pose(seconds())),
                0, POSE_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        executor.scheduleAtFixedRate(() -> sink.accept("telemetry.demo.battery", battery(seconds())),
                0, BATTERY_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    private double seconds() {
        return (System.nanoTime() - startNanos) / 1e9;
    }

    static byte[] pose(double seconds) {
        double phase = 2 * Math.PI * seconds / LAP_SECONDS;
        double x = 2 * Math.sin(phase);
        double y = Math.sin(2 * phase);
        double heading = Math.atan2(2 * Math.cos(2 * phase), 2 * Math.cos(phase));
        return json("{\"x\":%.3f,\"y\":%.3f,\"heading\":%.3f}", x, y, heading);
    }

    static byte[] battery(double seconds) {
        double charge = 1 - seconds % BATTERY_SECONDS / BATTERY_SECONDS;
        return json("{\"charge\":%.3f,\"volts\":%.2f}", charge, 22.2 + 3 * charge);
    }

    private static byte[] json(String format, Object... values) {
        return String.format(Locale.ROOT, format, values).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
