package io.sdros.it.reader;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.Tool;
import io.sdros.it.support.VideoFrame;
import io.sdros.it.support.WorkDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The writers for producers in Python, C (as C++ too) and Java against the Java reader and one written from the contract. */
final class CrossLanguageIT {

    private static final int REGION_BYTES = 256 * 1024;
    private static final int MAX_PAYLOAD_BYTES = REGION_BYTES - 48;
    private static final int[] SIZES = {0, 1, 31, 32, 33, 4096, 1, 65_537, MAX_PAYLOAD_BYTES, 7};
    private static final int GOLDEN_REGION_BYTES = 256;

    @ParameterizedTest
    @CsvSource({
        "PYTHON, JAVA, true", "PYTHON, JAVA, false", "C, JAVA, true", "C, JAVA, false", "CPP, JAVA, true",
        "JAVA, JAVA, true",
        "JAVA, PYTHON, true", "JAVA, PYTHON, false", "C, PYTHON, true", "PYTHON, PYTHON, true"})
    void everyByteArrives(FrameWriterProcess.Language language, FrameListing.Reader reader, boolean crc) {
        Random random = new Random(1);
        List<FrameListing.Line> expected = new ArrayList<>();
        try (TempRegion region = TempRegion.create();
                FrameWriterProcess writer = FrameWriterProcess.start(language, region, REGION_BYTES, crc);
                FrameListing listing = FrameListing.start(reader, region.path(), crc)) {
            for (int size : SIZES) {
                byte[] payload = new byte[size];
                random.nextBytes(payload);
                long frameId = random.nextLong();
                int flags = random.nextInt(1 << 16);
                int codec = random.nextInt(1 << 16);
                assertThat(writer.write(frameId, flags, codec, payload)).as("%s bytes fit", size).isTrue();
                VideoFrame frame = VideoFrame.of(frameId, expected.size() + 1, flags, codec, payload);
                if (!crc) {
                    Arrays.fill(frame.headerAndPayload(), 24, 28, (byte) 0);
                }
                expected.add(FrameListing.Line.of(frame));

                assertThat(listing.await(expected.size())).isEqualTo(expected);
            }
            assertThat(writer.write(1, 1, 1, new byte[MAX_PAYLOAD_BYTES + 1])).as("one byte too many").isFalse();
            assertThat(writer.write(2, 1, 1, new byte[0])).isTrue();

            assertThat(listing.await(SIZES.length + 1).get(SIZES.length).frameSeq()).isEqualTo(SIZES.length + 1);
            assertThat(listing.remarks()).containsExactly("ready");
        }
    }

    @ParameterizedTest
    @EnumSource(FrameWriterProcess.Language.class)
    void leavesExactlyTheGoldenBytes(FrameWriterProcess.Language language) throws IOException {
        List<String> frames = Files.readAllLines(golden("golden-frames.txt"));
        byte[] images = Files.readAllBytes(golden("golden-region.bin"));
        try (TempRegion region = TempRegion.create()) {
            // A file of other content and size: an earlier life of the region.
            byte[] earlier = new byte[1000];
            Arrays.fill(earlier, 0, 16, (byte) 0xAA);
            Files.write(region.path(), earlier);
            try (FrameWriterProcess writer =
                    FrameWriterProcess.start(language, region, GOLDEN_REGION_BYTES, true)) {
                assertThat(Files.readAllBytes(region.path())).as("at start").isEqualTo(image(images, 0));
                for (int i = 0; i < frames.size(); i++) {
                    writer.write(frames.get(i));
                    assertThat(Files.readAllBytes(region.path())).as("after frame %s", i + 1)
                            .isEqualTo(image(images, i + 1));
                }
            }
        }
    }

    @Test
    void theGoldenBytesFollowFromTheContract() throws IOException {
        Path made = WorkDirectory.newFile("golden", ".bin");
        ChildProcess.run("golden", List.of("sh", "-c", "exec \"$0\" \"$1\" \"$2\" > \"$3\"", Tool.command("python3"),
                Tool.pythonScript("golden_region.py"), golden("golden-frames.txt").toString(), made.toString()),
                Deadlines.START);

        assertThat(made).hasSameBinaryContentAs(golden("golden-region.bin"));
    }

    private static byte[] image(byte[] images, int index) {
        return Arrays.copyOfRange(images, index * GOLDEN_REGION_BYTES, (index + 1) * GOLDEN_REGION_BYTES);
    }

    private static Path golden(String name) {
        return Path.of("src/test/resources/io/sdros/it", name);
    }
}
