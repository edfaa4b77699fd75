package io.sdros.telemetry.nats.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.telemetry.nats.NatsDenial.Operation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerErrorTest {

    @ParameterizedTest
    @ValueSource(strings = {
        "Permissions Violation for Subscription to \"telemetry.>\"",
        "Permissions Violation for Subscription to \"telemetry.>\" (sid \"1\")",
        "Permissions Violation for Subscription to \"telemetry.>\" using queue \"a b\"",
        "Permissions Violation for Subscription to \"telemetry.>\", too many tokens",
        "permissions violation for subscription to \"telemetry.>\"",
        "Permissions Violation for Subscription to telemetry.>",
        "Permissions Violation for Subscription to telemetry.> (sid 1)"})
    void knowsADeniedSubscriptionHoweverItIsWorded(String text) {
        ServerError error = ServerError.of(text);
        assertThat(error.denied()).contains(Operation.SUBSCRIBE);
        assertThat(error.subject()).isEqualTo("telemetry.>");
        assertThat(error.permissionsOnly()).isTrue();
    }

    @Test
    void knowsADeniedMessage() {
        ServerError error = ServerError.of("Permissions Violation for Publish to \"control.request_idr\"");
        assertThat(error.denied()).contains(Operation.PUBLISH);
        assertThat(error.subject()).isEqualTo("control.request_idr");
    }

    @Test
    void resolvesWhatGoEscapesAndForgetsApostrophesAsJnatsDoes() {
        assertThat(subject("\"a\\\"b\\\\c.\\u200bd.\\U0001f600.\\x41 e\"")).isEqualTo("a\"b\\c.\u200bd.\ud83d\ude00.A e");
        assertThat(subject("\"grö'ße\"")).isEqualTo("größe").isEqualTo(ServerError.asNamed("grö'ße"));
        assertThat(subject("\"broken\\")).isEqualTo("broken\\");
        assertThat(subject("\"broken\\uZZZZ\"")).isEqualTo("broken?");
        assertThat(subject("")).isEmpty();
    }

    @Test
    void leavesOtherErrorsAlone() {
        ServerError error = ServerError.of("Permissions Violation for Publish with Reply of \"x\"");
        assertThat(error.denied()).isEmpty();
        assertThat(error.permissionsOnly()).isTrue();
        assertThat(ServerError.of("Authorization Violation").permissionsOnly()).isFalse();
        assertThat(ServerError.of("Slow Consumer").slowConsumer()).isTrue();
    }

    private static String subject(String quoted) {
        return ServerError.of("Permissions Violation for Publish to " + quoted).subject();
    }
}
