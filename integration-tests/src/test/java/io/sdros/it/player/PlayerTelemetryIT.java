package io.sdros.it.player;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Browser;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.NatsClient;
import io.sdros.it.support.NatsProcess;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The telemetry panel when what comes is hostile, broken, or too much. */
final class PlayerTelemetryIT {

    private static final String GOOD = "telemetry.it.good";
    private static final int DEPTH = 4096;
    private static final int LISTED = 500;
    private static final int MORE = 40;
    /** Those that can be seen in the window, and some more. */
    private static final int MOST_ROWS = 60;
    private static final String PANEL_HIDDEN = "document.querySelector('#telemetry').hidden";
    private static final int CONFIRMED_EACH = 20;
    /** A page that hangs in its telemetry is silent for seconds; a busy machine is not. */
    private static final long LONGEST_TASK_MILLIS = 2000;

    private static final String NOTE_LONG_TASKS = """
            window.longest = 0;
            let last = performance.now();
            setInterval(() => {
              window.longest = Math.max(window.longest, performance.now() - last);
              last = performance.now();
            }, 20);
            """;

    // As if there were a fault in what draws that row.
    private static final String BREAK_ONE_ROW = """
            const toggle = DOMTokenList.prototype.toggle;
            const broken = (list) => [...document.querySelectorAll('#subjects li')]
              .some((row) => row.textContent.startsWith('telemetry.it.broken') && row.querySelector('.rate').classList === list);
            DOMTokenList.prototype.toggle = function (...details) {
              if (broken(this)) throw new RangeError('no such luck');
              return toggle.apply(this, details);
            };
            """;

    private final OpenResources opened = new OpenResources();
    private NatsClient publisher;
    private ServerProcess server;
    private Browser browser;

    @BeforeEach
    void start() {
        NatsProcess nats = opened.add(NatsProcess.start());
        TempRegion region = opened.add(TempRegion.create());
        server = opened.add(ServerProcess.builder().region(region).set("SDR_NATS_URL", nats.url())
                .set("SDR_TELEMETRY_CACHE_SUBJECTS", "1000").start());
        publisher = opened.add(NatsClient.connect(nats));
        browser = opened.add(Browser.start());
        browser.beforeEachPage(NOTE_LONG_TASKS);
    }

    @AfterEach
    void closeAll() {
        opened.close();
    }

    @Test
    void whatIsNestedWithoutEndNeitherStopsThePageNorThoseOpenedLater() {
        browser.open(server.http("/"));
        publishUntilShown("1");
        for (String hostile : List.of("[".repeat(DEPTH), "[".repeat(DEPTH / 2) + "]".repeat(DEPTH / 2),
                "{\"a\":".repeat(DEPTH / 5), "[[".repeat(30_000))) {
            publisher.publish("telemetry.it.hostile", hostile);
            publishUntilShown(String.valueOf(hostile.hashCode()));
        }
        assertNeverHung();

        browser.open(server.http("/"));
        publishUntilShown("2");
        Await.until("the row is there", Deadlines.SOON, () -> browser.visibleText().contains("telemetry.it.hostile"));
        assertThat(browser.visibleText()).contains("[[[[[[[[").contains("before you came");
        assertNeverHung();
    }

    @Test
    void valuesAreShownAsTheyCame() {
        browser.open(server.http("/"));
        String value = "{\"id\":9007199254740993,\"far\":1e400,\"v\":1,\"v\":2}";
        Await.until("each digit and each key", Deadlines.SOON, () -> {
            publisher.publish(GOOD, value);
            return browser.visibleText().contains("9007199254740993");
        });
        assertThat(browser.visibleText()).contains("\"far\": 1e400").contains("\"v\": 1").contains("\"v\": 2");
    }

