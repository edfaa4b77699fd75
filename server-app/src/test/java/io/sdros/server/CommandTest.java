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
        for (String count : List.of("0", "17", "x", "", "-1", "100")) {
            assertThat(Command.of(List.of("demo", "--streams", count))).as(count).isEmpty();
        }
        assertThat(Command.of(List.of("serve", "--streams", "2"))).isEmpty();
        assertThat(Command.of(List.of("demo", "--streams"))).isEmpty();
        assertThat(Command.of(List.of(""))).isEmpty();
    }

    @Test
    void aDemoMayHaveMoreCameras() {
        assertThat(Command.of(List.of("demo", "--streams", "4"))).contains(Command.DEMO);
        assertThat(Command.demoStreams(List.of("demo", "--streams", "16"))).hasValue(16);
        assertThat(Command.demoStreams(List.of("demo"))).isEmpty();
    }
}
