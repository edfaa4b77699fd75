package io.sdros.telemetry.nats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AllowListTest {
    private final AllowList list = new AllowList(Stream.of("a.*", "*.b", ">").map(SubjectFilter::of).toList());

    @Test
    void onlyTheFirstFilterThatMatchesCounts() {
        assertThat(firsts("a.b")).containsExactly(true, false, false);
        assertThat(firsts("x.b")).containsExactly(true, true, false);
        assertThat(firsts("x.y")).containsExactly(true, true, true);
    }

    @Test
    void aFilterTheServerDeniesDoesNotCount() {
        list.deny(SubjectFilter.of("a.*"));
        list.deny(SubjectFilter.of("unknown"));
        assertThat(firsts("a.b").subList(1, 3)).containsExactly(true, false);
        assertThat(firsts("a.c").subList(1, 3)).containsExactly(true, true);
    }

    private List<Boolean> firsts(String subject) {
        return Stream.of(0, 1, 2).map(index -> list.isFirst(index, subject)).toList();
    }
}
