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
        assertThat(DemoOptions.of(List.of("--streams", "16"))).contains(new DemoOptions(16, false));
        assertThat(DemoOptions.of(List.of())).contains(new DemoOptions(2, false));
    }

    @Test
    void aDemoMayHaveASecondServer() {
        assertThat(Command.of(List.of("demo", "--edge"))).contains(Command.DEMO);
        assertThat(Command.of(List.of("demo", "--edge", "--edge"))).isEmpty();
        assertThat(Command.of(List.of("serve", "--edge"))).isEmpty();
        assertThat(DemoOptions.of(List.of("--edge"))).contains(new DemoOptions(2, true));
        assertThat(DemoOptions.of(List.of("--streams", "3", "--edge"))).contains(new DemoOptions(3, true));
        assertThat(DemoOptions.of(List.of("--edge", "--streams", "3"))).contains(new DemoOptions(3, true));
    }
}
