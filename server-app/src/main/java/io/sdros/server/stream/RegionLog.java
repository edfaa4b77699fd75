package io.sdros.server.stream;

import io.sdros.server.text.Json;
import io.sdros.shm.reader.AttachState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;

/**
 * Tells the log what becomes of the region's file. A file that comes and goes and comes is not told of each time, but
 * how it is in the end always is. The reader's thread only.
 */
final class RegionLog {

    private static final int LINES = 6;
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final Logger log;
    private final LineLimit limit = new LineLimit(LINES, INTERVAL);
    private Optional<News> untold = Optional.empty();

    private record News(AttachState state, Path path, String reason) {
    }

    RegionLog(Logger log) {
        this.log = log;
    }

    void changed(AttachState state, Path path, String reason, long nowNanos) {
        if (state == AttachState.STOPPED) {
            return;
        }
        News news = new News(state, path, reason);
        OptionalLong unsaid = limit.pass(nowNanos);
        if (unsaid.isPresent()) {
            untold = Optional.empty();
            tell(news, unsaid.getAsLong());
        } else {
            untold = Optional.of(news);
        }
    }

    /** To be called often. */
    void tick(long nowNanos) {
        if (untold.isPresent() && limit.wouldPass(nowNanos)) {
            News news = untold.get();
            untold = Optional.empty();
            // The one that is told now was counted as held back.
            tell(news, limit.pass(nowNanos).orElse(1) - 1);
        }
    }

    private void tell(News news, long unsaid) {
        String more = unsaid <= 0 ? "" : " (and " + unsaid + " changes more since the last such line: it comes and goes)";
        String path = Json.escape(news.path().toString());
        String reason = Json.escape(news.reason());
        if (news.state() == AttachState.ATTACHED) {
            log.info("Attached to {} ({}){}", path, reason, more);
        } else {
            log.warn("No frames can be read from {}: {}; waiting for it{}", path, reason, more);
        }
    }
}
