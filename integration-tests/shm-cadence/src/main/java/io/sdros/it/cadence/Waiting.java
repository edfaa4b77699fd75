package io.sdros.it.cadence;

import io.sdros.shm.reader.FrameReader;
import io.sdros.shm.reader.PollMode;
import io.sdros.shm.reader.ReadOutcome;
import io.sdros.shm.reader.RegionSource;
import io.sdros.shm.reader.ShmFrameStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/** The ways of waiting that are compared. */
enum Waiting {

    CADENCE {
        @Override
        Runnable start(Path region, LongConsumer delayNanos) {
            return stream(region, PollMode.CADENCE, true, delayNanos);
        }
    },
    /** The same, with a writer that rings. */
    BELL {
        @Override
        Runnable start(Path region, LongConsumer delayNanos) {
            return stream(region, PollMode.CADENCE, true, delayNanos);
        }
    },
    ADAPTIVE {
        @Override
        Runnable start(Path region, LongConsumer delayNanos) {
            return stream(region, PollMode.ADAPTIVE, true, delayNanos);
        }
    },
    /** Nobody wants frames. */
    NO_DEMAND {
        @Override
        Runnable start(Path region, LongConsumer delayNanos) {
            return stream(region, PollMode.CADENCE, false, delayNanos);
        }
    },
    /** What one would write first: an attempt, 50 µs of sleep, and so on. */
    EVERY_50_MICROS {
        @Override
        Runnable start(Path region, LongConsumer delayNanos) {
            Thread thread = new Thread(() -> poll(region, delayNanos), "fixed-poll");
            thread.start();
            return thread::interrupt;
        }
    },
    /** No reader at all, but a thread that sleeps 1 ms at a time: what the machine and the VM take for that. */
    SLEEP_1_MILLI {
        @Override
        Runnable start(Path region, LongConsumer delayNanos) {
            Thread thread = new Thread(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                    LockSupport.parkNanos(SLEEP_NANOS);
                }
            }, "sleeper");
            thread.start();
            return thread::interrupt;
        }
    };

    private static final long FIXED_NANOS = 50_000;
    private static final long SLEEP_NANOS = 1_000_000;

    /**
     * Starts reading; every delivered frame's delay goes to the consumer, on the reading thread.
     *
     * @return stops it
     */
    abstract Runnable start(Path region, LongConsumer delayNanos);

    private static Runnable stream(Path region, PollMode mode, boolean demand, LongConsumer delayNanos) {
        ShmFrameStream stream = ShmFrameStream.builder(region).pollMode(mode).demand(() -> demand)
                .listener(frame -> delayNanos.accept(System.nanoTime() - frame.frameId()))
                .build();
        stream.start();
        return stream::close;
    }

    private static void poll(Path region, LongConsumer delayNanos) {
        try (FileChannel channel = FileChannel.open(region, StandardOpenOption.READ)) {
            PromptTimers.use();
            FrameReader reader = FrameReader.builder(RegionSource.of(channel)).build();
            while (!Thread.currentThread().isInterrupted()) {
                if (reader.attempt() == ReadOutcome.FRAME) {
                    delayNanos.accept(System.nanoTime() - reader.frame().frameId());
                }
                LockSupport.parkNanos(FIXED_NANOS);
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + region, e);
        }
    }
}
