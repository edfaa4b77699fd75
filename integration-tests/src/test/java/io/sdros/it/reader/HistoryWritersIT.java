package io.sdros.it.reader;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.CProgram;
import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.Tool;
import io.sdros.it.support.VideoFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The history that the writers in Python, C (as C++ too) and Java leave, against bytes computed from the contract. */
final class HistoryWritersIT {

    /** No multiple of a page, so that something lies between slot and ring. */
    private static final int SLOT_BYTES = 20_000;
    private static final int RING_BYTES = 64 * 1024;
    private static final int LARGEST_IN_RING = RING_BYTES / 4 - 64;
    private static final int[] SIZES = {0, 1, 64, 65, LARGEST_IN_RING, LARGEST_IN_RING + 1, 5_000, 12_345, 16_000, 16_000,
        7, 15_000, 9_000, 14_000, 3};
    private static final int KEYFRAME_EVERY = 4;
    private static final int STARTS = 8;
    private static final int FRAMES_UNSEEN = 20;
    /** A delimiter and a keyframe of one slice. */
    private static final byte[] UNIT = {0, 0, 0, 1, 9, 16, 0, 0, 0, 1, 0x65, (byte) 0x88, (byte) 0x84, 1};

    private final OpenResources opened = new OpenResources();
    private final Random random = new Random(2);
    private TempRegion region;

    @BeforeEach
    void open() {
        region = opened.add(TempRegion.create());
    }

    @AfterEach
    void close() {
        opened.close();
    }

    private byte[] file() throws IOException {
        return Files.readAllBytes(region.path());
    }

    private FrameWriterProcess start(FrameWriterProcess.Language language) {
        return opened.add(FrameWriterProcess.start(language, region, SLOT_BYTES, RING_BYTES, true));
    }

    @ParameterizedTest
    @EnumSource(FrameWriterProcess.Language.class)
    void leavesExactlyTheBytesOfTheContract(FrameWriterProcess.Language language) throws IOException {
        long startNanos = System.nanoTime();
        RegionImage image = new RegionImage(SLOT_BYTES, RING_BYTES);
        FrameWriterProcess writer = start(language);
        assertSame(image, "at start");
        long epoch = epoch();
        assertThat(epoch).isNotZero();
        writeAll(writer, image);
        assertCommitTimes(startNanos);
        writer.close();

        // The file stays, with its memory; readers learn of the new writer by the epoch.
        Object inode = Files.getAttribute(region.path(), "unix:ino");
        writer = start(language);
        image.beginAnew();
        assertSame(image, "at the next start");
        assertThat(epoch()).isNotZero().isNotEqualTo(epoch);
        assertThat(Files.getAttribute(region.path(), "unix:ino")).isEqualTo(inode);
        writer.write(1, 1, 1, new byte[10], 5);
        image.commit(VideoFrame.of(1, 1, 1, 1, new byte[10]), 5);
        assertSame(image, "after the first frame of the next start");
    }

    private void writeAll(FrameWriterProcess writer, RegionImage image) throws IOException {
        for (int i = 0; i < SIZES.length; i++) {
            byte[] payload = new byte[SIZES[i]];
            random.nextBytes(payload);
            int flags = i % KEYFRAME_EVERY == 0 ? VideoFrame.KEYFRAME : 0;
            int codec = 1 + i % 3;
            long captureNanos = i % 2 == 0 ? 0 : System.nanoTime();
            assertThat(writer.write(i, flags, codec, payload, captureNanos)).isTrue();
            image.commit(VideoFrame.of(i, i + 1, flags, codec, payload), captureNanos);
            assertSame(image, "after frame " + (i + 1) + " of " + SIZES[i] + " bytes");
        }
        assertThat(writer.write(1, 1, 1, new byte[SLOT_BYTES - 47])).as("does not fit into the slot").isFalse();
        assertSame(image, "after a frame that was refused");
    }

    private void assertSame(RegionImage image, String when) throws IOException {
        byte[] expected = image.bytes();
        byte[] actual = image.comparable(file());
        assertThat(Arrays.mismatch(actual, expected)).as("first byte that differs, %s", when).isEqualTo(-1);
    }

    private long epoch() throws IOException {
        try (HistoryRecords history = HistoryRecords.open(region.path())) {
            return history.epoch();
        }
    }

    /** Of the last lap: what lies before has been overwritten. */
    private void assertCommitTimes(long sinceNanos) throws IOException {
        try (HistoryRecords history = HistoryRecords.open(region.path())) {
            history.startOfLap();
            long before = sinceNanos;
            int records = 0;
            while (history.hasNext()) {
                long commitNanos = history.next().commitNanos();
                assertThat(commitNanos).isBetween(before, System.nanoTime());
                before = commitNanos;
                records++;
            }
            assertThat(records).isGreaterThan(1);
        }
    }

    /** With one slot it would find one frame, the last. */
    @ParameterizedTest
    @EnumSource(FrameWriterProcess.Language.class)
    void aReaderThatWasNotRunReadsEveryFrame(FrameWriterProcess.Language language) {
        FrameWriterProcess writer = start(language);
        FrameListing listing = opened.add(FrameListing.start(FrameListing.Reader.JAVA, region.path(), true));
        List<FrameListing.Line> expected = new ArrayList<>();
        writeOne(writer, expected);
        listing.await(1);
        listing.freeze();
        for (int i = 0; i < FRAMES_UNSEEN; i++) {
            writeOne(writer, expected);
        }
        listing.thaw();

        assertThat(listing.await(expected.size())).isEqualTo(expected);
        assertThat(listing.remarks()).containsExactly("ready");
    }

