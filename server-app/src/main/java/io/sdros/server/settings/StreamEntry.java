package io.sdros.server.settings;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One stream as SDR_STREAMS names it. What is absent is as the setting of the process says.
 *
 * @param rateSubjects where this stream's rate advice would go
 */
record StreamEntry(String name, Path region, Optional<Integer> sizeBytes, Optional<List<String>> idrSubjects,
        Optional<List<String>> telemetrySubjects, Optional<List<String>> rateSubjects, Optional<String> title,
        Optional<Boolean> keyframeGating) {
}
