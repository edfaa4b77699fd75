package io.sdros.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.transport.undertow.HttpQuery;
import io.sdros.transport.undertow.HttpReply;
import io.sdros.transport.undertow.HttpRoute;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

final class WebRoutesTest {

    private static final Pattern REFERENCE = Pattern.compile("[\"'](?:\\./)?(client[^/\"']*/[^\"']+)[\"']");
    private static final Pattern OF_A_RELEASE = Pattern.compile("/client-[0-9a-f]{24}/.*");
    private static final String CORS = "Access-Control-Allow-Origin";

    /** Files only: nobody asks for reports or metrics. */
    private final Map<String, HttpRoute> routes = WebRoutes.of(() -> null, () -> null, null);

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
        assertThat(routes.keySet()).filteredOn(path -> path.startsWith("/client")).hasSize(2 * files.size());
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
        String shipped = Files.readString(webFolder().resolve("sdr-client.js"));
        assertThat(shipped).contains("'./client/index.js'");
        assertThat(text("/sdr-client.js")).isNotEqualTo(shipped);
        assertThat(get("/sdr-client.js").headers().get("ETag"))
                .isNotEqualTo(WebAsset.load("/sdr-client.js", "sdr-client.js").etag());
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
        assertThat(routes).containsKey(path);
        return routes.get(path).handle(new HttpQuery(path, "", Map.of("host", "robot:8080")));
    }

    private String text(String path) {
        return new String(get(path).body(), StandardCharsets.UTF_8);
    }

    private static Path webFolder() throws URISyntaxException {
        return Path.of(WebRoutes.class.getResource("/io/sdros/server/web/index.html").toURI()).getParent();
    }

    private static List<String> clientFiles() throws IOException, URISyntaxException {
        try (Stream<Path> files = Files.list(webFolder().resolve("client"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
