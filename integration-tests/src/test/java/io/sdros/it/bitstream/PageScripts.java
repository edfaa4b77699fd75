package io.sdros.it.bitstream;

/** What is put into the player page to see more of it, or to take something from it. */
final class PageScripts {

    /** As where there is no WebCodecs. window.changes: how often the element was told of another codec. */
    static final String WITHOUT_WEBCODECS = """
            delete window.VideoDecoder;
            window.changes = 0;
            const change = SourceBuffer.prototype.changeType;
            SourceBuffer.prototype.changeType = function (type) { window.changes++; change.call(this, type); };
            """;

    /** Of the black block of a picture, by BT.709 with limited range; by BT.601 it would be 67. */
    static final String RED = """
            (() => {
              const picture = document.querySelector('#picture');
              const scratch = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
              scratch.drawImage(picture, 0, 0);
              return scratch.getImageData(picture.width * 40 / 320, picture.height - 24, 1, 1).data[0];
            })()""";

    /** Notes in window.shown the number of each picture that is seen, as it is in a NumberedClip. */
    static final String NOTE_NUMBERS = """
            window.shown = [];
            const scratch = new OffscreenCanvas(304, 1).getContext('2d', { willReadFrequently: true });
            const note = () => {
              requestAnimationFrame(note);
              const picture = document.querySelector('#picture');
              scratch.drawImage(picture, 0, picture.height - 24, 304, 1, 0, 0, 304, 1);
              const row = scratch.getImageData(0, 0, 304, 1).data;
              let number = 0;
              for (let bit = 0; bit < 16; bit++) number = number * 2 + (row[4 * (56 + 16 * bit)] > 127 ? 1 : 0);
              if (number !== window.shown.at(-1)) window.shown.push(number);
            };
            note();
            """;

    /** The decoder is far behind while window.lagging. */
    static final String LAG = """
            delete window.Worker;
            const { get } = Object.getOwnPropertyDescriptor(VideoDecoder.prototype, 'decodeQueueSize');
            Object.defineProperty(VideoDecoder.prototype, 'decodeQueueSize', {
              get() { return window.lagging ? 99 : get.call(this); },
            });
            """;

    /** window.backMs: from Resume to the next picture. */
    static final String NOTE_RESUMED = """
            const dispatch = EventTarget.prototype.dispatchEvent;
            EventTarget.prototype.dispatchEvent = function (event) {
              if (event.type === 'frame') window.backMs ??= Math.round(performance.now() - window.resumedAt);
              return dispatch.call(this, event);
            };
            """;

    /** As browsers with a decoder of hardware alone: no 4:4:4. Chromium's own decodes it. */
    static final String REFUSE_444 = """
            delete window.Worker;
            const ask = VideoDecoder.isConfigSupported;
            VideoDecoder.isConfigSupported = async (config) =>
              config.codec.startsWith('avc1.F4') ? { supported: false, config } : ask.call(VideoDecoder, config);
            """;

    private PageScripts() {
    }
}
