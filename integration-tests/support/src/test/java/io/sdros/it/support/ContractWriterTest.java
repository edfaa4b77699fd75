package io.sdros.it.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Python writer itself: what the other tests believe about the stream rests on it. */
final class ContractWriterTest {

    @ParameterizedTest
    @ValueSource(strings = {
        TestClip.ONE_SLICE_WITH_DELIMITERS,
        "aud=0:repeat-headers=1:sliced-threads=0:slices=1",
        "aud=1:repeat-headers=1:sliced-threads=0:slices=4",
        "aud=0:repeat-headers=1:sliced-threads=0:slices=4"})
    void splitsAnyEncodingIntoTheAccessUnitsThatFfprobeSees(String x264Options) {
        Path clip = TestClip.encoded(4, x264Options);

        List<String> units = run(Tool.command("python3"), Tool.pythonScript("contract_writer.py"),
                clip.toString(), "--list").lines().toList();

        List<String> packets = run(Tool.command("ffprobe"), "-v", "error", "-f", "h264", "-show_entries",
                "packet=pos,size,flags", "-of", "csv=p=0", clip.toString()).lines().map(this::unit).toList();
        assertThat(units).hasSize(4 * TestClip.FRAMES_PER_SECOND).isEqualTo(packets);
        assertThat(units).filteredOn(unit -> unit.endsWith("K")).hasSize(4);
    }

    /** From ffprobe's "size,position,flags" to the writer's "position size flag". */
    private String unit(String packet) {
        String[] fields = packet.split(",");
        return fields[1] + " " + fields[0] + (fields[2].startsWith("K") ? " K" : " -");
    }

    @Test
    void storesTheLastFrameAsTheTableSays() throws IOException {
        Path clip = TestClip.seconds(4);
        try (TempRegion region = TempRegion.create();
                PythonWriter writer = PythonWriter.start(clip, region,
                        "--fps", "1000", "--start-seq", "500", "--start-id", "7000", "--hold")) {
            int written = writer.awaitFramesWritten(Deadlines.SOON);

            ByteBuffer stored = ByteBuffer.wrap(Files.readAllBytes(region.path())).order(ByteOrder.LITTLE_ENDIAN);
            assertThat(written).isEqualTo(4 * TestClip.FRAMES_PER_SECOND);
            assertThat(stored.limit()).isEqualTo(RegionWriter.DEFAULT_SIZE_BYTES);
            assertThat(stored.getLong(0)).isEqualTo(500 + written - 1);
            int size = stored.getInt(32);
            assertThat(stored.getLong(8)).isEqualTo(32L + size);
            assertThat(stored.getLong(16)).isEqualTo(7000 + written - 1);
            assertThat(stored.getLong(24)).isEqualTo(500 + written - 1);
            assertThat(stored.getShort(36)).as("flags of the last picture of a GOP").isZero();
            assertThat(stored.getShort(38)).as("codec").isEqualTo((short) 1);
            byte[] payload = new byte[size];
            stored.get(48, payload);
            CRC32 crc = new CRC32();
            crc.update(payload);
            assertThat(stored.getInt(40)).isEqualTo((int) crc.getValue());
            assertThat(stored.getInt(44)).as("reserved").isZero();
            byte[] source = Files.readAllBytes(clip);
            assertThat(payload).isEqualTo(java.util.Arrays.copyOfRange(source, source.length - size, source.length));
        }
    }

    private static String run(String... command) {
        return ChildProcess.run("writer-test", List.of(command), Deadlines.START);
    }
}
