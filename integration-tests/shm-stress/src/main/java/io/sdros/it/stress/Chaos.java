package io.sdros.it.stress;

import io.sdros.shm.protocol.HistoryLayout;
import io.sdros.shm.reader.ReaderStatistics;
import io.sdros.shm.reader.ShmFrameStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Has every {@link Mishap} happen to a region and its writer, in random order and at random moments, while two streams
 * read it, one with CRC and one without. After each, a healthy writer's frames must come through within a second, and
 * those of one that never pauses at some time.
 */
public final class Chaos {

    private static final int REGION_BYTES = 2 * 1024 * 1024;
    private static final long GIVE_UP_NANOS = 20_000_000_000L;
    private static final long MILLI = 1_000_000;
    private static final long SLOW_NANOS = 500 * MILLI;

    private final SplittableRandom random;
    private final TempFolder scratch;
    private final Path folder;
    private final Path region;
    private final List<LifeWatch> watches = List.of(new LifeWatch("CRC"), new LifeWatch("no CRC"));
    private final List<Long> resumeNanos = new ArrayList<>();
    private final List<ShmFrameStream> streams = new ArrayList<>();
    private final List<Child> replaced = new ArrayList<>();
    private Optional<Writer> writer = Optional.empty();
    private long life;

    /** {@code pauses} false: it stores frame after frame, and whether a reader ever gets a whole one is chance. */
    private record Writer(Child process, boolean pauses) {
    }

    private Chaos(long seed, TempFolder scratch) {
        this.random = new SplittableRandom(seed);
        this.scratch = scratch;
        this.folder = scratch.resolve("region");
        this.region = folder.resolve("frames");
    }

    /** Arguments: rounds, 1000 unless given; seed, from the clock unless given. */
    public static void main(String[] args) throws IOException {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 1000;
        long seed = args.length > 1 ? Long.parseLong(args[1]) : System.nanoTime();
        ChaosResult result = run(rounds, seed);
        if (!result.violations().isEmpty() || result.resumeMillis(1) > 1000) {
            System.exit(1);
        }
    }

    static ChaosResult run(int rounds, long seed) throws IOException {
        System.out.println("chaos: " + rounds + " rounds, seed " + seed);
        try (TempFolder scratch = TempFolder.create()) {
            ChaosResult result = new Chaos(seed, scratch).run(rounds);
            result.violations().forEach(violation -> System.out.println("VIOLATION: " + violation));
            System.out.println(result);
            return result;
        }
    }

    private ChaosResult run(int rounds) throws IOException {
        Programs.unpack("chaos_writer.py", scratch.path());
        Files.createDirectories(folder);
        // Child processes and file lists have been used before anything is counted.
        standby(region).process().close();
        ProcessResources before = ProcessResources.now(folder);
        ProcessResources most = before;
        try (ShmFrameStream withCrc = stream(watches.get(0), true);
                ShmFrameStream withoutCrc = stream(watches.get(1), false)) {
            streams.addAll(List.of(withCrc, withoutCrc));
            withCrc.start();
            withoutCrc.start();
            startFirstWriter();
            for (int round = 0; round < rounds; round++) {
                round(Mishap.values()[random.nextInt(Mishap.values().length)]);
                ProcessResources now = ProcessResources.now(folder);
                most = new ProcessResources(Math.max(most.mappings(), now.mappings()),
                        Math.max(most.descriptors(), now.descriptors()));
            }
        } finally {
            writer.ifPresent(last -> last.process().close());
            closeReplaced();
        }
        ProcessResources after = ProcessResources.now(folder);
        resumeNanos.sort(null);
        return new ChaosResult(rounds, watches.stream().mapToLong(LifeWatch::frames).sum(), resumeNanos, before, most, after,
                watches.stream().flatMap(watch -> watch.violations().stream()).toList());
    }

    private ShmFrameStream stream(LifeWatch watch, boolean crcEnabled) {
        return ShmFrameStream.builder(region).crcEnabled(crcEnabled).listener(watch).build();
    }

    private void startFirstWriter() throws IOException {
        writer = Optional.of(standby(region));
        writer.get().process().say("go");
        awaitNewLife("start", System.nanoTime());
    }

    /** A writer that waits for the word, so that its start-up is no part of what is measured. */
    private Writer standby(Path path) throws IOException {
        life++;
        List<String> command = new ArrayList<>(random.nextInt(4) == 0 ? Programs.java(ChaosWriter.class)
                : List.of("python3", scratch.resolve("chaos_writer.py").toString()));
        int pauseMicros = random.nextInt(3) == 0 ? 0 : random.nextInt(1_000, 10_000);
        int largest = random.nextInt(3) == 0 ? 3 * REGION_BYTES / 4 : 50_000;
        command.addAll(List.of(path.toString(), Integer.toString(REGION_BYTES), Long.toString(life),
                Integer.toString(pauseMicros), Integer.toString(largest)));
        Child child = Child.start(command);
        child.expect("ready");
        return new Writer(child, pauseMicros > 0);
    }

    private void round(Mishap mishap) throws IOException {
        Path path = mishap == Mishap.REPLACE ? folder.resolve("next") : region;
        Optional<Writer> next = mishap.newWriter() ? Optional.of(standby(path)) : Optional.empty();
        pauseUpToMillis(120);
        long sinceNanos = cause(mishap, next);
        if (next.isPresent()) {
            writer.ifPresent(last -> replaced.add(last.process()));
            writer = next;
            awaitNewLife(mishap.name(), sinceNanos);
        } else {
            awaitMoreFrames(mishap, sinceNanos);
        }
        closeReplaced();
    }

