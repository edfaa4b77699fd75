package io.sdros.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Browser;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The demo as somebody who has just got the jar starts it, and what it leaves. */
final class DemoIT {

    private static final Pattern INVITATION = Pattern.compile("The demo is running: open (\\S+) in a browser");

    private static final int FIRST_LINES = 3;

    private final OpenResources opened = new OpenResources();

    @AfterEach
    void closeAll() {
        opened.close();
    }

    @Test
    void itsAddressIsAmongItsFirstLinesAndItsSettingsAreSaidOnlyWhenAskedFor() {
        ServerProcess demo = opened.add(demo().start());
        List<String> lines = demo.process().lines().stream()
                .filter(line -> !line.contains("which a demo that was killed had left")).limit(FIRST_LINES).toList();
        assertThat(lines).anyMatch(INVITATION.asPredicate()).noneMatch(line -> line.contains("SDR_"));

        ServerProcess talkative = opened.add(demo().set("SDR_LOG_LEVEL", "debug").start());
        assertThat(talkative.process().output()).contains("SDR_LISTEN_ADDR=127.0.0.1:0", "SDR_NATS_URL=none");
    }

    @Test
    void withoutNatsItSaysThatItIsADemoAndNotThatSomethingIsMissing() {
        // Unlike other tests' servers this one is not told that there is none.
        ServerProcess demo = opened.add(demo().set("SDR_NATS_URL", "").start());
        assertThat(demo.http().json("/health")).containsEntry("nats", "demo");
        Browser browser = opened.add(Browser.start());
        browser.open(demo.http("/"));
        Await.until("the page says so beside its telemetry", Deadlines.SOON, () -> {
            String text = browser.visibleText();
            return text.contains("telemetry.demo.pose") && text.contains("Sample data");
        });
        assertThat(browser.visibleText()).doesNotContain("NATS");
        assertThat(demo.process().output()).doesNotContain("NATS");
    }

    @Test
    void whatAKilledDemoLeftGoesAtTheNextStartAndALivingOneStays() {
        ServerProcess killed = opened.add(demo().start());
        Path leftover = folder(killed);
        ServerProcess living = opened.add(demo().start());
        Path kept = folder(living);
        assertThat(leftover).isNotEqualTo(kept).exists();
        killed.process().kill();
        assertThat(leftover.resolve("frames")).exists();

        ServerProcess next = opened.add(demo().start());
        assertThat(leftover).doesNotExist();
        assertThat(kept.resolve("frames")).exists();
        for (ServerProcess demo : List.of(living, next)) {
            Await.until("it serves frames", Deadlines.SOON, () -> demo.http().get("/ready").statusCode() == 200);
        }
        Path own = folder(next);
        assertThat(next.stop()).isZero();
        assertThat(living.stop()).isZero();
        assertThat(own).doesNotExist();
        assertThat(kept).doesNotExist();
    }

    private static ServerProcess.Builder demo() {
        return ServerProcess.builder().arguments("demo");
    }

    /** Where it keeps its region, as its open files say. */
    private static Path folder(ServerProcess demo) {
        Path descriptors = Path.of("/proc", Long.toString(demo.process().pid()), "fd");
        return Await.value("its folder", Deadlines.SOON, () -> {
            try (Stream<Path> links = Files.list(descriptors)) {
                return links.map(DemoIT::target).flatMap(Optional::stream)
                        .filter(file -> file.toString().contains("/sdr-demo-")).map(Path::getParent).findFirst();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static Optional<Path> target(Path link) {
        try {
            return Optional.of(Files.readSymbolicLink(link));
        } catch (IOException e) {
            // Closed since it was listed.
            return Optional.empty();
        }
    }
}
