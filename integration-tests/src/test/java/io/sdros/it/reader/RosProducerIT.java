package io.sdros.it.reader;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.Tool;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What the example producer for ROS 2 makes of messages. ROS 2 itself is not tested: {@code src/test/python/ros_stand_in}
 * takes its place, with no more of it than the program uses.
 */
final class RosProducerIT {

    private static final String JPEG = "ffd8ffe000104a46ffd9";
    private static final String IDR = "000000010910000000016588840a";
    private static final String DELTA = "00000001093000000001419a0b0c";

    private final OpenResources opened = new OpenResources();
    private final TempRegion region = opened.add(TempRegion.create());

    @AfterEach
    void close() {
        opened.close();
    }

    private ChildProcess run(List<String> arguments, String... messages) {
        List<String> command = new ArrayList<>(List.of(Tool.command("python3"), "-B",
                Tool.repositoryFile("docs/examples/ros2_producer.py").toString(), "--path", region.path().toString()));
        command.addAll(arguments);
        ChildProcess producer = opened.add(ChildProcess.start("ros2-producer", command,
                Map.of("PYTHONPATH", Tool.pythonScript("ros_stand_in"))));
        for (String message : messages) {
            producer.say(message.replace('|', '\t'));
        }
        producer.endInput();
        assertThat(producer.awaitExit(Deadlines.SOON)).isZero();
        return producer;
    }

    private List<HistoryRecords.Entry> records() throws IOException {
        List<HistoryRecords.Entry> records = new ArrayList<>();
        try (HistoryRecords history = HistoryRecords.open(region.path())) {
            while (history.hasNext()) {
                records.add(history.next());
            }
        }
        return records;
    }

    @Test
    void writesCompressedImagesWithTheirTimes() throws IOException {
        ChildProcess producer = run(List.of("/camera/compressed", "--size", "100"),
                "0.5|bgr8; jpeg compressed bgr8|0|" + JPEG, "-1|jpeg|0|" + JPEG, "1e9|h264|0|" + IDR, "0.1|h264|0|" + DELTA,
                "0.1|bgr8; png compressed bgr8|0|89504e47", "0.1|16UC1; compressedDepth png|0|00", "0.1|png|0|00",
                "0.1|png|0|00", "0.1|jpeg|0|" + "00".repeat(100), "0.1|hevc|0|0000000126010a");

        assertThat(producer.output()).contains("subscribed to /camera/compressed CompressedImage 30 ReliabilityPolicy.BEST_EFFORT")
                .contains("destroyed");
        List<HistoryRecords.Entry> records = records();
        assertThat(records).extracting(record -> record.frame().codec()).containsExactly(3, 3, 1, 1, 2);
        assertThat(records).extracting(record -> record.frame().keyframe()).containsExactly(true, true, true, false, true);
        assertThat(Duration.ofNanos(records.get(0).commitNanos() - records.get(0).captureNanos()))
                .isBetween(Duration.ofMillis(500), Duration.ofSeconds(10));
        assertThat(records).extracting(record -> record.captureNanos() > 0)
                .as("a stamp of the future, or of 30 years ago, is none").containsExactly(true, false, false, true, true);
        assertThat(producer.lines()).filteredOn(line -> line.startsWith("warning: ")).hasSize(4);
    }

    @Test
    void writesPacketsOfImageTransport() throws IOException {
        run(List.of("--packets", "/camera/ffmpeg"), "0.1|libx264|1|" + IDR, "0.1|h264;yuv420p;bgr8;bgr8|0|" + DELTA,
                "0.1|hevc_nvenc|1|00");

        assertThat(records()).extracting(record -> record.frame().codec()).containsExactly(1, 1, 2);
        assertThat(records()).extracting(record -> record.frame().keyframe()).containsExactly(true, false, true);
    }
}
