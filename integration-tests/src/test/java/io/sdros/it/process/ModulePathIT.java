package io.sdros.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.NatsClient;
import io.sdros.it.support.NatsProcess;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.Tool;
import io.sdros.it.support.VideoFrame;
import io.sdros.it.support.WsRecorder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The modules as modules: what {@code -classpath} forgives, {@code -p} does not. */
final class ModulePathIT {

    private static final Path JARS = Path.of(System.getProperty("sdr.module.path", "target/modulepath"));
    private static final Path SERVER_CLASSES =
            Path.of(System.getProperty("sdr.server.classes", "../server-app/target/classes")).normalize();

    /** server-app's own jar is the fat one, and no module; its classes are. */
    private static List<String> command() {
        return List.of(Tool.java(), "-p", SERVER_CLASSES + File.pathSeparator + JARS,
                "-m", "io.sdros.server/io.sdros.server.Main");
    }

    @Test
    void thePathHoldsEveryLibraryOfOursAndNotTheFatJar() throws IOException {
        assertThat(SERVER_CLASSES.resolve("module-info.class")).isRegularFile();
        try (Stream<Path> jars = Files.list(JARS)) {
            List<String> names = jars.map(jar -> jar.getFileName().toString()).toList();
            for (String library : new String[] {
                "shm-protocol", "shm-reader", "fanout", "transport-undertow", "telemetry-nats"}) {
                assertThat(names).anyMatch(name -> name.startsWith(library + "-"));
            }
            assertThat(names).noneMatch(name -> name.startsWith("server-app"));
        }
    }

    @Test
    void printsItsVersion() {
        ServerProcess.Ended ended =
                ServerProcess.builder().command(command()).arguments("--version").run(Deadlines.START);

        assertThat(ended.exitCode()).as(ended.output()).isZero();
        assertThat(ended.output()).containsPattern("\\d+\\.\\d+\\.\\d+");
    }

    @Test
    void servesAFrameTelemetryAndThePage() {
        try (TempRegion region = TempRegion.create();
                NatsProcess nats = NatsProcess.start();
                ServerProcess server = ServerProcess.builder().command(command()).region(region)
                        .set("SDR_NATS_URL", nats.url()).start();
                WsRecorder client = WsRecorder.connect(server);
                NatsClient publisher = NatsClient.connect(nats)) {
            RegionWriter writer = RegionWriter.open(region.path());
            server.http().awaitAttached();
            VideoFrame frame = writer.keyframe(5000);

            assertThat(client.awaitVideo(1).get(0).headerAndPayload()).isEqualTo(frame.headerAndPayload());
            Await.until("telemetry is relayed", Deadlines.SOON, () -> {
                publisher.publish("telemetry.module", "x");
                return !client.telemetry().isEmpty();
            });
            assertThat(server.http().get("/").statusCode()).isEqualTo(200);
            assertThat(server.http().metrics().types()).containsKey("jvm_threads_current");
            assertThat(server.stop()).isZero();
        }
    }
}
