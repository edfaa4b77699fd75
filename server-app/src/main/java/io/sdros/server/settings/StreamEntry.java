package io.sdros.server.settings;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One stream as SDR_STREAMS names it, or {@link #ANY} one. What is absent is as the setting of the process says.
 *
 * @param region absent: it comes from another machine
 * @param rateSubjects where this stream's rate advice would go
 */
record StreamEntry(String name, Optional<Path> region, Optional<Integer> sizeBytes, Optional<List<String>> idrSubjects,
        Optional<List<String>> telemetrySubjects, Optional<List<String>> rateSubjects, Optional<String> title,
        Optional<Boolean> keyframeGating) {

    /** The name of any stream that has none of its own here. */
    static final String ANY = "*";

    boolean any() {
        return name.equals(ANY);
    }
}
