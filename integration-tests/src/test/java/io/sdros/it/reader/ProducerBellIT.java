package io.sdros.it.reader;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.CProgram;
import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The example producers' bell, as any reader finds it. What the server makes of a bell is tested in its reader's module. */
final class ProducerBellIT {

    private static final int MAX_READERS = 16;
    /** More than fit into the socket of a reader that does not read. */
    private static final int MANY = 2_000;
    /** A delimiter and a keyframe of one slice. */
    private static final byte[] UNIT = {0, 0, 0, 1, 9, 16, 0, 0, 0, 1, 0x65, (byte) 0x88, (byte) 0x84, 1};

    private final OpenResources opened = new OpenResources();
    private TempRegion region;
    private Path socket;
    private ChildProcess producer;

    @BeforeEach
    void prepare() {
        region = opened.add(TempRegion.create());
        socket = Path.of(region.path() + ".bell");
    }

    @AfterEach
    void closeEverything() {
        opened.close();
    }

    private void launch(String language) {
        List<String> command = language.equals("c")
                ? List.of(CProgram.compile(Tool.repositoryFile("docs/examples/producer.c")).toString(), "-r", "0", "-p",
                        region.path().toString())
                : List.of(Tool.command("python3"), Tool.repositoryFile("docs/examples/producer.py").toString(), "--fps",
                        "0", "--path", region.path().toString());
        producer = opened.add(ChildProcess.start(language, command));
    }

    private void start(String language) {
        launch(language);
        Await.until("the bell hangs", Deadlines.START, () -> {
            try {
                return PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)).equals("rw-rw-rw-")
                        && connect().isConnected();
            } catch (IOException e) {
                return false;
            }
        });
    }

    private SocketChannel connect() throws IOException {
        SocketChannel reader = opened.add(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
        reader.configureBlocking(false);
        return reader;
    }

    private SocketChannel reconnect() {
        try {
            return connect();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A unit is committed once the next one has begun. */
    private void feed(int units) {
        byte[] bytes = new byte[units * UNIT.length];
        for (int i = 0; i < units; i++) {
            System.arraycopy(UNIT, 0, bytes, i * UNIT.length, UNIT.length);
        }
        producer.send(bytes);
    }

    private static int await(SocketChannel reader, int rings) {
        int[] heard = new int[1];
        Await.until(rings + " rings", Deadlines.SOON, () -> {
            int count = read(reader);
            heard[0] = count < 0 ? -1 : heard[0] + count;
            return heard[0] == rings;
        });
        return heard[0];
    }

    private static int read(SocketChannel reader) {
        try {
            return reader.read(ByteBuffer.allocate(10_000));
        } catch (IOException e) {
            return -1;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"c", "python"})
    void ringsOncePerFrameAndIsTakenAway(String language) throws IOException {
        Files.createDirectories(socket.getParent());
        try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            killed.bind(UnixDomainSocketAddress.of(socket));
        }
        start(language);
        SocketChannel reader = connect();
        feed(11);
        assertThat(await(reader, 10)).isEqualTo(10);
        producer.endInput();
        assertThat(producer.awaitExit(Deadlines.SOON)).isZero();
        assertThat(await(reader, -1)).as("hung up, after the last frame").isEqualTo(-1);
        assertThat(socket).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"c", "python"})
    void hasSixteenSeatsAndGivesThoseOfTheDeafToOthers(String language) throws IOException {
        start(language);
        List<SocketChannel> deaf = new ArrayList<>();
        for (int i = 0; i < MAX_READERS; i++) {
            deaf.add(connect());
            feed(1);
        }
        feed(4);
        SocketChannel early = connect();
        feed(4);
        assertThat(await(early, -1)).as("no seat is free").isEqualTo(-1);
        feed(MANY);
        SocketChannel[] late = {connect()};
        Await.until("rings for one who reads, once those who do not have been found out", Deadlines.SOON, () -> {
            feed(1);
            int rings = read(late[0]);
            if (rings < 0) {
                late[0] = reconnect();
            }
            return rings > 0;
        });
        producer.endInput();
        assertThat(producer.awaitExit(Deadlines.SOON)).as("it never waited for anybody").isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"c", "python"})
    void withoutABellItSaysSoOnceAndWrites(String language) throws IOException {
        Files.createDirectories(socket);
        launch(language);
        feed(5);
        producer.endInput();
        assertThat(producer.awaitExit(Deadlines.SOON)).isZero();
        assertThat(producer.lines()).filteredOn(line -> line.startsWith("no bell, readers will poll: ")).hasSize(1);
        assertThat(producer.output()).contains("frames written: 5, refused: 0");
        Files.delete(socket);
    }
}
