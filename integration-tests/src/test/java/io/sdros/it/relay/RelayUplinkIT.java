package io.sdros.it.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.Tool;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What leaves a robot over its leaf node, in namespaces of its own: the short form of one row of the relay's measurement. */
final class RelayUplinkIT {

    private static final int CANNOT_RUN_HERE = 3;

    @Test
    void nothingIsSentWhileNobodyWatchesAndThenEveryByte() {
        List<String> command = List.of(Tool.repositoryFile("integration-tests/load/relay/run").toString(), "--edges", "1", "--seconds", "3",
                "--jar", ServerProcess.jar().toString(), "bytes");
        try (ChildProcess run = ChildProcess.start("relay-run", command, Map.of("JAVA_HOME", System.getProperty("java.home")))) {
            int exitCode = run.awaitExit(Deadlines.START.multipliedBy(2));
            Assumptions.assumeTrue(exitCode != CANNOT_RUN_HERE, run::output);

            assertThat(exitCode).as(run.output()).isZero();
            assertThat(run.output()).contains("uplink while nobody watches", "frames at an edge as at the origin");
        }
    }
}
