package io.sdros.server;

import io.sdros.transport.undertow.HttpQuery;
import io.sdros.transport.undertow.HttpReply;
import io.sdros.transport.undertow.HttpRoute;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** What the server answers over plain HTTP. */
final class WebRoutes {
    /**
     * The page loads nothing that is not its own. A worker takes its policy from its own script's answer, so all files
     * carry it. Blobs: screenshots, and the Media Source of browsers without WebCodecs. %s is this server's WebSocket
     * by name: Safari before 15.4 does not count it as 'self'.
     */
    private static final String PLAYER_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; "
            + "img-src 'self' blob:; connect-src 'self'%s; worker-src 'self'; media-src blob:; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

    private static final int NOT_MODIFIED = 304;
    private static final Pattern HOST = Pattern.compile("(?:[A-Za-z0-9._-]{1,255}|\\[[0-9A-Fa-f:.]{2,45}])(?::\\d{1,5})?");

    /** What a page from elsewhere imports. It is the same for everybody and holds no secret, so everybody may read it. */
    private static final Set<String> EMBEDDABLE = Set.of("/sdr-client.js", "/sdr-client.d.ts", "/sdr-mse.js");

    private static final List<WebAsset> PLAYER = List.of(
            WebAsset.load("/", "index.html"),
            WebAsset.load("/player.css", "player.css"),
            WebAsset.load("/player.js", "player.js"),
            WebAsset.load("/sdr-client.js", "sdr-client.js"),
            WebAsset.load("/sdr-client.d.ts", "sdr-client.d.ts"),
            WebAsset.load("/sdr-mse.js", "sdr-mse.js"),
            WebAsset.load("/player-words.js", "player-words.js"),
            WebAsset.load("/telemetry-panel.js", "telemetry-panel.js"),
            WebAsset.load("/json-text.js", "json-text.js"),
            WebAsset.load("/icon.svg", "icon.svg"));

    private WebRoutes() {
    }

    static Map<String, HttpRoute> of(Supplier<HealthReport> health, Supplier<ReadyReport> ready,
            MetricsRegistry metrics) {
        Map<String, HttpRoute> routes = new LinkedHashMap<>();
        // The client in a page from elsewhere asks whether there is an answer, which it may know but not read.
        routes.put("/health", query -> uncached(HttpReply.json(200, health.get().json()))
                .withHeader("Cross-Origin-Resource-Policy", "cross-origin"));
        routes.put("/ready", query -> {
            ReadyReport report = ready.get();
            return uncached(HttpReply.json(report.httpStatus(), report.json()));
        });
        // The hotspot collectors take their time.
        routes.put("/metrics", HttpRoute.blocking(query -> uncached(HttpReply.ok(MetricsRegistry.CONTENT_TYPE,
                metrics.scrape().getBytes(StandardCharsets.UTF_8)))));
        for (WebAsset asset : PLAYER) {
            HttpReply reply = HttpReply.ok(asset.contentType(), asset.content())
                    // Asked for anew each time, so that a page never runs against a newer server with old scripts.
                    .withHeader("Cache-Control", "no-cache");
            if (EMBEDDABLE.contains(asset.path())) {
                reply = reply.withHeader("Access-Control-Allow-Origin", "*");
            }
            HttpReply whole = reply.withHeader("ETag", asset.etag());
            HttpReply unchanged = new HttpReply(NOT_MODIFIED, "", new byte[0], whole.headers());
            routes.put(asset.path(), query ->
                    (query.header("if-none-match").filter(asset::matches).isPresent() ? unchanged : whole)
                            .withHeader("Content-Security-Policy", policy(query)));
        }
        return routes;
    }

    /** The Host header is a stranger's word: what is not a plain host and port is left out. */
    private static String policy(HttpQuery query) {
        String host = query.header("host").filter(name -> HOST.matcher(name).matches())
                .map(name -> " ws://" + name + " wss://" + name).orElse("");
        return String.format(Locale.ROOT, PLAYER_POLICY, host);
    }

    private static HttpReply uncached(HttpReply reply) {
        return reply.withHeader("Cache-Control", "no-store");
    }
}
