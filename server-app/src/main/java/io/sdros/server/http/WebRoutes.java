package io.sdros.server.http;

import io.sdros.server.metrics.MetricsRegistry;
import io.sdros.transport.undertow.HttpQuery;
import io.sdros.transport.undertow.HttpReply;
import io.sdros.transport.undertow.HttpRoute;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the server answers over plain HTTP. */
public final class WebRoutes {
    /**
     * The page loads nothing that is not its own. A worker takes its policy from its own script's answer, so all files
     * carry it. Blobs: screenshots, and the Media Source of browsers without WebCodecs. %s is this server's WebSocket
     * by name: Safari before 15.4 does not count it as 'self'. Then who may show it in a frame.
     */
    private static final String PLAYER_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; "
            + "img-src 'self' blob:; connect-src 'self'%s; worker-src 'self'; media-src blob:; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors %s";

    /** The player's own pages may show each other. */
    private static final String OWN_PAGES = "'self'";

    private static final String NOBODY = "'none'";

    private static final int NOT_MODIFIED = 304;
    /** In the query: a stream's name. */
    private static final String STREAM = "stream";
    private static final Pattern HOST = Pattern.compile("(?:[A-Za-z0-9._-]{1,255}|\\[[0-9A-Fa-f:.]{2,45}])(?::\\d{1,5})?");

    /** In Accept-Encoding, unless it is refused there. */
    private static final Pattern GZIP = Pattern.compile("(?i)(?:^|,)\\s*gzip\\s*(?:,|$|;(?!\\s*q=0(?:\\.0*)?\\s*(?:,|$)))");

    /** What a page from elsewhere imports. It is the same for everybody and holds no secret, so everybody may read it. */
    private static final Set<String> EMBEDDABLE = Set.of("/sdr-client.js", "/sdr-client.d.ts", "/sdr-mse.js");

    /** Where the client's modules lie beside the page. */
    private static final String CLIENT = "client/";

    private static final List<WebAsset> CLIENT_FILES = Stream.of("package.json", "index.d.ts", "bitstream.js",
            "client.js", "connection.js", "decode-budget.js", "decoders.js", "delays.js", "dialogue.js", "display.js", "feedback.js",
            "figures.js", "flow.js", "freshness.js", "in-order-sets.js", "index.js", "mp4.js", "mse.js", "negotiation.js",
            "picture-order.js", "pipeline.js", "placement.js", "player-address.js", "player-element.js",
            "player-face.js", "player-style.js", "problems.js", "protocol.js", "receiver.js", "sdr2.js",
            "sequence-sets.js", "server-clock.js", "session.js", "state.js", "telemetry-batch.js", "webcodecs.js",
            "words.js", "worker.js")
            .map(name -> WebAsset.load("/" + CLIENT + name, CLIENT + name)).toList();

    /**
     * Where the page finds the modules: a name that another release has not, since it names their bytes. So a browser may
     * keep them, which the worker's start needs (it loads them a second time), and modules of two releases never meet.
     */
    private static final String RELEASE = "client-" + WebAsset.digest(Stream.concat(
            Stream.of(PLAYER_POLICY.getBytes(StandardCharsets.UTF_8)), CLIENT_FILES.stream().map(WebAsset::content))) + "/";

    private static final String CLIENT_NAMES = "sdr-client.js";
    private static final String MEMORY = "page-memory.js";

    /** What the page's script imports beside the client. */
    private static final List<WebAsset> PAGE_MODULES = Stream.of(CLIENT_NAMES, MEMORY, "age-parts.js", "announcer.js", "grid-layout.js",
            "page-report.js", "player-words.js", "shortcuts.js", "tiles.js", "panel/clipboard.js", "panel/curve-view.js", "panel/curves.js",
            "panel/elements.js", "panel/field-choice.js", "panel/group-row.js", "panel/json-text.js", "panel/outline.js",
            "panel/panel.js", "panel/plot.js", "panel/subject-row.js", "panel/subjects.js", "panel/value-text.js",
            "panel/virtual-list.js").map(WebRoutes::ofPage).toList();