    private void closeReplaced() {
        replaced.forEach(Child::close);
        replaced.clear();
    }

    /** Does it, and lets the next writer begin; returns the time from which on all is well but for the writer. */
    private long cause(Mishap mishap, Optional<Writer> next) throws IOException {
        Child current = writer.orElseThrow().process();
        switch (mishap) {
            case KILL -> current.close();
            case KILL_AND_DELETE -> {
                current.close();
                Files.delete(region);
            }
            case DELETE_UNDER_WRITER -> Files.delete(region);
            case REPLACE -> {
                next.orElseThrow().process().say("go");
                await("the next file", () -> sizeOf(folder.resolve("next")) >= REGION_BYTES);
                pauseUpToMillis(100);
                Files.move(folder.resolve("next"), region, StandardCopyOption.ATOMIC_MOVE);
                return System.nanoTime();
            }
            case TRUNCATE_TO_0 -> truncate(current, 0);
            case TRUNCATE_TO_8 -> truncate(current, 8);
            case TRUNCATE_TO_20 -> truncate(current, 20);
            case TRUNCATE_TO_HALF -> truncate(current, REGION_BYTES / 2);
            case TRUNCATE_IN_RING -> truncate(current, random.nextLong(REGION_BYTES, Math.max(REGION_BYTES + 1, sizeOf(region))));
            case TRUNCATE_IN_DESCRIPTOR -> truncate(current, Math.max(REGION_BYTES, sizeOf(region)
                    - random.nextInt(1, HistoryLayout.DESCRIPTOR_BYTES + 1)));
            case OTHER_EPOCH -> {
                changeEpoch();
                pauseUpToMillis(300);
                current.close();
            }
            case GROW -> resize(sizeOf(region) + REGION_BYTES);
            case FORBID -> {
                Files.setPosixFilePermissions(region, PosixFilePermissions.fromString("---------"));
                current.close();
                pauseUpToMillis(300);
                Files.setPosixFilePermissions(region, PosixFilePermissions.fromString("rw-r--r--"));
            }
            case FOLDER_REPLACED -> {
                Files.move(folder, scratch.resolve("away" + life));
                pauseUpToMillis(300);
                Files.createDirectory(folder);
            }
            case FOLDER_AWAY_AND_BACK -> {
                Files.move(folder, scratch.resolve("away"));
                pauseUpToMillis(500);
                Files.move(scratch.resolve("away"), folder);
            }
        }
        if (next.isPresent()) {
            next.get().process().say("go");
        }
        return System.nanoTime();
    }

    private void truncate(Child current, long bytes) throws IOException {
        resize(bytes);
        pauseUpToMillis(300);
        current.close();
    }

    private void changeEpoch() throws IOException {
        try (FileChannel channel = FileChannel.open(region, StandardOpenOption.WRITE)) {
            long descriptor = channel.size() - HistoryLayout.DESCRIPTOR_BYTES;
            if (descriptor > REGION_BYTES) {
                channel.write(ByteBuffer.allocate(Long.BYTES).putLong(0, random.nextLong()),
                        descriptor + HistoryLayout.EPOCH_OFFSET);
            }
        }
    }

    private void resize(long bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(region, StandardOpenOption.WRITE)) {
            if (channel.size() > bytes) {
                channel.truncate(bytes);
            } else {
                channel.write(ByteBuffer.allocate(1), bytes - 1);
            }
        }
    }

    private void awaitNewLife(String after, long sinceNanos) {
        await("life " + life, () -> watches.stream().allMatch(watch -> watch.last().frame().life() == life));
        for (LifeWatch watch : watches) {
            LifeWatch.Seen first = watch.first();
            resumed(after, first.readNanos() - Math.max(first.frame().beganNanos(), sinceNanos));
        }
    }

    private void awaitMoreFrames(Mishap mishap, long sinceNanos) {
        await("frames after " + mishap,
                () -> watches.stream().allMatch(watch -> watch.last().readNanos() - sinceNanos > 0));
        // That they come is asked of every writer, that they come soon only of those who leave a frame where it is.
        if (writer.orElseThrow().pauses()) {
            for (LifeWatch watch : watches) {
                resumed(mishap.name(), watch.last().readNanos() - sinceNanos);
            }
        }
    }

    private void resumed(String after, long nanos) {
        resumeNanos.add(nanos);
        if (nanos > SLOW_NANOS) {
            System.out.printf("%d ms after %s%n", nanos / MILLI, after);
        }
    }

    private void await(String what, BooleanSupplier condition) {
        long startedNanos = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - startedNanos > GIVE_UP_NANOS) {
                throw new IllegalStateException("not within 20 s: " + what + "; writer alive: "
                        + writer.map(last -> last.process().alive()).orElse(false) + "; " + streams.stream().map(Chaos::state).toList()
                        + "; last frames " + watches.stream().map(watch -> watch.last().frame()).toList());
            }
            LockSupport.parkNanos(MILLI);
        }
    }

    private static String state(ShmFrameStream stream) {
        ReaderStatistics now = stream.statistics();
        return now.attachState() + " (" + now.attachReason() + "), sequence " + now.sequence() + ", retries "
                + now.retries() + ", restarts " + now.writerRestarts() + ", skipped " + now.skippedNonKeyframes();
    }

    private void pauseUpToMillis(int millis) {
        LockSupport.parkNanos(random.nextLong(millis * MILLI));
    }

    private static long sizeOf(Path path) {
        try {
            return Files.exists(path) ? Files.size(path) : -1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