    private void writeOne(FrameWriterProcess writer, List<FrameListing.Line> written) {
        byte[] payload = new byte[1 + random.nextInt(2_000)];
        random.nextBytes(payload);
        int number = written.size() + 1;
        // Only the first is a keyframe: there is none further on to skip to.
        int flags = number == 1 ? VideoFrame.KEYFRAME : 0;
        assertThat(writer.write(number, flags, 1, payload)).isTrue();
        written.add(FrameListing.Line.of(VideoFrame.of(number, number, flags, 1, payload)));
    }

    /** A reader that attaches at any moment of a start finds no history, or one that is whole. */
    @ParameterizedTest
    @ValueSource(strings = {"c", "python"})
    void aStartIsNeverSeenHalf(String language) throws IOException {
        RegionImage image = new RegionImage(SLOT_BYTES, RING_BYTES);
        List<String> command = command(language, SLOT_BYTES, RING_BYTES);
        int looks = 0;
        for (int i = 0; i < STARTS; i++) {
            // As an old writer has left it, or as one of ours.
            Files.write(region.path(), new byte[i % 2 == 0 ? SLOT_BYTES : SLOT_BYTES / 2]);
            ChildProcess producer = opened.add(ChildProcess.start(language, command));
            producer.endInput();
            while (producer.isAlive()) {
                byte[] seen = file();
                if (seen.length == image.bytes().length) {
                    assertSameDescriptor(seen, image.bytes());
                    looks++;
                }
            }
            assertThat(producer.awaitExit(Deadlines.SOON)).isZero();
            producer.close();
        }
        System.out.printf("%s: %d looks at a history during %d starts%n", language, looks, STARTS);
    }

    private static void assertSameDescriptor(byte[] seen, byte[] whole) {
        int descriptor = whole.length - HistoryRecords.DESCRIPTOR_BYTES;
        byte[] withoutEpoch = seen.clone();
        Arrays.fill(withoutEpoch, descriptor + 40, descriptor + 48, (byte) 0);
        assertThat(Arrays.mismatch(withoutEpoch, descriptor, seen.length, whole, descriptor, whole.length)).isEqualTo(-1);
    }

    private List<String> command(String language, int slotBytes, int historyBytes) {
        boolean c = language.equals("c");
        List<String> command = new ArrayList<>(c
                ? List.of(CProgram.compile(Tool.repositoryFile("docs/examples/producer.c")).toString(), "-r", "0", "-p")
                : List.of(Tool.command("python3"), Tool.repositoryFile("docs/examples/producer.py").toString(), "--fps",
                        "0", "--path"));
        command.addAll(List.of(region.path().toString(), c ? "-s" : "--size", Integer.toString(slotBytes),
                c ? "-H" : "--history", Integer.toString(historyBytes)));
        return command;
    }

    @ParameterizedTest
    @ValueSource(strings = {"c", "python"})
    void whereThereIsRoomForTheSlotOnlyThereIsNoHistory(String language) {
        ChildProcess producer = startInTmpfs(language, "5m");
        assertThat(producer.awaitExit(Deadlines.SOON)).isZero();
        assertThat(producer.lines()).filteredOn(line -> line.startsWith("no history, readers may miss frames: No space left"))
                .hasSize(1);
        assertThat(producer.output()).contains("frames written: 2, refused: 0").contains("size 4194304");
    }

    @ParameterizedTest
    @ValueSource(strings = {"c", "python"})
    void whereThereIsNoRoomItEndsAndSaysSo(String language) {
        ChildProcess producer = startInTmpfs(language, "2m");
        assertThat(producer.awaitExit(Deadlines.SOON)).isEqualTo(1);
        assertThat(producer.output()).containsPattern("frames: .*No space left on device");
    }

    /** In a mount namespace of its own, which leaves nothing behind. */
    private ChildProcess startInTmpfs(String language, String size) {
        Path folder = region.path().getParent();
        String mount = "mount -t tmpfs -o size=" + size + " none '" + folder + "'";
        try (ChildProcess probe = ChildProcess.start("probe", List.of("unshare", "-rm", "sh", "-c", mount))) {
            Assumptions.assumeTrue(probe.awaitExit(Deadlines.SOON) == 0, "a namespace to mount a tmpfs in is not to be had");
        }
        List<String> command = new ArrayList<>(List.of("unshare", "-rm", "sh", "-c",
                mount + " && \"$@\" && stat -c 'size %s' '" + region.path() + "'", "sh"));
        command.addAll(command(language, 4 << 20, 8 << 20));
        ChildProcess producer = opened.add(ChildProcess.start(language, command));
        byte[] two = Arrays.copyOf(UNIT, 2 * UNIT.length);
        System.arraycopy(UNIT, 0, two, UNIT.length, UNIT.length);
        producer.send(two);
        producer.endInput();
        return producer;
    }

    @ParameterizedTest
    @ValueSource(strings = {"c", "python"})
    void refusesAHistoryOfAnImpossibleSize(String language) {
        ChildProcess producer = opened.add(ChildProcess.start(language, command(language, SLOT_BYTES, RING_BYTES + 1)));
        assertThat(producer.awaitExit(Deadlines.SOON)).isEqualTo(1);
        assertThat(producer.output()).containsPattern(Pattern.compile("power of two|Invalid argument"));
        assertThat(region.path()).doesNotExist();
    }
}
