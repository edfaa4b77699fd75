package io.sdros.it.support;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A page as older front ends have it, from another origin than the stream: it decodes whatever comes at once, drops deltas
 * while its decoder has more than {@value #QUEUE_LIMIT} to do, and goes on decoding behind the gap. It can also hand the
 * messages to the decoder no faster than some multiple of real time, as a server that paces its replay would.
 */
public final class LegacyPage implements AutoCloseable {

    public static final int QUEUE_LIMIT = 5;

    private static final String PAGE = """
            <!doctype html><meta charset="utf-8"><canvas></canvas><script>
            const options = new URLSearchParams(location.search);
            const pace = Number(options.get('pace'));
            const interval = 1000 / %d;
            const began = performance.now();
            const stats = window.stats = { received: 0, dropped: 0, corrupt: 0, shown: 0, firstMs: -1, burst: 0 };
            let broken = false;
            const decoder = new VideoDecoder({
              output: (frame) => {
                if (stats.firstMs < 0) stats.firstMs = performance.now() - began;
                stats.shown++;
                frame.close();
              },
              error: (failure) => { stats.failure = String(failure); },
            });
            decoder.configure({ codec: 'avc1.42001f', optimizeForLatency: true });
            const decode = (data) => {
              const view = new DataView(data);
              const key = (view.getUint16(21, true) & 1) === 1;
              if (decoder.decodeQueueSize > %d && !key) {
                stats.dropped++;
                broken = true;
                return;
              }
              if (key) broken = false;
              else if (broken) stats.corrupt++;
              decoder.decode(new EncodedVideoChunk({ type: key ? 'key' : 'delta',
                timestamp: Number(view.getBigUint64(9, true)) * 1000, data: new Uint8Array(data, 33) }));
            };
            const waiting = [];
            let due = 0;
            const release = () => {
              const now = performance.now();
              while (waiting.length > 0 && (due <= now || pace === 0)) {
                decode(waiting.shift());
                due = Math.max(due, now - interval) + (pace === 0 ? 0 : interval / pace);
              }
              if (waiting.length > 0) setTimeout(release, 1);
            };
            let firstAt = 0;
            const socket = new WebSocket(options.get('stream'));
            socket.binaryType = 'arraybuffer';
            socket.onmessage = ({ data }) => {
              if (new Uint8Array(data, 0, 1)[0] !== 1) return;
              const now = performance.now();
              if (stats.received > 0 && now - firstAt < interval) stats.burst++;
              if (stats.received === 0) firstAt = now;
              stats.received++;
              waiting.push(data);
              if (waiting.length === 1) release();
            };
            </script>
            """.formatted(TestClip.FRAMES_PER_SECOND, QUEUE_LIMIT);

    private final HttpServer pages;

    private LegacyPage(HttpServer pages) {
        this.pages = pages;
    }

    /** Serves it on a port of its own. */
    public static LegacyPage serve() {
        try {
            HttpServer pages = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            byte[] body = PAGE.getBytes(StandardCharsets.UTF_8);
            pages.createContext("/", exchange -> {
                exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
                exchange.close();
            });
            pages.start();
            return new LegacyPage(pages);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As a browser sends it: WebCodecs is there on localhost without TLS. */
    public String origin() {
        return "http://localhost:" + pages.getAddress().getPort();
    }

    /** @param pace how many times real time the decoder is fed at most; 0 for as it comes */
    public URI address(ServerProcess server, int pace) {
        return URI.create(origin() + "/?pace=" + pace + "&stream="
                + URLEncoder.encode(server.stream().toString(), StandardCharsets.UTF_8));
    }

    /** What a page that has been opened has counted until now. */
    public static Map<?, ?> stats(Browser browser) {
        return (Map<?, ?>) browser.evaluate("window.stats");
    }

    public static long count(Browser browser, String name) {
        return ((Number) stats(browser).get(name)).longValue();
    }

    @Override
    public void close() {
        pages.stop(0);
    }
}
