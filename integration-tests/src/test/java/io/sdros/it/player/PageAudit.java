package io.sdros.it.player;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Browser;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What every state of the player page has to be: accessible by axe-core's rules, silent, and content with its own server. */
final class PageAudit {

    private static final String AXE = script("/axe.min.js");

    // What axe cannot decide (text over the canvas) it reports apart; that is not asked for.
    private static final String VIOLATIONS = """
            const done = arguments[arguments.length - 1];
            axe.run(document, { resultTypes: ['violations'],
                runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] } })
              .then((result) => done({ rules: result.passes.length, violations: result.violations.map((violation) =>
                violation.id + ': ' + violation.nodes.map((node) => node.html + ' ' + node.failureSummary).join(' | ')) }),
                (error) => done({ rules: 0, violations: [String(error)] }));
            """;

    private static final String FOREIGN = "performance.getEntriesByType('resource').map((entry) => entry.name)"
            + ".filter((name) => new URL(name).origin !== location.origin && !name.startsWith('blob:'))";

    private static final String CONTRAST = """
            (() => {
              const parse = (text) => text.match(/[\\d.]+/g).map(Number);
              const light = (rgb) => rgb.map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
                .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
              const low = [];
              for (const box of document.querySelectorAll('.state, .numbers, .warning, .controls, .stale, .notice')) {
                if (!box.checkVisibility()) continue;
                const [r, g, b, alpha = 1] = parse(getComputedStyle(box).backgroundColor);
                for (const behind of [0, 255]) {
                  const ground = light([r, g, b].map((v) => v * alpha + behind * (1 - alpha)));
                  for (const part of [box, ...box.querySelectorAll('*')]) {
                    const own = [...part.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
                    if (!own || !part.checkVisibility() || part.closest(':disabled, .primary')) continue;
                    const text = light(parse(getComputedStyle(part).color).slice(0, 3));
                    const ratio = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
                    if (ratio < 4.5) low.push(part.outerHTML + ' over ' + behind + ': ' + ratio.toFixed(2));
                  }
                }
              }
              return low;
            })()""";

    // What is in the middle is cut off at its edges, and can be scrolled there; so can the page, downwards, where it is
    // higher than the window.
    private static final String OVERLAPS = """
            (() => {
              scrollTo(0, 0);
              const bottomOfPage = document.scrollingElement.scrollHeight;
              const scrolls = getComputedStyle(document.querySelector('.middle')).overflowY !== 'visible';
              const middle = scrolls ? document.querySelector('.middle').getBoundingClientRect() : { top: 0, bottom: bottomOfPage };
              const boxes = [...document.querySelectorAll('.state, .numbers, .warning, .controls, .stale, .notice, .panel')]
                .filter((box) => box.checkVisibility()).map((box) => {
                  const { left, right, top, bottom } = box.getBoundingClientRect();
                  const inside = box.closest('.middle') !== null;
                  return { name: box.id || box.className, left, right, top: inside ? Math.max(top, middle.top) : top,
                    bottom: inside ? Math.min(bottom, middle.bottom) : bottom };
                });
              const faults = boxes
                .filter((box) => box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > bottomOfPage + 1)
                .map((box) => box.name + ' leaves the window');
              boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b) => {
                if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1) {
                  faults.push(a.name + ' overlaps ' + b.name);
                }
              }));
              return faults;
            })()""";

    // Each control, scrolled to, is what lies there, and none of it is cut off.
    private static final String OUT_OF_REACH = """
            [...document.querySelectorAll('button, input')].filter((control) => control.checkVisibility()).map((control) => {
              control.scrollIntoView({ block: 'center' });
              const { left, right, top, bottom } = control.getBoundingClientRect();
              const corners = [[left, top], [right, top], [left, bottom], [right, bottom]]
                .map(([x, y]) => [x + (x === left ? 3 : -3), y + (y === top ? 3 : -3)]);
              // Corners are round.
              const middle = [(left + right) / 2, (top + bottom) / 2];
              const edges = [[middle[0], corners[0][1]], [middle[0], corners[3][1]],
                  [corners[0][0], middle[1]], [corners[3][0], middle[1]]];
              const covered = [middle, ...edges].map(([x, y]) => document.elementFromPoint(x, y))
                .filter((found) => found === null || !(control.contains(found) || found.control === control));
              return covered.length === 0 ? ''
                  : `${control.id || control.textContent}: ${covered.map((found) => found?.className || found?.id)}`;
            }).filter((fault) => fault !== '')""";

