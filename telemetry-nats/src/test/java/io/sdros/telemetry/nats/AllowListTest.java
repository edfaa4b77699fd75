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
        list.deny(0);
        list.deny(0);
        assertThat(firsts("a.b").subList(1, 3)).containsExactly(true, false);
        assertThat(firsts("a.c").subList(1, 3)).containsExactly(true, true);
    }

    @Test
    void aFilterThatIsTriedAgainChangesNothingForTheOthers() {
        list.deny(0);
        list.tryAgain(0);
        assertThat(firsts("a.b")).containsExactly(false, true, false);
        list.deny(1);
        assertThat(firsts("a.b")).containsExactly(false, false, true);
        list.deny(2);
        assertThat(firsts("a.b").get(0)).isTrue();
        list.tryAgain(1);
        list.tryAgain(1);
        assertThat(firsts("a.b").subList(0, 2)).containsExactly(true, false);
        assertThat(firsts("c.b").subList(0, 2)).containsExactly(true, true);
    }

    private List<Boolean> firsts(String subject) {
        return Stream.of(0, 1, 2).map(index -> list.isFirst(index, subject)).toList();
    }
}
