package io.sdros.it.support;

import java.util.List;

/** Looks at the player's canvas in each of the page's animation frames, and notes when which picture was first there. */
public final class GlassProbe {

    // Times are the page's clock in milliseconds since the epoch, taken as the animation frame begins: what is read
    // then had been there before. The blocks are those of a NumberedClip.
    private static final String START = """
            ((reading) => {
              const picture = document.querySelector('#picture');
              const scratch = document.createElement('canvas');
              scratch.width = 304;
              scratch.height = 1;
              const context = scratch.getContext('2d', { willReadFrequently: true });
              const clock = () => performance.timeOrigin + performance.now();
              const numberShown = () => {
                context.drawImage(picture, 0, picture.height - 24, 304, 1, 0, 0, 304, 1);
                const row = context.getImageData(0, 0, 304, 1).data;
                const white = (block) => row[4 * (24 + 16 * block)] > 127;
                if (!white(0) || white(1)) return -1;
                let number = 0;
                for (let bit = 0; bit < 16; bit++) number = number * 2 + (white(bit + 2) ? 1 : 0);
                return number;
              };
              const drops = () => JSON.stringify({ received: sdrPlayer.framesReceived, painted: sdrPlayer.framesPainted,
                missed: sdrPlayer.framesMissed, dropped: sdrPlayer.framesDropped });
              const glass = { numbers: [], painted: [], invalid: 0, looks: 0, costMs: 0,
                began: clock(), ended: false, before: drops(), drops };
              window.glass = glass;
              const look = () => {
                if (glass.ended) return;
                requestAnimationFrame(look);
                const at = clock();
                // Reading the pixels takes a while, of which the picture grows older.
                const ageMs = sdrPlayer.pictureAgeMs;
                glass.looks++;
                const seq = sdrPlayer.lastFrameSeq;
                if (seq !== glass.painted.at(-1)?.[0]) glass.painted.push([seq, sdrPlayer.lastArrivedAt, sdrPlayer.lastShownAt, at]);
                if (!reading) return;
                const number = numberShown();
                if (number < 0) glass.invalid++;
                else if (number !== glass.numbers.at(-1)?.[0]) glass.numbers.push([number, at, seq, ageMs]);
                glass.costMs += clock() - at;
              };
              requestAnimationFrame(look);
            })(%b)""";
    // The wall clock of the page ticks in whole milliseconds: as it ticks, the two can be compared.
    private static final String STOP = """
            (() => {
              glass.ended = true;
              const seconds = (performance.timeOrigin + performance.now() - glass.began) / 1000;
              let off = 0;
              for (let tick = 0; tick < 5; tick++) {
                const was = Date.now();
                while (Date.now() === was);
                off += (performance.timeOrigin + performance.now() - Date.now()) / 5;
              }
              return [glass.numbers, glass.painted.slice(1), glass.costMs / glass.looks, glass.looks / seconds, off,
                sdrPlayer.placement + ' ' + sdrPlayer.decoder, glass.before + ' -> ' + glass.drops(), glass.invalid];
            })()""";

    private final Browser browser;

    /**
     * A number that the canvas first showed at that time.
     *
     * @param claimedSequence   of the picture shown, as the client says at that time; it may have heard of the next already
     * @param claimedAgeMillis  likewise, its age
     */
    public record Sighting(int value, double atMillis, long claimedSequence, double claimedAgeMillis) {
    }

    /** What the client itself says of one frame, and when the page had heard of it. */
    public record Painted(long sequence, double arrivedAt, double shownAt, double seenAt) {
    }

    /**
     * @param invalid        looks at which the canvas showed no number
     * @param costMillis     of one look
     * @param clockOffMillis how much the page's clock is ahead of the wall clock; times are corrected by it
     */
    public record Seen(List<Sighting> numbers, List<Painted> painted, double costMillis, double looksPerSecond, double clockOffMillis,
            String decoder, String drops, int invalid) {
    }

    private GlassProbe(Browser browser) {
        this.browser = browser;
    }

    /** {@code reading} false: only what the client says is noted. */
    public static GlassProbe start(Browser browser, boolean reading) {
        browser.evaluate(String.format(START, reading));
        return new GlassProbe(browser);
    }

    public Seen stop() {
        List<?> all = (List<?>) browser.evaluate(STOP);
        double off = number(all.get(4));
        List<Sighting> numbers = ((List<?>) all.get(0)).stream().skip(1).map(List.class::cast)
                .map(row -> new Sighting((int) number(row.get(0)), number(row.get(1)) - off, (long) number(row.get(2)),
                        number(row.get(3)))).toList();
        List<Painted> painted = ((List<?>) all.get(1)).stream().map(List.class::cast)
                .map(row -> new Painted((long) number(row.get(0)), number(row.get(1)) - off, number(row.get(2)) - off,
                        number(row.get(3)) - off)).toList();
        return new Seen(numbers, painted, number(all.get(2)), number(all.get(3)), off, (String) all.get(5),
                (String) all.get(6), (int) number(all.get(7)));
    }

    private static double number(Object value) {
        return ((Number) value).doubleValue();
    }
}
