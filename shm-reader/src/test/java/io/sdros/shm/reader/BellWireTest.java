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

class BellWireTest {

    @TempDir
    Path folder;
    private ServerSocketChannel server;
    private BellWire wire;

    @BeforeEach
    void connect() throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("frames.bell"));
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
        wire = new BellWire(Optional.of(address));
        assertThat(wire.connect()).isTrue();
    }

    @AfterEach
    void close() throws IOException {
        wire.close();
        server.close();
    }

    @Test
    void takesWhatHasRungAndHearsTheEnd() throws IOException {
        try (SocketChannel producer = server.accept()) {
            assertThat(wire.take()).isEqualTo(BellWire.Heard.NOTHING);
            producer.write(ByteBuffer.allocate(1));
            producer.write(ByteBuffer.allocate(1));
            assertThat(wire.take()).isEqualTo(BellWire.Heard.RING);
            assertThat(wire.take()).isEqualTo(BellWire.Heard.NOTHING);
        }
        assertThat(wire.take()).isEqualTo(BellWire.Heard.HANG_UP);
    }

    /** Somebody may hold the bell who sends faster than anybody can take. */
    @Test
    void takesNoMoreAtATimeThanRings() throws IOException {
        try (SocketChannel flooder = server.accept()) {
            flooder.write(ByteBuffer.allocate(16 * 1024));
            for (int i = 0; i < 4; i++) {
                assertThat(wire.await(10_000_000_000L)).isTrue();
                assertThat(wire.take()).isEqualTo(BellWire.Heard.RING);
            }
        }
    }
}