    private static final List<WebAsset> PLAYER = Stream.concat(PAGE_MODULES.stream(), Stream.of("player.css", "panel.css", "player.js",
            "embed.js", "sdr-client.d.ts", "sdr-mse.js", "icon.svg").map(WebRoutes::ofPage)).toList();

    /** Where a page says which modules its script will need, so that they come at once and not one after the other. */
    private static final String MODULES = "<!-- modules -->";

    private static final WebAsset PAGE = naming(PAGE_MODULES.stream(), WebAsset.load("/", "index.html"));

    private static final WebAsset EMBEDDED = naming(Stream.of(CLIENT_NAMES, MEMORY).map(WebRoutes::ofPage),
            WebAsset.load("/embed", "embed.html"));

    private static final WebAsset NO_STREAM = WebAsset.load("/", "no-stream.html");

    private WebRoutes() {
    }

    /**
     * @param pages the streams there is a page for
     * @param embedAncestors who may show the page for frames in one, as a Content-Security-Policy names them
     */
    public static Map<String, HttpRoute> of(Reports reports, PageStreams pages, String embedAncestors, MetricsRegistry metrics) {
        Map<String, HttpRoute> routes = new LinkedHashMap<>();
        // The client in a page from elsewhere asks whether there is an answer, which it may know but not read.
        routes.put("/health", query -> uncached(HttpReply.json(200, reports.health().json()))
                .withHeader("Cross-Origin-Resource-Policy", "cross-origin"));
        routes.put("/ready", query -> query.parameter(STREAM)
                .map(reports::ready).orElseGet(() -> Optional.of(reports.ready()))
                .map(ready -> uncached(HttpReply.json(ready.httpStatus(), ready.json()))).orElseGet(WebRoutes::noSuchStream));
        routes.put("/streams", query -> uncached(HttpReply.json(200, reports.streams().json())));
        // Who may watch may know who does; a thousand of them take their time.
        routes.put("/clients", HttpRoute.guarded(HttpRoute.blocking(query -> reports.clients(query.parameter(STREAM))
                .map(clients -> uncached(HttpReply.json(200, clients.json()))).orElseGet(WebRoutes::noSuchStream))));
        // The hotspot collectors take their time.
        routes.put("/metrics", HttpRoute.blocking(query -> uncached(HttpReply.ok(MetricsRegistry.CONTENT_TYPE,
                metrics.scrape().getBytes(StandardCharsets.UTF_8)))));
        routes.put(PAGE.path(), page(pages.pages(PAGE), name -> pages.other(PAGE, name), pages.elsewhere(NO_STREAM), OWN_PAGES));
        routes.put(EMBEDDED.path(), page(pages.embedded(EMBEDDED), name -> pages.otherEmbedded(EMBEDDED, name),
                pages.elsewhere(NO_STREAM), embedAncestors));
        // Asked for anew each time, so that a page never runs against a newer server with old scripts.
        PLAYER.forEach(asset -> routes.put(asset.path(),
                route(asset, asset.gzipped(), "no-cache", EMBEDDABLE.contains(asset.path()), OWN_PAGES)));
        for (WebAsset asset : CLIENT_FILES) {
            WebAsset gzipped = asset.gzipped();
            routes.put(asset.path(), route(asset, gzipped, "no-cache", true, OWN_PAGES));
            // Private: the policy in the answer names the host by which this browser asked.
            routes.put(asset.path().replace(CLIENT, RELEASE),
                    route(asset, gzipped, "private, max-age=31536000, immutable", true, OWN_PAGES));
        }
        return routes;
    }

