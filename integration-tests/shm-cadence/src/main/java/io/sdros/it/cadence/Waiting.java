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
import java.util.List;
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
    /** One thread for all regions: a look at each, 1 ms of sleep, and so on. */
    ONE_THREAD_1_MILLI {
        @Override
        Runnable start(List<Path> regions, LongConsumer delayNanos) {
            return pollAll(regions, 1_000_000, delayNanos);
        }
    },
    /** The same with sleeps of 250 µs. */
    ONE_THREAD_250_MICROS {
        @Override
        Runnable start(List<Path> regions, LongConsumer delayNanos) {
            return pollAll(regions, 250_000, delayNanos);
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
     * Starts reading; every delivered frame's delay goes to the consumer, on the reading thread. Each way is one for a
     * region or one for several, and has that method; the other one follows from it.
     *
     * @return stops it
     */
    Runnable start(Path region, LongConsumer delayNanos) {
        return start(List.of(region), delayNanos);
    }

    /** The same for several regions: a thread each unless the way is another one. */
    Runnable start(List<Path> regions, LongConsumer delayNanos) {
        List<Runnable> stops = regions.stream().map(region -> start(region, delayNanos)).toList();
        return () -> stops.forEach(Runnable::run);
    }

    private static Runnable stream(Path region, PollMode mode, boolean demand, LongConsumer delayNanos) {
        ShmFrameStream stream = ShmFrameStream.builder(region).pollMode(mode).demand(() -> demand)
                .listener(frame -> delayNanos.accept(System.nanoTime() - frame.frameId()))
                .build();
        stream.start();
        return stream::close;
    }

    private static Runnable pollAll(List<Path> regions, long pauseNanos, LongConsumer delayNanos) {
        Thread thread = new Thread(() -> {
            PromptTimers.use();
            List<FrameReader> readers = regions.stream().map(Waiting::open).toList();
            while (!Thread.currentThread().isInterrupted()) {
                for (FrameReader reader : readers) {
                    if (reader.attempt() == ReadOutcome.FRAME) {
                        delayNanos.accept(System.nanoTime() - reader.frame().frameId());
                    }
                }
                LockSupport.parkNanos(pauseNanos);
            }
        }, "shared-reader");
        thread.start();
        return thread::interrupt;
    }

    /** Its file is closed when the process ends. */
    private static FrameReader open(Path region) {
        try {
            return FrameReader.builder(RegionSource.of(FileChannel.open(region, StandardOpenOption.READ))).build();
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + region, e);
        }
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
