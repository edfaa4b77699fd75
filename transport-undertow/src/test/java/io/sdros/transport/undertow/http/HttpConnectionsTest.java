package io.sdros.transport.undertow.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.transport.undertow.access.IpLiteral;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who gives way when there are too many connections that are no viewers. */
class HttpConnectionsTest {

    private static final InetAddress PROXY = IpLiteral.parse("10.0.0.1").orElseThrow();

    private final List<String> ended = new ArrayList<>();

    private HttpConnections connections(int limit, int addressLimit) {
        return new HttpConnections(limit, addressLimit, PROXY::equals, new StrangerLog(limit, addressLimit, () -> 0));
    }

    private HttpConnection enter(HttpConnections connections, String address, String name) {
        return connections.add(IpLiteral.parse(address).orElseThrow(),
                abort -> ended.add(abort ? name + " aborted" : name));
    }

    @Test
    void theOldestOfTheAddressGivesWayToItsNewcomer() {
        HttpConnections connections = connections(10, 2);
        enter(connections, "192.0.2.1", "a");
        enter(connections, "192.0.2.1", "b");
        enter(connections, "192.0.2.2", "other");
        enter(connections, "192.0.2.1", "c");
        enter(connections, "192.0.2.1", "d");
        assertThat(ended).containsExactly("a aborted", "b aborted");
        assertThat(connections.count()).isEqualTo(3);
        assertThat(connections.cuts()).isEqualTo(Map.of(CutReason.ADDRESS_LIMIT, 2L, CutReason.LIMIT, 0L));
    }

    @Test
    void theAddressWithTheMostGivesWayToANewcomerFromElsewhere() {
        HttpConnections connections = connections(4, 4);
        enter(connections, "192.0.2.9", "prometheus");
        enter(connections, "192.0.2.1", "a");
        enter(connections, "192.0.2.1", "b");
        enter(connections, "192.0.2.1", "c");
        enter(connections, "192.0.2.2", "newcomer");
        assertThat(ended).containsExactly("a aborted");
        assertThat(connections.cuts()).containsEntry(CutReason.LIMIT, 1L);
    }

    @Test
    void ofManyAddressesWithOneEachTheOldestGoes() {
        HttpConnections connections = connections(3, 3);
        for (int i = 1; i <= 5; i++) {
            enter(connections, "192.0.2." + i, "from " + i);
        }
        assertThat(ended).containsExactly("from 1 aborted", "from 2 aborted");
    }

    @Test
    void whoIsBeingAnsweredGoesLastAndWhoWasAnsweredIsClosedInOrder() {
        HttpConnections connections = connections(10, 3);
        HttpConnection served = enter(connections, "192.0.2.1", "served");
        HttpConnection answered = enter(connections, "192.0.2.1", "answered");
        enter(connections, "192.0.2.1", "half");
        assertThat(connections.serving(served)).as("its first request").isTrue();
        connections.serving(answered);
        connections.idle(answered);
        assertThat(connections.serving(answered)).isFalse();
        connections.idle(answered);
        enter(connections, "192.0.2.1", "d");
        assertThat(ended).as("idle for longest").containsExactly("half aborted");
        enter(connections, "192.0.2.1", "e");
        assertThat(ended).as("no abort: there was an answer").containsExactly("half aborted", "answered");
        HttpConnection newest = enter(connections, "192.0.2.1", "f");
        assertThat(ended.get(2)).isEqualTo("d aborted");
        connections.serving(newest);
        enter(connections, "192.0.2.1", "g");
        enter(connections, "192.0.2.1", "h");
        enter(connections, "192.0.2.1", "i");
        assertThat(ended).as("the newcomer is never the one").doesNotContain("i aborted");
        assertThat(ended.indexOf("served aborted")).isLessThan(0);
    }

    @Test
    void aTrustedProxyHasNoLimitOfItsOwnAndGivesWayLast() {
        HttpConnections connections = connections(6, 2);
        for (int i = 0; i < 4; i++) {
            enter(connections, "10.0.0.1", "proxied " + i);
        }
        enter(connections, "192.0.2.1", "a");
        enter(connections, "192.0.2.2", "b");
        assertThat(ended).isEmpty();
        enter(connections, "192.0.2.3", "c");
        assertThat(ended).containsExactly("a aborted");
        enter(connections, "10.0.0.1", "proxied 4");
        enter(connections, "10.0.0.1", "proxied 5");
        enter(connections, "10.0.0.1", "proxied 6");
        assertThat(ended).containsExactly("a aborted", "b aborted", "c aborted", "proxied 0 aborted");
    }

    @Test
    void anIpv6NetworkIsOneAddress() {
        HttpConnections connections = connections(10, 1);
        enter(connections, "2001:db8::1", "a");
        enter(connections, "2001:db8::2", "b");
        enter(connections, "2001:db8:0:1::1", "c");
        assertThat(ended).containsExactly("a aborted");
    }

    @Test
    void whoHasLeftIsCountedNoMore() {
        HttpConnections connections = connections(2, 2);
        HttpConnection viewer = enter(connections, "192.0.2.1", "viewer");
        connections.serving(viewer);
        connections.remove(viewer);
        connections.remove(viewer);
        connections.serving(viewer);
        connections.idle(viewer);
        assertThat(connections.count()).isZero();
        enter(connections, "192.0.2.1", "a");
        enter(connections, "192.0.2.1", "b");
        assertThat(ended).isEmpty();
    }
}
