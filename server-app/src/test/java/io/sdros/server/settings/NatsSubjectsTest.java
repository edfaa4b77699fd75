package io.sdros.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NatsSubjectsTest {

    @ParameterizedTest
    @ValueSource(strings = {"telemetry.>", ">", "*", "a", "a.*.c", "*.*.>", "a-b_c.$x", "größe.x", "a/b"})
    void acceptsFilters(String text) {
        assertThat(NatsSubjects.filters().parse(text).value().orElseThrow()).containsExactly(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a.", ".a", "a..b", "a.>.b", "a>", "a.b*", "**", "a b", "a,", ",a", "a,,b", "a,b c", "a\u0000b"})
    void rejectsMalformedFilters(String text) {
        assertThat(NatsSubjects.filters().parse(text).isRejected()).isTrue();
    }

    @Test
    void keepsTheOrderAndDropsRepeats() {
        assertThat(NatsSubjects.filters().parse("b.>, a ,b.>,c").value().orElseThrow()).containsExactly("b.>", "a", "c");
    }

    @Test
    void namesTheWrongFilter() {
        assertThat(NatsSubjects.filters().parse("a,b.>.c").detail()).isEqualTo("\"b.>.c\": > is only allowed as the last token");
    }

    @Test
    void countsBytesNotCharacters() {
        assertThat(NatsSubjects.filters().parse("x".repeat(256)).isRejected()).isFalse();
        assertThat(NatsSubjects.filters().parse("x".repeat(257)).isRejected()).isTrue();
        assertThat(NatsSubjects.filters().parse("ä".repeat(128)).isRejected()).isFalse();
        assertThat(NatsSubjects.filters().parse("ä".repeat(129)).isRejected()).isTrue();
    }

    @Test
    void aLiteralHasNoWildcards() {
        assertThat(NatsSubjects.literals().parse("control.request_idr").value()).contains(List.of("control.request_idr"));
        assertThat(NatsSubjects.literals().parse("b.c, a,b.c").value()).contains(List.of("b.c", "a"));
        assertThat(NatsSubjects.literals().parse("a,control.*").detail())
            .isEqualTo("\"control.*\": wildcards are not allowed in a subject to publish to");
        assertThat(NatsSubjects.literals().parse("control.>").isRejected()).isTrue();
        assertThat(NatsSubjects.literals().parse("a b").isRejected()).isTrue();
        assertThat(NatsSubjects.literals().parse("a,,b").isRejected()).isTrue();
    }
}
