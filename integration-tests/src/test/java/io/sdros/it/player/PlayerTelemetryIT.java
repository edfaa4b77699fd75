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
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** The telemetry panel when what comes is hostile, broken, or too much. */
final class PlayerTelemetryIT {

    private static final String GOOD = "telemetry.it.good";
    private static final int DEPTH = 4096;
    private static final int LISTED = 500;
    /** Those that begin alike have a line of their own before them. */
    private static final int LINES = LISTED + 1;
    private static final int MORE = 40;
    /** Those that can be seen in the window, and some more. */
    private static final int MOST_ROWS = 60;
    private static final String PANEL_HIDDEN = "document.querySelector('#telemetry').hidden";
    private static final int CONFIRMED_EACH = 20;
    /** A page that hangs in its telemetry is silent for seconds; a busy machine is not. */
    private static final long LONGEST_TASK_MILLIS = 2000;

    /** What is said is rounded to a tenth, and the clocks may be wrong by some milliseconds. */
    private static final double ROUNDING_SECONDS = 0.6;

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
        browser.awaitText("[[[[[[[[");
        assertNeverHung();
    }

    @Test
    void aValueThatWasKeptIsAsOldAsItIs() {
        server.http().awaitNats("connected");
        long publishedNanos = System.nanoTime();
        publisher.publish("telemetry.it.old", "1");
        browser.open(server.http("/"));
        Await.until("the value is there, and the server's clock known", Deadlines.SOON, () -> agoSeconds() >= 0);
        double atLeast = (System.nanoTime() - publishedNanos) / 1e9;

        Await.until("it is older than a look ago", Deadlines.SOON, () -> agoSeconds() >= atLeast - ROUNDING_SECONDS);
        assertThat(agoSeconds()).isLessThanOrEqualTo((System.nanoTime() - publishedNanos) / 1e9 + ROUNDING_SECONDS);
    }

    /** How long ago the only subject's value was, by its row; -1 if that does not say. */
    private double agoSeconds() {
        return ((Number) browser.evaluate("Number(/^([\\d.]+) s ago$/.exec(document.querySelector('#subjects .rate')?.textContent)?.[1]"
                + " ?? -1)")).doubleValue();
    }

    @Test
    void valuesAreShownAsTheyCame() {
        browser.open(server.http("/"));
        String value = "{\"id\":9007199254740993,\"far\":1e400,\"v\":1,\"v\":2}";
        Await.until("each digit and each key", Deadlines.SOON, () -> {
            publisher.publish(GOOD, value);
            return browser.visibleText().contains("9007199254740993");
        });
        browser.awaitText("\"far\": 1e400", "\"v\": 1", "\"v\": 2");
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
        browser.await("/\\d+ messages of others are not shown/.test(document.body.innerText)", true);
        browser.await("sdrPlayer.subjects.length", (long) LISTED);
        assertThat(namesInDocument()).isSorted().startsWith(GOOD).hasSizeLessThan(MOST_ROWS);
        browser.await("document.querySelector('#subjects li').ariaSetSize", String.valueOf(LINES));
        publishUntilShown("2");
        Await.until("the last one is there", Deadlines.SOON, () -> {
            // Rows that come into sight may be higher than was thought, and the end moves down.
            browser.run("const list = document.querySelector('.subjects-scroller'); list.scrollTop = list.scrollHeight");
            return String.valueOf(LINES).equals(browser.evaluate("document.querySelector('#subjects li:last-child')?.ariaPosInSet"));
        });
        assertThat(namesInDocument()).isSorted().doesNotContain(GOOD).hasSizeLessThan(MOST_ROWS);
        assertNeverHung();
    }

    @Test
    void thereIsNoPanelBeforeThereIsTelemetryUnlessItIsAskedFor() {
        browser.open(server.http("/"));
        Await.until("connected", Deadlines.SOON, () -> "waiting".equals(browser.evaluate("window.sdrPlayer?.state")));
        assertThat(browser.evaluate(PANEL_HIDDEN)).isEqualTo(true);
        publishUntilShown("1");
        browser.await(PANEL_HIDDEN, false);

        browser.run("document.querySelector('#panel-close').click()");
        assertThat(browser.evaluate(PANEL_HIDDEN)).isEqualTo(true);
        browser.run("sessionStorage.clear(); document.querySelector('#panel-toggle').click()");
        browser.await(PANEL_HIDDEN, false);
    }

    @Test
    void whatLooksLikeMarkupIsText() {
        String markup = "<img src=x onerror=\"window.hit=true\"><b>bold</b>";
        browser.open(server.http("/"));
        Await.until("it is shown as it came", Deadlines.SOON, () -> {
            publisher.publish(GOOD, "{\"" + markup.replace("\"", "'") + "\": 1}");
            publisher.publish("telemetry.it.text", markup);
            publisher.publish("telemetry.it.<b>name</b>", new byte[] {(byte) 0xFF, 0});
            String text = browser.visibleText();
            return text.contains(markup) && text.contains(markup.replace("\"", "'")) && text.contains("telemetry.it.<b>name</b>")
                    && text.contains("2 bytes: ff 00");
        });
        browser.run("document.querySelector('.tool[aria-label=\"Curves of " + GOOD + "\"]').click()");
        browser.awaitText("Curves of " + GOOD);
        assertThat(browser.evaluate("document.querySelectorAll('#telemetry img, #telemetry b').length")).isEqualTo(0L);
        assertThat(browser.evaluate("window.hit ?? null")).isNull();
    }

    @Test
    void aSubjectIsPinnedCopiedShownAsAWholeAndDrawnAsChosen() {
        browser.open(server.http("/"));
        // Texts in a live region follow one another: one that was there is looked for, not the last.
        browser.run("window.announced = []; new MutationObserver(() => announced.push(document.querySelector('#announce').textContent))"
                + ".observe(document.querySelector('#announce'), { childList: true })");
        String list = IntStream.range(1000, 1100).mapToObj(String::valueOf).collect(Collectors.joining(","));
        Runnable publish = () -> {
            publisher.publish("telemetry.it.a", "1");
            publisher.publish(GOOD, "{\"v\":" + System.nanoTime() % 100 + ",\"list\":[" + list + "]}");
        };
        awaitWith(publish, "document.querySelector('#telemetry').innerText.includes('… 88 more')");
        browser.run(tool("All of"));
        awaitWith(publish, "document.querySelector('#telemetry').innerText.includes('1099')");
        // Browsers let a page copy while somebody does something.
        browser.run(tool("Copy").replace("click", "focus"));
        browser.press(Keys.ENTER);
        awaitWith(publish, "window.announced.includes('The value of " + GOOD + " copied.')");

        browser.run(tool("Curves of"));
        browser.run("[...document.querySelectorAll('.fields label')].find((label) => label.textContent === 'list.7').click()");
        awaitWith(publish, "[...document.querySelectorAll('.trend:not([hidden])')].map((trend) => trend.innerText).join()"
                + ".includes('list.7')");

        assertThat(namesInDocument()).containsExactly("telemetry.it.a", GOOD);
        browser.run(tool("Pin"));
        assertThat(namesInDocument()).containsExactly(GOOD, "telemetry.it.a");
        browser.open(server.http("/"));
        awaitWith(publish, "document.querySelectorAll('.subject').length === 2");
        assertThat(namesInDocument()).containsExactly(GOOD, "telemetry.it.a");
    }

    private static String tool(String name) {
        return "document.querySelector('.tool[aria-label=\"" + name + " " + GOOD + "\"]').click()";
    }

    private void awaitWith(Runnable publish, String condition) {
        Await.until(condition, Deadlines.SOON, () -> {
            publish.run();
            return Boolean.TRUE.equals(browser.evaluate(condition));
        });
    }

    private List<String> namesInDocument() {
        return ((List<?>) browser.evaluate(
                "[...document.querySelectorAll('.subject')].map((name) => name.parentElement.ariaLabel ?? name.textContent)"))
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
