package io.sdros.it.ws;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.ClientFrames;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RawPeer;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The receiving side of RFC 6455, with bytes made by hand, against one server that lives through all of it. */
final class Rfc6455IT {

    /** What is sent last where the connection is to stay open; its answer shows that all before it was taken. */
    private static final String MARK = "mark";
    private static final int OCTET_WISE_UP_TO = 4096;
    private static final int CHOP_BYTES = 997;

    private static final OpenResources OPENED = new OpenResources();
    private static ServerProcess server;

    @BeforeAll
    static void start() {
        TempRegion region = OPENED.add(TempRegion.create());
        server = OPENED.add(ServerProcess.builder().region(region).start());
    }

    @AfterAll
    static void stop() {
        OPENED.close();
    }

    static List<Rfc6455Cases.Case> cases() {
        return Rfc6455Cases.all();
    }

    private static double inboundMessages() {
        return server.http().metrics().sum("sdr_inbound_messages_total");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void inOnePiece(Rfc6455Cases.Case one) {
        check(one, Integer.MAX_VALUE);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void inSmallPackets(Rfc6455Cases.Case one) {
        check(one, one.sent().length <= OCTET_WISE_UP_TO ? 1 : CHOP_BYTES);
    }

    private static void check(Rfc6455Cases.Case one, int packetBytes) {
        double before = inboundMessages();
        List<String> expected = new ArrayList<>(one.said());
        try (RawPeer peer = RawPeer.connect(server)) {
            peer.send(one.sent(), packetBytes);
            if (!one.ends()) {
                peer.send(ClientFrames.join(ClientFrames.ping(MARK), ClientFrames.close(4321)));
                expected.addAll(List.of("pong 6d61726b", "close 4321"));
            }
            List<String> said = new ArrayList<>();
            do {
                said.add(peer.read().said());
            } while (!said.get(said.size() - 1).startsWith("close"));
            assertThat(said).isEqualTo(expected);
            assertThat(peer.atEnd()).as("the server ends its direction, and nothing follows the close frame").isTrue();
        }
        assertThat(inboundMessages() - before).as("messages counted").isEqualTo(one.messages());
    }

    @Test
    void aCloseFrameIsAnsweredAlsoIfNothingMoreCanComeAfterIt() {
        try (RawPeer peer = RawPeer.connect(server)) {
            peer.send(ClientFrames.close(1000)).endSending();
            assertThat(peer.read().said()).isEqualTo("close 1000");
            assertThat(peer.atEnd()).isTrue();
        }
    }

    @Test
    void aPeerThatEndsItsDirectionWithinAFrameIsGone() {
        try (RawPeer peer = RawPeer.connect(server)) {
            peer.send(ClientFrames.header(0x82, 1000)).endSending();
            assertThat(peer.atEnd()).isTrue();
        }
    }
}
