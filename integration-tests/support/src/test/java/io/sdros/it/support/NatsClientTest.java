package io.sdros.it.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The client and the server process that the NATS tests rest on. */
final class NatsClientTest {

    @Test
    void whatOnePublishesAnotherReceives() {
        try (NatsProcess nats = NatsProcess.start();
                NatsClient subscriber = NatsClient.connect(nats);
                NatsClient publisher = NatsClient.connect(nats)) {
            assertThat(nats.hasSubscription("a.>")).isFalse();
            subscriber.subscribe("a.>");
            assertThat(nats.hasSubscription("a.>")).isTrue();
            publisher.publish("b.other", "not asked for");
            publisher.publish("a.first", "with\r\nline ends");
            publisher.publish("a.second", new byte[0]);

            Await.until("both messages", Deadlines.SOON, () -> subscriber.messages().size() == 2);
            assertThat(subscriber.messages()).extracting(NatsClient.Message::subject)
                    .containsExactly("a.first", "a.second");
            assertThat(subscriber.messages().get(0).payload())
                    .isEqualTo("with\r\nline ends".getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void aKilledServerComesBackOnItsPort() {
        try (NatsProcess first = NatsProcess.start()) {
            first.kill();
            try (NatsProcess second = NatsProcess.start(first.port())) {
                assertThat(second.port()).isEqualTo(first.port());
            }
        }
    }
}
