package io.sdros.it.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.Tool;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * A real encoder that follows the server's advice, and a viewer behind emulated links: the short form of the measurement in
 * docs/performance.md, judged by bounds that say whether the server takes care at all, not how well.
 */
final class LinksIT {

    /** The links take half a minute; before that four programs start, on a machine that may be busy. */
    private static final Duration ALL_LINKS = Duration.ofSeconds(150);

    private static final int CANNOT_RUN_HERE = 77;

    @Test
    void thePictureIsFreshAndWholeOnAGoodANarrowAndABrokenLink() {
        List<String> command = List.of(Tool.repositoryFile("integration-tests/load/links/run").toString(), "--short",
                "--jar", ServerProcess.jar().toString());
        try (ChildProcess run = ChildProcess.start("links-run", command, Map.of("JAVA_HOME", System.getProperty("java.home")))) {
            int exitCode = run.awaitExit(ALL_LINKS);
            Assumptions.assumeTrue(exitCode != CANNOT_RUN_HERE, run::output);

            System.out.println(run.output());
            assertThat(exitCode).as(run.output()).isZero();
        }
    }
}
