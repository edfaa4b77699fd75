package io.sdros.server.settings;

import io.sdros.server.text.Parsed;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file the token came from, read again while the server runs: who comes from then on needs the new token, who is
 * connected stays. A file that cannot be read, or holds no token, changes nothing.
 */
public final class TokenFile implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TokenFile.class);
    private static final long LOOK_INTERVAL_SECONDS = 2;

    private final Path file;
    private final Consumer<String> use;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "token-reload");
        thread.setDaemon(true);
        return thread;
    });
    private String token;
    private String lastProblem = "";

    /** @param use takes each new token, on a thread of this object */
    public TokenFile(Path file, Secret token, Consumer<String> use) {
        this.file = file;
        this.token = token.reveal();
        this.use = use;
    }

    /** Begins to watch. */
    public void start() {
        executor.scheduleWithFixedDelay(this::look, LOOK_INTERVAL_SECONDS, LOOK_INTERVAL_SECONDS, TimeUnit.SECONDS);
    }

    /** Throws nothing: that would end the watch. */
    void look() {
        try {
            Parsed<Secret> read = AuthTokens.file().parse(file.toString());
            read.value().map(Secret::reveal).filter(text -> !text.equals(token)).ifPresent(this::change);
            complain(read.detail());
        } catch (RuntimeException | Error e) {
            complain(e.toString());
        }
    }

    private void change(String text) {
        token = text;
        use.accept(text);
        log.info("New viewers need the token that is now in {}", file);
    }

    /** Once per problem: a file is missing for a moment while it is replaced. */
    private void complain(String problem) {
        if (!problem.isEmpty() && !problem.equals(lastProblem)) {
            log.warn("The token in use stays: SDR_AUTH_TOKEN_FILE {}: {}", file, problem);
        }
        lastProblem = problem;
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