    /**
     * By the stream that the query names.
     *
     * @param others of streams that come and go
     */
    private static HttpRoute page(Map<String, WebAsset> pages, Function<String, Optional<WebAsset>> others, WebAsset noSuchStream,
            String ancestors) {
        Map<String, HttpRoute> routes = new LinkedHashMap<>();
        pages.forEach((stream, page) -> routes.put(stream, route(page, page.gzipped(), "no-cache", false, ancestors)));
        HttpRoute all = routes.remove(PageStreams.NONE);
        HttpReply none = framedBy(ancestors, uncached(new HttpReply(404, noSuchStream.contentType(), noSuchStream.content(), Map.of())));
        return query -> query.parameter(STREAM)
                .map(stream -> Optional.ofNullable(routes.get(stream))
                        .or(() -> others.apply(stream).map(page -> route(page, page.gzipped(), "no-cache", false, ancestors))))
                .orElse(Optional.of(all))
                .map(route -> route.handle(query))
                .orElseGet(() -> none.withHeader("Content-Security-Policy", policy(query, ancestors)));
    }

    private static HttpReply noSuchStream() {
        return uncached(HttpReply.text(404, "There is no stream of this name\n"));
    }

    /** Many small files over a slow link: packed they come in a third of the time. */
    private static HttpRoute route(WebAsset asset, WebAsset gzipped, String cacheControl, boolean embeddable, String ancestors) {
        HttpRoute plain = routeOf(asset, cacheControl, embeddable, ancestors);
        HttpRoute packed = routeOf(gzipped, cacheControl, embeddable, ancestors);
        return query -> {
            boolean takesGzip = query.header("accept-encoding").filter(GZIP.asPredicate()).isPresent();
            HttpReply reply = (takesGzip ? packed : plain).handle(query).withHeader("Vary", "Accept-Encoding");
            return takesGzip && reply.status() != NOT_MODIFIED ? reply.withHeader("Content-Encoding", "gzip") : reply;
        };
    }

    private static HttpRoute routeOf(WebAsset asset, String cacheControl, boolean embeddable, String ancestors) {
        HttpReply reply = HttpReply.ok(asset.contentType(), asset.content()).withHeader("Cache-Control", cacheControl);
        if (embeddable) {
            reply = reply.withHeader("Access-Control-Allow-Origin", "*");
        }
        HttpReply whole = framedBy(ancestors, reply.withHeader("ETag", asset.etag()));
        HttpReply unchanged = new HttpReply(NOT_MODIFIED, "", new byte[0], whole.headers());
        return query -> (query.header("if-none-match").filter(asset::matches).isPresent() ? unchanged : whole)
                .withHeader("Content-Security-Policy", policy(query, ancestors));
    }

    /** What browsers go by that do not know frame-ancestors: it can name nobody but this server, so where others may, it is left out. */
    private static HttpReply framedBy(String ancestors, HttpReply reply) {
        return ancestors.equals(NOBODY) ? reply : reply.withHeader("X-Frame-Options", ancestors.equals(OWN_PAGES) ? "SAMEORIGIN" : "");
    }

    /** References to the client are as they are in the folder, where no release has a name. */
    private static WebAsset ofPage(String name) {
        return WebAsset.load("/" + name, name).with("'./" + CLIENT, "'./" + RELEASE);
    }

    /** @param modules that the page's script imports beside the client */
    private static WebAsset naming(Stream<WebAsset> modules, WebAsset page) {
        Stream<String> ofClient = CLIENT_FILES.stream().map(file -> file.path().replace("/" + CLIENT, RELEASE));
        return page.with(MODULES, Stream.concat(modules.map(module -> module.path().substring(1)), ofClient)
                .filter(name -> name.endsWith(".js"))
                .map(name -> "<link rel=\"modulepreload\" href=\"" + name + "\">")
                .collect(Collectors.joining("\n  ")));
    }

    /** The Host header is a stranger's word: what is not a plain host and port is left out. */
    private static String policy(HttpQuery query, String ancestors) {
        String host = query.header("host").filter(name -> HOST.matcher(name).matches())
                .map(name -> " ws://" + name + " wss://" + name).orElse("");
        return String.format(Locale.ROOT, PLAYER_POLICY, host, ancestors);
    }

    private static HttpReply uncached(HttpReply reply) {
        return reply.withHeader("Cache-Control", "no-store");
    }
}
