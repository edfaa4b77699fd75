package io.sdros.transport.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A route for who may watch, by the rules of the stream. */
class GuardedRouteTest {

    private final TestServer server = new TestServer(settings -> settings.authToken(Optional.of("s3cret"))
            .route("/open", query -> HttpReply.text(200, "open"))
            .route("/otherOrder", HttpRoute.blocking(HttpRoute.guarded(query -> HttpReply.text(200, Thread.currentThread().getName()))))
            .route("/guarded", HttpRoute.guarded(HttpRoute.blocking(query -> HttpReply.text(200, Thread.currentThread().getName())))));

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.httpUri(path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void itNeedsTheToken() throws Exception {
        assertThat(get("/open").statusCode()).isEqualTo(200);
        HttpResponse<String> without = get("/guarded");
        assertThat(without.statusCode()).isEqualTo(401);
        assertThat(without.body()).isEqualTo("A valid token is needed\n");
        assertThat(without.headers().firstValue("www-authenticate")).hasValue("Bearer");
        assertThat(get("/guarded?token=wrong").statusCode()).isEqualTo(401);
        assertThat(get("/guarded?token=s3cret").statusCode()).isEqualTo(200);
        assertThat(get("/guarded", "Authorization", "Bearer s3cret").body()).as("where it may take its time").doesNotContain("I/O");
    }

    @Test
    void inWhateverOrderThatIsSaid() throws Exception {
        assertThat(get("/otherOrder").statusCode()).isEqualTo(401);
        assertThat(get("/otherOrder?token=s3cret").body()).doesNotContain("I/O");
    }

    @Test
    void strangePagesGetNothingOfIt() throws Exception {
        assertThat(get("/guarded?token=s3cret", "Origin", "http://evil.example").statusCode()).isEqualTo(403);
    }
}
