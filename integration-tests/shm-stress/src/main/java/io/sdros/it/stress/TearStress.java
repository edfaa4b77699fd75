package io.sdros.it.stress;

import io.sdros.shm.protocol.RegionLayout;
import io.sdros.shm.reader.Frame;
import io.sdros.shm.reader.FrameReader;
import io.sdros.shm.reader.ReadOutcome;
import io.sdros.shm.reader.RegionSource;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;

/**
 * Reads while another process writes as fast as it can, and checks every byte of every frame. Prints what the attempts
 * came to; ends with 1 if a single byte was wrong.
 *
 * <p>For every kind of writer and every size of region there is one writing process, and two readers that take turns:
 * one that checks CRCs and one that does not. Small regions get most attempts, since tears are most frequent there
 * per second.
 */
public final class TearStress {

    private static final long SEED = 0x5eed;
    private static final int BURST = 500;
    private static final int AT_ONCE = 20;
    /** Numbers further apart belong to different counts, to the reader; a writer gets so far in seconds if nobody reads. */
    private static final long MAX_GAP_FRAMES = 1_000_000;

    /** A region size, and how many of 1000 attempts are made on it. */
    private enum Size {
        TINY(RegionLayout.PAYLOAD_OFFSET + 128, 700),
        SMALL(RegionLayout.PAYLOAD_OFFSET + 4096, 285),
        MEDIUM(RegionLayout.PAYLOAD_OFFSET + 64 * 1024, 14),
        LARGE(RegionLayout.DEFAULT_REGION_BYTES, 1);

        private final int regionBytes;
        private final int perMille;

        Size(int regionBytes, int perMille) {
            this.regionBytes = regionBytes;
            this.perMille = perMille;
        }
    }

    private final OutcomeCounts total = new OutcomeCounts();

    private TearStress() {
    }

    /** Arguments: how many attempts to make in all, 100 million unless given; names of the kinds of writers, or all. */
    public static void main(String[] args) throws IOException {
        long attempts = args.length > 0 ? Long.parseLong(args[0]) : 100_000_000L;
        List<WriterKind> kinds = Arrays.stream(args).skip(1).map(WriterKind::valueOf).toList();
        OutcomeCounts counts = run(attempts, kinds.isEmpty() ? List.of(WriterKind.values()) : kinds);
        if (counts.wrongFrames + counts.backwards != 0) {
            System.exit(1);
        }
    }

    /** Makes at least the given number of attempts; prints as it goes. */
    static OutcomeCounts run(long attempts, List<WriterKind> kinds) throws IOException {
        System.out.println("Java " + System.getProperty("java.version") + ", " + attempts + " attempts");
        System.out.println(OutcomeCounts.heading());
        TearStress stress = new TearStress();
        long startedNanos = System.nanoTime();
        for (WriterKind kind : kinds) {
            for (Size size : Size.values()) {
                long share = 1 + attempts * size.perMille / (1000L * kinds.size());
                stress.cell(kind, size, share);
            }
        }
        System.out.println(stress.total.line("all"));
        double seconds = (System.nanoTime() - startedNanos) / 1e9;
        System.out.printf("%d wrong bytes; %d attempts found nothing new; %.1f s, %.0f attempts a second%n",
                stress.total.wrongBytes, stress.total.of(ReadOutcome.NO_NEW_FRAME), seconds, stress.total.attempts() / seconds);
        return stress.total;
    }

    private void cell(WriterKind kind, Size size, long attempts) throws IOException {
        try (TempFolder folder = TempFolder.create()) {
            Path path = folder.resolve("frames");
            Path contentsFile = folder.resolve("contents");
            FrameContents contents =
                    FrameContents.random(RegionLayout.maxPayloadBytes(size.regionBytes), SEED + size.ordinal());
            contents.save(contentsFile);
            Programs.unpack("full_speed_writer.py", folder.path());
            try (Child writer = Child.start(kind.command(path, size.regionBytes, contentsFile, folder.path()));
                    FileChannel region = openOnce(writer, path)) {
                Checked withCrc = new Checked(region, true, contents, kind);
                Checked withoutCrc = new Checked(region, false, contents, kind);
                while (withCrc.counts.attempts() + withoutCrc.counts.attempts() < attempts) {
                    withCrc.burst();
                    withoutCrc.burst();
                    if (!writer.alive()) {
                        throw new IOException("the writer has ended");
                    }
                }
                String label = kind.label() + ", " + size.regionBytes + " bytes, ";
                System.out.println(withCrc.counts.line(label + "CRC"));
                System.out.println(withoutCrc.counts.line(label + "no CRC"));
                total.addAll(withCrc.counts);
                total.addAll(withoutCrc.counts);
            }
        }
    }

    private static FileChannel openOnce(Child writer, Path path) throws IOException {
        writer.expect("open");
        return FileChannel.open(path, StandardOpenOption.READ);
    }

    /** A reader, and what it has read. */
    private static final class Checked {

        private final FrameReader reader;
        private final FrameContents contents;
        private final OutcomeCounts counts = new OutcomeCounts();
        private final WriterKind kind;
        private long last;
        private boolean restarted;
        private long failing;
        private int failures;

        Checked(FileChannel region, boolean crcEnabled, FrameContents contents, WriterKind kind) {
            RegionSource source = RegionSource.of(region);
            this.reader = FrameReader.builder(kind.history() ? new SlowedSource(source) : source)
                    .crcEnabled(crcEnabled).keyframeGating(false).build();
            this.contents = contents;
            this.kind = kind;
        }

        void burst() {
            for (int i = 0; i < BURST; i++) {
                ReadOutcome outcome = reader.attempt();
                counts.add(outcome);
                if (reader.restarted()) {
                    restarted();
                }
                if (outcome == ReadOutcome.FRAME) {
                    check(reader.frame());
                } else if (outcome.failure()) {
                    retry();
                }
            }
        }

        /**
         * No writer starts over here. One that stores byte by byte may be taken for it if it is stopped between two, and any
         * that has left the reader a million frames behind: {@link #check} tells.
         */
        private void restarted() {
            counts.restarts++;
            if (kind == WriterKind.PYTHON_BYTEWISE) {
                last = 0;
            } else {
                restarted = true;
            }
        }

        /** The writer may have been stopped in the middle of a frame; it is no use failing a thousand times more. */
        private void retry() {
            failures = reader.sequence() == failing ? failures + 1 : 0;
            failing = reader.sequence();
            if (failures > AT_ONCE) {
                Thread.yield();
            }
        }

        private void check(Frame frame) {
            long wrong = contents.wrongBytes(frame);
            if (wrong != 0) {
                counts.wrongFrames++;
                counts.wrongBytes += wrong;
                System.out.println("WRONG: " + wrong + " bytes of frame " + frame.header());
            }
            if (restarted && frame.frameSeq() - last <= MAX_GAP_FRAMES) {
                counts.backwards++;
                System.out.println("WRONG: a restart between the frames " + last + " and " + frame.frameSeq());
            }
            restarted = false;
            if (frame.frameSeq() <= last) {
                counts.backwards++;
                System.out.println("WRONG: frame " + frame.frameSeq() + " after " + last);
            }
            last = frame.frameSeq();
            counts.checkedBytes += frame.lengthBytes();
        }
    }
}