    @Test
    void oneRowThatCannotBeDrawnDoesNotStopTheOthers() {
        browser.beforeEachPage(BREAK_ONE_ROW);
        browser.open(server.http("/"));
        Await.until("its row says so", Deadlines.SOON, () -> {
            publisher.publish("telemetry.it.broken", "1");
            return browser.visibleText().contains("This value cannot be shown: no such luck");
        });
        publishUntilShown("41");
        publishUntilShown("42");
        assertThat(browser.console()).noneMatch(line -> line.contains("Uncaught"));
    }

    @Test
    void subjectsBeyondThoseListedAreSpokenOf() {
        browser.open(server.http("/"));
        publishUntilShown("1");
        Await.until("more subjects than are listed", Deadlines.SOON, () -> {
            for (int i = 0; i < LISTED + MORE; i++) {
                byte[] value = ("{\"value\":" + i + "}").getBytes(StandardCharsets.UTF_8);
                // Confirmed now and then, or they would drop each other from the viewer's queue.
                if (i % CONFIRMED_EACH == 0) {
                    publisher.publish("telemetry.it.many.n" + i, value);
                } else {
                    publisher.publishUnconfirmed("telemetry.it.many.n" + i, value);
                }
            }
            return browser.visibleText().contains("The first " + LISTED + " subjects are listed.");
        });
        assertThat(browser.visibleText()).containsPattern("\\d+ messages of others are not shown");
        assertThat((List<?>) browser.evaluate("sdrPlayer.subjects")).hasSize(LISTED);
        assertThat(namesInDocument()).isSorted().startsWith(GOOD).hasSizeLessThan(MOST_ROWS);
        assertThat(browser.evaluate("document.querySelector('#subjects li').ariaSetSize")).isEqualTo(String.valueOf(LISTED));
        publishUntilShown("2");
        browser.run("const list = document.querySelector('.subjects-scroller'); list.scrollTop = list.scrollHeight");
        Await.until("the last one is there", Deadlines.SOON,
                () -> "500".equals(browser.evaluate("document.querySelector('#subjects li:last-child')?.ariaPosInSet")));
        assertThat(namesInDocument()).isSorted().doesNotContain(GOOD).hasSizeLessThan(MOST_ROWS);
        assertNeverHung();
    }

    @Test
    void thereIsNoPanelBeforeThereIsTelemetryUnlessItIsAskedFor() {
        browser.open(server.http("/"));
        Await.until("connected", Deadlines.SOON, () -> "waiting".equals(browser.evaluate("window.sdrPlayer?.state")));
        assertThat(browser.evaluate(PANEL_HIDDEN)).isEqualTo(true);
        publishUntilShown("1");
        assertThat(browser.evaluate(PANEL_HIDDEN)).isEqualTo(false);

        browser.run("document.querySelector('#panel-close').click()");
        assertThat(browser.evaluate(PANEL_HIDDEN)).isEqualTo(true);
        browser.run("sessionStorage.clear(); document.querySelector('#panel-toggle').click()");
        assertThat(browser.evaluate(PANEL_HIDDEN)).isEqualTo(false);
    }

    private List<String> namesInDocument() {
        return ((List<?>) browser.evaluate("[...document.querySelectorAll('.subject')].map((name) => name.textContent)"))
                .stream().map(String::valueOf).collect(Collectors.toList());
    }

    private void publishUntilShown(String value) {
        Await.until("the page shows " + value, Deadlines.SOON, () -> {
            publisher.publish(GOOD, "{\"value\":" + value + "}");
            return String.valueOf(browser.evaluate("[...document.querySelectorAll('#subjects li')]"
                    + ".find((row) => row.querySelector('.subject').textContent === '" + GOOD + "')"
                    + "?.querySelector('.value').textContent")).equals("{ \"value\": " + value + " }");
        });
    }

    private void assertNeverHung() {
        assertThat(((Number) browser.evaluate("window.longest")).longValue()).as("longest time without a timer, ms")
                .isLessThan(LONGEST_TASK_MILLIS);
    }
}