    private static final String CUT_OFF = "(() => { const middle = document.querySelector('.middle');"
            + " return middle.scrollHeight - middle.clientHeight; })()";

    /** A window; one of a phone's size; the first at a zoom of 200 and of 400 %. */
    private static final int[][] SIZES = {{1280, 720}, {390, 844}, {640, 360}, {320, 256}};
    private static final int[] PHONE = {390, 844};
    private static final int[] ZOOMED = {320, 256};

    private PageAudit() {
    }

    /** In windows of three sizes; keeps a screenshot of each. */
    static void assertGood(Browser browser, String state) {
        for (int[] size : SIZES) {
            browser.size(size[0], size[1]);
            String name = state + " at " + size[0] + " x " + size[1];
            try {
                assertNoViolation(browser, name);
                assertThat((List<?>) browser.evaluate(CONTRAST)).as("text over a black or white picture, " + name).isEmpty();
                assertThat((List<?>) browser.evaluate(OVERLAPS)).as(name).isEmpty();
                assertThat(browser.evaluate("document.documentElement.scrollWidth <= innerWidth"))
                        .as("nothing is wider than the window, " + name).isEqualTo(true);
            } finally {
                browser.screenshot("player-" + state.replace(' ', '-') + "-" + size[0]);
            }
        }
        assertSilent(browser, state);
        browser.size(1280, 720);
    }

    /** On a phone and at a zoom of 400 %: nothing lies over anything else, is cut off, or cannot be reached. */
    static void assertFits(Browser browser, String state) {
        for (int[] size : new int[][] {PHONE, ZOOMED}) {
            browser.size(size[0], size[1]);
            String name = state + " at " + size[0] + " x " + size[1];
            browser.screenshot("player-" + state.replace(' ', '-') + "-" + size[0]);
            assertThat((List<?>) browser.evaluate(OVERLAPS)).as(name).isEmpty();
            assertThat(((Number) browser.evaluate(CUT_OFF)).intValue()).as("pixels cut off in the middle, " + name)
                    .isLessThanOrEqualTo(1);
            assertThat((List<?>) browser.evaluate(OUT_OF_REACH)).as("out of reach, " + name).isEmpty();
            assertThat(browser.evaluate("document.documentElement.scrollWidth <= innerWidth"))
                    .as("nothing is wider than the window, " + name).isEqualTo(true);
        }
        browser.size(1280, 720);
    }

    static void assertNoViolation(Browser browser, String name) {
        // Half a megabyte, which stays in the page.
        if (Boolean.FALSE.equals(browser.evaluate("'axe' in window"))) {
            browser.run(AXE);
        }
        Map<?, ?> result = (Map<?, ?>) browser.evaluateLater(VIOLATIONS);
        assertThat((List<?>) result.get("violations")).as(name).isEmpty();
        assertThat(((Number) result.get("rules")).intValue()).as("rules that found something to look at").isGreaterThan(10);
    }

    private static void assertSilent(Browser browser, String state) {
        assertThat((List<?>) browser.evaluate(FOREIGN)).as("requests to others, " + state).isEmpty();
        // That a connection was refused is said by the browser itself; nothing else may be said, least of all by its CSP.
        assertThat(browser.console().stream().filter(line -> line.contains("SEVERE") || line.contains("WARNING")
                || line.contains("Content Security Policy"))
                .filter(line -> !line.contains("/stream/ws"))).as("console, " + state).isEmpty();
    }

    /** No directive of the page's policy names anybody but the server itself. */
    static void assertPolicyAllowsOnly(String policy, URI server) {
        assertThat(policy).contains("default-src 'none'").doesNotContain("unsafe");
        for (String directive : policy.split(";")) {
            List<String> words = List.of(directive.strip().split(" +"));
            assertThat(words.subList(1, words.size())).as(directive).isSubsetOf("'none'", "'self'", "blob:",
                    "ws://" + server.getAuthority(), "wss://" + server.getAuthority());
        }
    }

    private static String script(String resource) {
        try (InputStream input = Objects.requireNonNull(PageAudit.class.getResourceAsStream(resource), resource)) {
            return new String(input.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
