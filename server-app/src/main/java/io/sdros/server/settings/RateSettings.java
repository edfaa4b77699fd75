package io.sdros.server.settings;

import io.sdros.server.rate.RatePolicy;
import java.util.List;

/**
 * What the operator has chosen for the rate advice of a stream.
 *
 * @param subjects at least one; each advice goes to all
 */
public record RateSettings(List<String> subjects, RatePolicy policy) {

    public RateSettings {
        subjects = List.copyOf(subjects);
    }
}
