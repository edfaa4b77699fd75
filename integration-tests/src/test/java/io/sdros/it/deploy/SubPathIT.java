package io.sdros.it.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Browser;
import io.sdros.it.support.MovingPicture;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.Tool;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The demo under a path of a site, by the lines for Caddy and nginx of docs/operations.md as they stand there. */
final class SubPathIT {

    private static final Pattern LOCATIONS =
            Pattern.compile("^    location / \\{.*(?=^\\})", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern ADDRESS = Pattern.compile("(?:href|src)=\"([^\"]*)\"");

    @TempDir
    private Path folder;
    @RegisterExtension
    private final OpenResources opened = new OpenResources();
    private final ServerProcess server = opened.add(ServerProcess.builder().arguments("demo", "--streams", "1")
            .set("SDR_TRUSTED_PROXIES", "127.0.0.1").start());

    @Test
    void caddy() throws Exception {
        String lines = NginxProcess.replace(documented("caddyfile"), "server:8080", "{$UPSTREAM}");
        Path caddyfile = Files.writeString(folder.resolve("Caddyfile"),
                "{\nadmin off\nskip_install_trust\n}\n{$SITE} {\n" + lines + "}\n");
        CaddyProcess caddy = opened.add(CaddyProcess.start("http", server, folder, caddyfile));

        assertServedUnderThePath(ProxySite.plain(caddy.http("/robot/")), "caddy");
    }

    @Test
    void nginx() throws Exception {
        String lines = documented("nginx");
        NginxProcess nginx = opened.add(NginxProcess.start(server, folder, shipped -> {
            Matcher locations = LOCATIONS.matcher(shipped);
            assertThat(locations.find()).as("the locations of the shipped file").isTrue();
            return locations.replaceFirst(Matcher.quoteReplacement(lines));
        }));

        assertServedUnderThePath(ProxySite.plain(nginx.http("/robot/")), "nginx");
    }

    private void assertServedUnderThePath(ProxySite site, String name) throws Exception {
        assertThat(redirect(site, "/robot")).isEqualTo("/robot/");
        assertThat(redirect(site, "/robot?token=a%20b")).isEqualTo("/robot/?token=a%20b");

        HttpResponse<String> page = site.get("");
        assertThat(page.statusCode()).isEqualTo(200);
        List<String> files = ADDRESS.matcher(page.body()).results().map(found -> found.group(1)).toList();
        assertThat(files).contains("player.js", "player.css");
        for (String file : files) {
            assertThat(site.base().resolve(file).getPath()).startsWith("/robot/");
            assertThat(site.status(file)).as(file).isEqualTo(200);
        }
        assertThat(site.get("health").body()).contains("\"status\":\"ok\"");
        assertThat(site.status("metrics")).as("not for the outside").isEqualTo(404);
        assertThat(site.get("/player.js").body()).as("other pages are the site's own").doesNotContain("SdrClient");

        opened.add(site.watch("")).awaitVideo(10);

        Browser browser = opened.add(Browser.start());
        browser.open(site.base().resolve("/robot"));
        MovingPicture.assertShown(browser, "#picture", "under-a-path-" + name);
        assertThat(browser.evaluate("location.pathname")).isEqualTo("/robot/");
    }

    /** Without scheme and host: a proxy may be seen under others than it knows. */
    private static String redirect(ProxySite site, String path) throws Exception {
        HttpResponse<String> answer = site.get(path);
        assertThat(answer.statusCode()).isIn(301, 302, 308);
        return answer.headers().firstValue("location").orElseThrow();
    }

    private static String documented(String language) throws IOException {
        Matcher block = Pattern.compile("```" + language + "\\R(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Tool.repositoryFile("docs/operations.md")));
        assertThat(block.find()).as("docs/operations.md has lines for " + language).isTrue();
        return block.group(1);
    }
}
