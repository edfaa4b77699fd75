package io.sdros.it.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;

/** Tells by its pixels whether a canvas shows a picture, and whether that moves. */
public final class MovingPicture {

    /** Of grey values, 0 to 255. */
    private static final int MIN_CONTRAST = 30;
    private static final int CLEARLY_ANOTHER = 16;

    private MovingPicture() {
    }

    /** Keeps a screenshot, {@code shown-NAME} or {@code failed-NAME}. */
    public static void assertShown(Browser browser, String canvas, String name) {
        try {
            Await.until("the canvas is not blank", Deadlines.SOON, () -> contrast(browser.pixels(canvas)) > MIN_CONTRAST);
            int[] one = browser.pixels(canvas);
            // Two moments apart by what is shown, not by a clock.
            Await.until("the picture moves", Deadlines.SOON, () -> changed(one, browser.pixels(canvas)));
            int[] two = browser.pixels(canvas);
            Await.until("the picture goes on moving", Deadlines.SOON, () -> changed(two, browser.pixels(canvas)));
            assertThat(contrast(two)).as("still a picture").isGreaterThan(MIN_CONTRAST);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; the page shows \"" + browser.visibleText() + "\", screenshot "
                    + browser.screenshot("failed-" + name) + ", console " + browser.console(), e);
        }
        browser.screenshot("shown-" + name);
    }

    /** Brightest minus darkest of the grey values; 0 for a blank canvas or none. */
    private static int contrast(int[] grey) {
        return IntStream.of(grey).max().orElse(0) - IntStream.of(grey).min().orElse(0);
    }

    /** At least one pixel in a hundred is clearly another. */
    private static boolean changed(int[] one, int[] two) {
        long different = IntStream.range(0, Math.min(one.length, two.length))
                .filter(i -> Math.abs(one[i] - two[i]) > CLEARLY_ANOTHER).count();
        return one.length == two.length && different > one.length / 100;
    }
}
