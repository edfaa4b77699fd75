package io.sdros.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.transport.undertow.HttpQuery;
import io.sdros.transport.undertow.HttpReply;
import io.sdros.transport.undertow.HttpRoute;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WebRoutesTest {

    /** The sources: a build folder may hold files that are no more. */
    private static final Path WEB_FOLDER = Path.of("src/main/resources/io/sdros/server/web");
    private static final Pattern REFERENCE = Pattern.compile("[\"'](?:\\./)?(client[^/\"']*/[^\"']+)[\"']");
    private static final Pattern PRELOADED = Pattern.compile("rel=\"modulepreload\" href=\"([^\"]+)\"");
    private static final Pattern IMPORT =
            Pattern.compile("(?:\\bfrom|\\bimport\\b(?: ?\\()?|\\bnew Worker\\(new URL\\()\\s*'(\\.[^']+)'");
    private static final Pattern OF_A_RELEASE = Pattern.compile("/client-[0-9a-f]{24}/.*");
    private static final String CORS = "Access-Control-Allow-Origin";

    /** Files only: nobody asks for reports or metrics. */
    private final Map<String, HttpRoute> routes = WebRoutes.of(null, new PageStreams(Map.of("default", "default")), "'none'", null);

    @Test
    void everyFileOfTheClientIsServedTwice() throws Exception {
        List<String> files = clientFiles();
        assertThat(files).contains("index.js", "worker.js", "package.json", "index.d.ts");
        for (String file : files) {
            HttpReply plain = get("/client/" + file);
            HttpReply released = get(releasePath() + file);
            assertThat(released.body()).as(file).isEqualTo(plain.body()).isNotEmpty();
            assertThat(released.contentType()).isEqualTo(plain.contentType());
            assertThat(plain.headers()).containsEntry("Cache-Control", "no-cache").containsEntry(CORS, "*");
            assertThat(released.headers()).containsEntry(CORS, "*").containsKey("Content-Security-Policy")
                    .hasEntrySatisfying("Cache-Control", value -> assertThat(value).contains("immutable").contains("private"));
        }
        assertThat(routes.keySet()).filteredOn(path -> path.startsWith("/client/") || path.startsWith("/client-"))
                .hasSize(2 * files.size());
    }

    @Test
    void whatThePageLoadsIsOfOneRelease() {
        for (String path : List.of("/", "/sdr-client.js", "/sdr-mse.js")) {
            List<String> references = references(path);
            assertThat(references).as(path).isNotEmpty().allSatisfy(reference -> {
                assertThat(reference).matches(OF_A_RELEASE).startsWith(releasePath());
                assertThat(get(reference).status()).isEqualTo(200);
            });
            assertThat(get(path).headers()).containsEntry("Cache-Control", "no-cache");
        }
    }

    @Test
    void anEtagNamesTheBytesThatAreSent() throws Exception {
        String shipped = Files.readString(WEB_FOLDER.resolve("sdr-client.js"));
        assertThat(shipped).contains("'./client/index.js'");
        assertThat(text("/sdr-client.js")).isNotEqualTo(shipped);
        assertThat(get("/sdr-client.js").headers().get("ETag"))
                .isNotEqualTo(WebAsset.load("/sdr-client.js", "sdr-client.js").etag());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate, gzip;q=0.5, br", "br,GZIP"})
    void whoeverTakesGzipGetsIt(String accepted) throws Exception {
        HttpReply plain = get("/player.js");
        HttpReply packed = get("/player.js", Map.of("accept-encoding", accepted));

        assertThat(packed.headers()).containsEntry("Content-Encoding", "gzip").containsEntry("Vary", "Accept-Encoding");
        assertThat(packed.body().length).isLessThan(plain.body().length / 2);
        assertThat(new GZIPInputStream(new ByteArrayInputStream(packed.body())).readAllBytes()).isEqualTo(plain.body());
        String tag = packed.headers().get("ETag");
        assertThat(tag).isNotEqualTo(plain.headers().get("ETag"));
        HttpReply again = get("/player.js", Map.of("accept-encoding", accepted, "if-none-match", tag));
        assertThat(again.status()).isEqualTo(304);
        assertThat(again.headers()).doesNotContainKey("Content-Encoding").containsEntry("ETag", tag);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "identity", "br, deflate", "gzip;q=0", "gzip; q=0.0, br", "xgzip"})
    void whoeverDoesNotGetsTheFileAsItIs(String accepted) {
        HttpReply reply = get("/player.js", Map.of("accept-encoding", accepted));

        assertThat(reply.body()).isEqualTo(get("/player.js").body());
        assertThat(reply.headers()).doesNotContainKey("Content-Encoding").containsEntry("Vary", "Accept-Encoding");
    }

    @Test
    void severalStreamsHaveAPageEachWithLinksToAll() {
        Map<String, String> titles = new LinkedHashMap<>(Map.of("front", "Front <& centre>"));
        titles.put("arm.wrist", "Wrist");
        HttpRoute page = WebRoutes.of(null, new PageStreams(titles), "'none'", null).get("/");

        assertThat(body(page, "")).contains("<nav id=\"streams\" class=\"streams\" aria-label=\"Streams\">",
                "<a id=\"all-streams\" href=\"./\" aria-current=\"page\">All</a>",
                "<a id=\"stream-front\" href=\"?stream=front\">Front &lt;&amp; centre&gt;</a>", "<a id=\"stream-arm.wrist\" href=\"?stream=arm.wrist\">Wrist</a>");
        assertThat(body(page, "stream=front")).contains("<a id=\"all-streams\" href=\"./\">All</a>",
                "<a id=\"stream-front\" href=\"?stream=front\" aria-current=\"page\">");
        assertThat(body(page, "x=1&stream=arm%2Ewrist")).contains("<a id=\"stream-arm.wrist\" href=\"?stream=arm.wrist\" aria-current=\"page\">Wrist</a>");
        HttpRoute open = WebRoutes.of(null, new PageStreams(Map.of(), WebRoutesTest::farAway), "'none'", null).get("/");
        assertThat(body(open, "stream=far.away")).contains("<p id=\"title\" class=\"title\">A rover's camera</p>",
                "<nav id=\"streams\"", " hidden></nav>");
        assertThat(open.handle(new HttpQuery("/", "stream=nowhere", Map.of())).status()).isEqualTo(404);
        for (String unknown : List.of("stream=rear", "stream=", "stream=default")) {
            HttpReply none = page.handle(new HttpQuery("/", unknown, Map.of()));
            assertThat(none.status()).as(unknown).isEqualTo(404);
            assertThat(new String(none.body(), StandardCharsets.UTF_8)).contains("No such stream", "href=\"?stream=front\"")
                    .doesNotContain("aria-current");
            assertThat(none.headers().get("Content-Security-Policy")).contains("default-src 'none'");
        }
    }

    @Test
    void thePageForFramesShowsOneStreamAndSaysWhoMayFrameIt() {
        Map<String, String> titles = new LinkedHashMap<>(Map.of("front", "Front \"<&>\" camera"));
        titles.put("arm.wrist", "Wrist");
        Map<String, HttpRoute> allowing = WebRoutes.of(null, new PageStreams(titles), "'self' https://ops.example.org", null);
        HttpRoute embedded = allowing.get("/embed");

        String first = body(embedded, "");
        assertThat(first).contains("<sdr-player stream=\"front\" label=\"Front &quot;&lt;&amp;&gt;&quot; camera\" muted>")
                .isEqualTo(body(embedded, "stream=front"));
        assertThat(body(embedded, "stream=arm.wrist&token=x")).contains("<sdr-player stream=\"arm.wrist\" label=\"Wrist\" muted>");
        for (String query : List.of("", "stream=arm.wrist", "stream=rear")) {
            assertThat(policy(embedded, query)).as(query).endsWith("; frame-ancestors 'self' https://ops.example.org");
            assertThat(policy(allowing.get("/"), query)).as(query).endsWith("; frame-ancestors 'self'");
        }
        assertThat(embedded.handle(new HttpQuery("/embed", "stream=rear", Map.of())).status()).isEqualTo(404);
        HttpRoute open = WebRoutes.of(null, new PageStreams(Map.of(), WebRoutesTest::farAway), "'none'", null).get("/embed");
        assertThat(body(open, "stream=far.away")).contains("<sdr-player stream=\"far.away\" label=\"A rover's camera\" muted>");
        assertThat(policy(routes.get("/embed"), "")).endsWith("; frame-ancestors 'none'");
        assertThat(references("/embed")).isNotEmpty().allMatch(reference -> reference.startsWith(releasePath()));
    }

    @Test
    void whatOldBrowsersAreToldOfFramesDoesNotContradictThePolicy() {
        Map<String, HttpRoute> allowing = WebRoutes.of(null, new PageStreams(Map.of("front", "Front")),
                "'self' https://ops.example.org", null);
        Map<String, HttpRoute> own = WebRoutes.of(null, new PageStreams(Map.of("front", "Front")), "'self'", null);
        for (String query : List.of("", "stream=front", "stream=rear")) {
            assertThat(frameOptions(routes.get("/embed"), query)).as("the server's own word, which is DENY").isNull();
            assertThat(frameOptions(own.get("/embed"), query)).isEqualTo("SAMEORIGIN");
            assertThat(frameOptions(allowing.get("/embed"), query)).as("none").isEmpty();
            assertThat(frameOptions(allowing.get("/"), query)).isEqualTo("SAMEORIGIN");
        }
    }

    private static String frameOptions(HttpRoute page, String query) {
        return page.handle(new HttpQuery("/", query, Map.of())).headers().get("X-Frame-Options");
    }

    private static String policy(HttpRoute page, String query) {
        return page.handle(new HttpQuery("/", query, Map.of())).headers().get("Content-Security-Policy");
    }

    private static Optional<String> farAway(String name) {
        return name.equals("far.away") ? Optional.of("A rover's camera") : Optional.empty();
    }

    @Test
    void theOnlyStreamsTitleIsSaid() {
        Map<String, HttpRoute> one = WebRoutes.of(null, new PageStreams(Map.of("front", "Front <& centre>")), "'none'", null);

        assertThat(body(one.get("/"), "")).contains("<p id=\"title\" class=\"title\">Front &lt;&amp; centre&gt;</p>", "<nav id=\"streams\"",
                " hidden></nav>").isEqualTo(body(one.get("/"), "stream=front"));
        assertThat(body(one.get("/embed"), "")).contains("<sdr-player stream=\"front\" label=\"Front &lt;&amp; centre&gt;\" muted>");
        assertThat(text("/")).contains("<p id=\"title\" class=\"title\" hidden></p>");
        assertThat(text("/embed")).contains("<sdr-player muted>");
    }

    @Test
    void aPageNamesAllModulesThatItsScriptNeedsAndNoOthers() throws Exception {
        for (Map.Entry<String, String> page : Map.of("/", "player.js", "/embed", "embed.js").entrySet()) {
            List<String> named = PRELOADED.matcher(text(page.getKey())).results()
                    .map(link -> ("/" + link.group(1)).replace(releasePath(), "/client/").substring(1)).toList();
            Set<String> needed = new TreeSet<>();
            addImports(page.getValue(), needed);
            assertThat(named).as(page.getKey()).containsExactlyInAnyOrderElementsOf(needed);
        }
    }

    private static void addImports(String module, Set<String> needed) throws IOException {
        Path folder = Path.of(module).resolveSibling("");
        for (MatchResult imported : IMPORT.matcher(Files.readString(WEB_FOLDER.resolve(module))).results().toList()) {
            String name = folder.resolve(imported.group(1)).normalize().toString();
            if (needed.add(name)) {
                addImports(name, needed);
            }
        }
    }

    @Test
    void oneStreamHasNoLinks() {
        assertThat(text("/")).contains("aria-label=\"Streams\" hidden></nav>");
        assertThat(body(routes.get("/"), "stream=default")).isEqualTo(text("/"));
    }

    private static String body(HttpRoute page, String query) {
        return new String(page.handle(new HttpQuery("/", query, Map.of())).body(), StandardCharsets.UTF_8);
    }

    private List<String> references(String path) {
        return REFERENCE.matcher(text(path)).results().map(MatchResult::group)
                .map(quoted -> quoted.replaceAll("[\"']", ""))
                .map(reference -> URI.create("/").resolve(reference).getPath()).toList();
    }

    private String releasePath() {
        return references("/sdr-client.js").get(0).replaceFirst("[^/]*$", "");
    }

    private HttpReply get(String path) {
        return get(path, Map.of());
    }

    private HttpReply get(String path, Map<String, String> headers) {
        assertThat(routes).containsKey(path);
        return routes.get(path).handle(new HttpQuery(path, "", headers));
    }

    private String text(String path) {
        return new String(get(path).body(), StandardCharsets.UTF_8);
    }

    private static List<String> clientFiles() throws IOException {
        try (Stream<Path> files = Files.list(WEB_FOLDER.resolve("client"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
