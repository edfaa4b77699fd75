package io.sdros.transport.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The token may be changed while the server runs. */
class AuthTokenChangeTest {

    private static String answer(TestServer server, String token) throws IOException {
        try (RawClient client = RawClient.connect(server.address)) {
            return client.send(RawClient.handshake("/stream/ws?token=" + token)).readHead().substring(9, 12);
        }
    }

    @Test
    void newViewersNeedTheNewOneAndOldViewersStay() throws Exception {
        try (TestServer server = new TestServer(settings -> settings.authToken(Optional.of("old")));
                RawClient viewer = RawClient.connect(server.address)) {
            assertThat(viewer.send(RawClient.handshake("/stream/ws?token=old")).readHead()).startsWith("HTTP/1.1 101 ");
            server.awaitClients(1);
            server.server.changeAuthToken("new");
            assertThat(answer(server, "old")).isEqualTo("401");
            assertThat(answer(server, "new")).isEqualTo("101");
            server.publish(new byte[4], true);
            assertThat(viewer.readFrame().payload()).hasSize(5);
        }
    }

    @Test
    void aServerWithoutATokenGetsNone() {
        try (TestServer server = new TestServer()) {
            assertThatThrownBy(() -> server.server.changeAuthToken("new")).isInstanceOf(IllegalStateException.class);
        }
    }
}
