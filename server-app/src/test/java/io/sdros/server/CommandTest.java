package io.sdros.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CommandTest {

    @Test
    void servesWhenNothingIsAskedFor() {
        assertThat(Command.of(List.of())).contains(Command.SERVE);
    }

    @Test
    void knowsEveryCommandByItsWord() {
        for (Command command : Command.values()) {
            assertThat(Command.of(List.of(command.word()))).contains(command);
        }
    }

    @Test
    void knowsTheUsualShortForms() {
        assertThat(Command.of(List.of("-h"))).contains(Command.HELP);
        assertThat(Command.of(List.of("-V"))).contains(Command.VERSION);
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertThat(Command.of(List.of("dmeo"))).isEmpty();
        assertThat(Command.of(List.of("demo", "demo"))).isEmpty();
        assertThat(Command.of(List.of(""))).isEmpty();
    }
}
