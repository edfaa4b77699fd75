package io.sdros.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvictedKeysTest {
    private final EvictedKeys<String> keys = new EvictedKeys<>();
    private final List<String> told = new ArrayList<>();

    private int tell() {
        return keys.tell((key, subscribers) -> told.add(key + " x " + subscribers));
    }

    @Test
    void nothingLostIsNothingTold() {
        assertThat(tell()).isZero();
        assertThat(told).isEmpty();
    }

    @Test
    void runsOfOneKeyAreToldOnce() {
        List.of("a", "a", "a", "b", "a", "a").forEach(keys::add);
        assertThat(tell()).isEqualTo(6);
        assertThat(told).containsExactly("a x 3", "b x 1", "a x 2");
    }
}
