package io.sdros.shm.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The producer's end of the bell. */
class BellTest {

    @TempDir
    Path folder;
    private Path region;
    private Path socket;
    private final List<SocketChannel> connected = new ArrayList<>();

    @BeforeEach
    void prepare() {
        region = folder.resolve("frames");
        socket = folder.resolve("frames.bell");
    }

    @AfterEach
    void hangUp() throws IOException {
        for (SocketChannel reader : connected) {
            reader.close();
        }
    }

    private ShmWriter writer() throws IOException {
        return ShmWriter.builder(region).regionBytes(128).open();
    }

    private SocketChannel connect() throws IOException {
        SocketChannel reader = SocketChannel.open(BellAddress.of(region).orElseThrow());
        reader.configureBlocking(false);
        connected.add(reader);
        return reader;
    }

    private static void write(ShmWriter writer) {
        writer.write(ByteBuffer.allocate(8), 1, 0, Codecs.H264);
    }

    private static int rings(SocketChannel reader) throws IOException {
        return reader.read(ByteBuffer.allocate(100_000));
    }

    @Test
    void ringsOncePerCommitAndIsGoneAfterwards() throws IOException {
        SocketChannel reader;
        try (ShmWriter writer = writer()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket))).isEqualTo("rw-rw-rw-");
            assertThat(writer.bell()).isEqualTo(socket.toString());
            assertThat(writer.bellReaders()).hasValue(0);
            reader = connect();
            write(writer);
            assertThat(rings(reader)).isEqualTo(1);
            assertThat(writer.write(ByteBuffer.allocate(100), 1, 0, Codecs.H264)).isFalse();
            assertThat(rings(reader)).as("nothing was committed").isZero();
            write(writer);
            write(writer);
            assertThat(rings(reader)).isEqualTo(2);
        }
        assertThat(rings(reader)).as("hung up").isEqualTo(-1);
        assertThat(socket).doesNotExist();
    }

    @Test
    void whoNeverReadsHoldsUpNobodyAndGivesWayToOthers() throws IOException {
        try (ShmWriter writer = writer()) {
            for (int i = 0; i < BellAddress.MAX_READERS; i++) {
                connect();
                write(writer);
            }
            assertThat(writer.bellReaders()).hasValue(BellAddress.MAX_READERS);
            SocketChannel early = connect();
            write(writer);
            assertThat(rings(early)).as("the seats are taken, by readers for all that is known").isEqualTo(-1);
            for (int i = 0; i < 10_000; i++) {
                write(writer);
            }
            SocketChannel late = connect();
            write(writer);
            assertThat(rings(late)).isEqualTo(1);
            assertThat(writer.bellReaders()).hasValue(BellAddress.MAX_READERS);
        }
    }

    @Test
    void readersThatLeaveAreForgotten() throws IOException {
        try (ShmWriter writer = writer()) {
            SocketChannel reader = connect();
            write(writer);
            assertThat(writer.bellReaders()).hasValue(1);
            reader.close();
            write(writer);
            assertThat(writer.bellReaders()).hasValue(0);
        }
    }

    @Test
    void takesThePlaceOfASocketThatWasLeftThereAndLeavesAnothersAlone() throws IOException {
        ShmWriter first = writer();
        ShmWriter second = writer();
        first.close();
        assertThat(socket).as("the second one's").exists();
        SocketChannel reader = connect();
        write(second);
        assertThat(rings(reader)).isEqualTo(1);
        second.close();
        assertThat(socket).doesNotExist();
    }

    @Test
    void whereThereCanBeNoneFramesAreWrittenAllTheSameAndItSaysWhy() throws IOException {
        Files.writeString(socket, "somebody's file");
        try (ShmWriter writer = writer()) {
            write(writer);
            assertThat(writer.framesWritten()).isEqualTo(1);
            assertThat(writer.bellReaders()).isEmpty();
            assertThat(writer.bell()).startsWith("no bell: ");
        }
        assertThat(socket).hasContent("somebody's file");
        Files.delete(socket);
        Path elsewhere = folder.resolve("elsewhere");
        Files.createSymbolicLink(socket, elsewhere);
        try (ServerSocketChannel others = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            others.bind(UnixDomainSocketAddress.of(elsewhere));
            try (ShmWriter writer = writer()) {
                assertThat(writer.bell()).startsWith("no bell: ");
            }
        }
        assertThat(socket).as("a link is no socket, wherever it leads").isSymbolicLink();
        assertThat(elsewhere).exists();
        region = folder.resolve("x".repeat(120));
        try (ShmWriter writer = writer()) {
            write(writer);
            assertThat(writer.bell()).contains("longer than the 107 bytes");
        }
    }

    @Test
    void anInterruptCostsNeitherTheBellNorTheInterrupt() throws IOException {
        try (ShmWriter writer = writer()) {
            SocketChannel reader = connect();
            write(writer);
            Thread.currentThread().interrupt();
            write(writer);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(rings(reader)).isEqualTo(2);
        }
    }
}
