package io.sdros.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.sdros.it.support.Await;
import io.sdros.it.support.Browser;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.MovingPicture;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.Tool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page of docs/embedding.md, as it stands there, served from another origin than the stream. */
final class EmbeddedPageIT {

    private static final Pattern EXAMPLE = Pattern.compile("```html\\R(.*?)```", Pattern.DOTALL);
    private static final String DOCUMENTED_SERVER = "http://robot:8080";
    private static final int MOST_LINES = 10;

    @Test
    void theDocumentedPageShowsTheStreamAndExplainsARefusal() throws IOException {
        String example = example();
        assertThat(example.lines().toList()).hasSizeLessThanOrEqualTo(MOST_LINES);
        try (OpenResources opened = new OpenResources()) {
            HttpServer pages = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            opened.add(() -> pages.stop(0));
            String origin = "http://localhost:" + pages.getAddress().getPort();
            ServerProcess allowing = opened.add(
                    ServerProcess.builder().arguments("demo").set("SDR_ALLOWED_ORIGINS", "same-origin," + origin).start());
            ServerProcess refusing = opened.add(ServerProcess.builder().arguments("demo").start());
            serve(pages, "/allowed", example.replace(DOCUMENTED_SERVER, root(allowing)));
            serve(pages, "/refused", example.replace(DOCUMENTED_SERVER, root(refusing)));
            pages.start();
            Browser browser = opened.add(Browser.start());

            browser.open(URI.create(origin + "/allowed"));
            MovingPicture.assertShown(browser, "canvas", "embedded");

            browser.open(URI.create(origin + "/refused"));
            Await.until("the page says who decides: " + browser.console(), Deadlines.SOON,
                    () -> browser.visibleText().contains("SDR_ALLOWED_ORIGINS"));
        }
    }

    private static String example() throws IOException {
        Matcher matcher = EXAMPLE.matcher(Files.readString(Tool.repositoryFile("docs/embedding.md")));
        assertThat(matcher.find()).as("docs/embedding.md has a page").isTrue();
        assertThat(matcher.group(1)).contains(DOCUMENTED_SERVER + "/");
        return matcher.group(1);
    }

    private static String root(ServerProcess server) {
        return server.http("/").toString().replaceAll("/$", "");
    }

    private static void serve(HttpServer pages, String path, String page) {
        byte[] body = page.getBytes(StandardCharsets.UTF_8);
        pages.createContext(path, exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }
}
