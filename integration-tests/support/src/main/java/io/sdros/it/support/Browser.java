package io.sdros.it.support;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;

/**
 * Headless Chromium with a tab of its own: nothing of the tab before is left in it, neither scripts nor what a page keeps for
 * its tab. Starting one takes seconds, so those without switches of their own are used again, by one test at a time; they end
 * with this JVM.
 */
public final class Browser implements AutoCloseable {

    /** Those without switches of their own that nobody uses. */
    private static final Deque<Browser> IDLE = new ConcurrentLinkedDeque<>();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> IDLE.forEach(Browser::quit), "browsers-last-resort"));
    }

    /** Width and height to which a picture is scaled before its pixels are compared. */
    private static final int SAMPLE_WIDTH = 64;
    private static final int SAMPLE_HEIGHT = 36;

    private static final Dimension WINDOW = new Dimension(1280, 800);

    // Inside an animation frame, so that a canvas of whatever kind still holds what it shows.
    private static final String PIXELS = """
            const [selector, width, height, done] = arguments;
            requestAnimationFrame(() => {
              const picture = document.querySelector(selector);
              if (!picture || !picture.width || !picture.height) { done([]); return; }
              const scratch = document.createElement('canvas');
              scratch.width = width;
              scratch.height = height;
              const context = scratch.getContext('2d', { willReadFrequently: true });
              context.drawImage(picture, 0, 0, width, height);
              const rgba = context.getImageData(0, 0, width, height).data;
              const grey = [];
              for (let i = 0; i < rgba.length; i += 4) {
                // What is transparent shows nothing, whatever its colour.
                grey.push(Math.round((rgba[i] + rgba[i + 1] + rgba[i + 2]) / 3 * rgba[i + 3] / 255));
              }
              done(grey);
            });
            """;

    // The blocks of a NumberedClip; -1 for anything else.
    private static final String NUMBER = """
            const done = arguments[0];
            requestAnimationFrame(() => {
              const picture = document.querySelector('#picture');
              if (picture.width < 304 || picture.height < 32) { done(-1); return; }
              const scratch = document.createElement('canvas');
              scratch.width = picture.width;
              scratch.height = picture.height;
              const context = scratch.getContext('2d', { willReadFrequently: true });
              context.drawImage(picture, 0, 0);
              const row = context.getImageData(0, picture.height - 24, 304, 1).data;
              const white = (block) => row[4 * (24 + 16 * block)] > 127;
              if (!white(0) || white(1)) { done(-1); return; }
              let number = 0;
              for (let bit = 0; bit < 16; bit++) number = number * 2 + (white(bit + 2) ? 1 : 0);
              done(number);
            });
            """;

    private final ChromeDriver driver;
    private final Path profile;
    private final boolean usedAgain;

    private Browser(ChromeDriver driver, Path profile, boolean usedAgain) {
        this.driver = driver;
        this.profile = profile;
        this.usedAgain = usedAgain;
    }

    /** {@code switches}: Chromium's, besides the usual ones. */
    public static Browser start(String... switches) {
        if (switches.length > 0) {
            return start(false, switches);
        }
        Browser idle = IDLE.poll();
        return idle == null ? start(true) : idle;
    }

    /** One that nobody has used before, nor will again: for measurements, of which its caches would be part. */
    public static Browser startNew() {
        return start(false);
    }

    private static Browser start(boolean usedAgain, String... switches) {
        Path profile = newProfile();
        ChromeDriverService service = service();
        ChromeOptions options = new ChromeOptions();
        options.setBinary(System.getProperty("sdr.tool.chromium", "/usr/bin/chromium"));
        // Else chromedriver looks for it at "localhost", a name that a machine without /etc/hosts does not know.
        options.addArguments("--remote-debugging-pipe");
        options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-dev-shm-usage", "--window-size=" + WINDOW.width + "," + WINDOW.height, "--user-data-dir=" + profile);
        options.addArguments(switches);
        try {
            ChromeDriver driver = new ChromeDriver(service, options);
            driver.manage().timeouts().pageLoadTimeout(Deadlines.START).scriptTimeout(Deadlines.START);
            return new Browser(driver, profile, usedAgain);
        } catch (RuntimeException e) {
            service.stop();
            delete(profile);
            throw e;
        }
    }

    private static ChromeDriverService service() {
        try (ServerSocket free = new ServerSocket(0)) {
            File driver = new File(System.getProperty("sdr.tool.chromedriver", "/usr/bin/chromedriver"));
            return new LoopbackService(driver, free.getLocalPort(), WorkDirectory.newFile("chromedriver", ".log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Selenium's own, too, is asked at "localhost". */
    private static final class LoopbackService extends ChromeDriverService {

        private LoopbackService(File driver, int port, Path log) throws IOException {
            super(driver, port, Deadlines.START, List.of("--port=" + port, "--log-path=" + log), Map.of());
            sendOutputTo(OutputStream.nullOutputStream());
        }

        @Override
        protected URL getUrl(int port) throws IOException {
            return URI.create("http://127.0.0.1:" + port).toURL();
        }
    }

    public void open(URI page) {
        driver.get(page.toString());
    }

    /** As a window of that size would show it, however small. */
    public void size(int width, int height) {
        driver.executeCdpCommand("Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    /** Presses keys, wherever the focus is. */
    public void press(CharSequence... keys) {
        new Actions(driver).sendKeys(keys).perform();
    }

    public void doubleClick(String selector) {
        new Actions(driver).moveToElement(driver.findElement(By.cssSelector(selector))).doubleClick().perform();
    }

    /** The element that has the focus; the body while none has. */
    public WebElement focused() {
        return driver.switchTo().activeElement();
    }

    /** From now on files are saved there, without a question. */
    public void downloadTo(Path folder) {
        driver.executeCdpCommand("Browser.setDownloadBehavior",
                Map.of("behavior", "allow", "downloadPath", folder.toAbsolutePath().toString()));
    }

    /** Runs a script in the page, which its Content-Security-Policy does not hinder. */
    public void run(String script) {
        driver.executeScript(script);
    }

    /** What a script hands to its last argument, a function. */
    public Object evaluateLater(String script) {
        return driver.executeAsyncScript(script);
    }

    /** Runs a script in each page opened from now on, before the page's own. */
    public void beforeEachPage(String script) {
        driver.executeCdpCommand("Page.addScriptToEvaluateOnNewDocument", Map.of("source", script));
    }

    public Object evaluate(String expression) {
        return driver.executeScript("return " + expression + ";");
    }

    /** Waits until an expression has a value: the page tells its figures some times a second, not as they change. */
    public void await(String expression, Object expected) {
        Await.told(expression, expected, () -> evaluate(expression));
    }

    /** Waits until the page shows all of these words; fails with all that it shows when it does not soon. */
    public void awaitText(String... words) {
        Await.value(() -> "the page shows " + List.of(words) + "; it shows \"" + visibleText() + "\"", Deadlines.SOON,
                () -> Optional.of(visibleText()).filter(text -> Stream.of(words).allMatch(text::contains)));
    }

    /** All the text that the page shows. */
    public String visibleText() {
        return String.valueOf(evaluate("document.body.innerText"));
    }

    /** What a canvas shows, as grey values 0 to 255 of a small copy; empty while there is no such canvas. */
    int[] pixels(String selector) {
        Object grey = driver.executeAsyncScript(PIXELS, selector, SAMPLE_WIDTH, SAMPLE_HEIGHT);
        return ((List<?>) grey).stream().mapToInt(value -> ((Number) value).intValue()).toArray();
    }

    /** The number of the picture in the player's canvas (see NumberedClip); -1 while it shows none. */
    public int shownNumber() {
        return ((Number) driver.executeAsyncScript(NUMBER)).intValue();
    }

    /** The page is hidden from now on. */
    public void minimize() {
        driver.manage().window().minimize();
    }

    /** After {@link #minimize}: people see the page again. */
    public void restore() {
        driver.manage().window().setSize(WINDOW);
    }

    /** For how long the page's own thread has been at work since it was opened, by the browser's account. */
    public double mainThreadSeconds() {
        driver.executeCdpCommand("Performance.enable", Map.of());
        List<?> metrics = (List<?>) driver.executeCdpCommand("Performance.getMetrics", Map.of()).get("metrics");
        return metrics.stream().map(metric -> (Map<?, ?>) metric).filter(metric -> "TaskDuration".equals(metric.get("name")))
                .mapToDouble(metric -> ((Number) metric.get("value")).doubleValue()).findFirst().orElseThrow();
    }

    /** What the page wrote to its console. */
    public List<String> console() {
        return driver.manage().logs().get("browser").getAll().stream().map(Object::toString).toList();
    }

    /** Keeps a picture of the page in the work directory. */
    public Path screenshot(String name) {
        try {
            return Files.write(WorkDirectory.path().resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (usedAgain && changedTabs()) {
            IDLE.push(this);
        } else {
            quit();
        }
    }

    /** The window is as at the start, with another tab; false if that cannot be done any more. */
    private boolean changedTabs() {
        try {
            restore();
            String old = driver.getWindowHandle();
            String fresh = driver.switchTo().newWindow(WindowType.TAB).getWindowHandle();
            driver.switchTo().window(old).close();
            driver.switchTo().window(fresh);
            console();
            return true;
        } catch (WebDriverException e) {
            return false;
        }
    }

    private void quit() {
        try {
            driver.quit();
        } finally {
            delete(profile);
        }
    }

    private static Path newProfile() {
        try {
            return Files.createTempDirectory("sdr-it-chromium-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> walk = Files.walk(folder)) {
            List<Path> deepestFirst = walk.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | UncheckedIOException e) {
            // Chromium's last helper processes may still write there for a moment; it is in the temporary folder.
            return;
        }
    }
}
