package io.sdros.shm.reader;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BellConnectionTest {

    @TempDir
    Path folder;
    private ServerSocketChannel server;
    private BellConnection connection;

    @BeforeEach
    void connect() throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("frames.bell"));
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
        connection = new BellConnection(Optional.of(address));
        assertThat(connection.connect()).isTrue();
    }

    @AfterEach
    void close() throws IOException {
        connection.close();
        server.close();
    }

    @Test
    void takesWhatHasRungAndHearsTheEnd() throws IOException {
        try (SocketChannel producer = server.accept()) {
            assertThat(connection.take()).isEqualTo(BellConnection.Received.NOTHING);
            producer.write(ByteBuffer.allocate(1));
            producer.write(ByteBuffer.allocate(1));
            assertThat(connection.take()).isEqualTo(BellConnection.Received.RING);
            assertThat(connection.take()).isEqualTo(BellConnection.Received.NOTHING);
        }
        assertThat(connection.take()).isEqualTo(BellConnection.Received.CLOSED);
    }

    /** Somebody may hold the bell who sends faster than anybody can take. */
    @Test
    void takesNoMoreAtATimeThanRings() throws IOException {
        try (SocketChannel flooder = server.accept()) {
            flooder.write(ByteBuffer.allocate(16 * 1024));
            for (int i = 0; i < 4; i++) {
                assertThat(connection.await(10_000_000_000L)).isTrue();
                assertThat(connection.take()).isEqualTo(BellConnection.Received.RING);
            }
        }
    }
}
