package io.sdros.transport.undertow.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.transport.undertow.access.IpLiteral;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who gives way when there are too many connections that are no viewers. */
class StrangersTest {

    private static final InetAddress PROXY = IpLiteral.parse("10.0.0.1").orElseThrow();

    private final List<String> ended = new ArrayList<>();

    private Strangers strangers(int limit, int addressLimit) {
        return new Strangers(limit, addressLimit, PROXY::equals, new StrangerLog(limit, addressLimit, () -> 0));
    }

    private Stranger enter(Strangers strangers, String address, String name) {
        return strangers.enter(IpLiteral.parse(address).orElseThrow(),
                abort -> ended.add(abort ? name + " aborted" : name));
    }

    @Test
    void theOldestOfTheAddressGivesWayToItsNewcomer() {
        Strangers strangers = strangers(10, 2);
        enter(strangers, "192.0.2.1", "a");
        enter(strangers, "192.0.2.1", "b");
        enter(strangers, "192.0.2.2", "other");
        enter(strangers, "192.0.2.1", "c");
        enter(strangers, "192.0.2.1", "d");
        assertThat(ended).containsExactly("a aborted", "b aborted");
        assertThat(strangers.count()).isEqualTo(3);
        assertThat(strangers.cuts()).isEqualTo(Map.of(CutReason.ADDRESS_LIMIT, 2L, CutReason.LIMIT, 0L));
    }

    @Test
    void theAddressWithTheMostGivesWayToANewcomerFromElsewhere() {
        Strangers strangers = strangers(4, 4);
        enter(strangers, "192.0.2.9", "prometheus");
        enter(strangers, "192.0.2.1", "a");
        enter(strangers, "192.0.2.1", "b");
        enter(strangers, "192.0.2.1", "c");
        enter(strangers, "192.0.2.2", "newcomer");
        assertThat(ended).containsExactly("a aborted");
        assertThat(strangers.cuts()).containsEntry(CutReason.LIMIT, 1L);
    }

    @Test
    void ofManyAddressesWithOneEachTheOldestGoes() {
        Strangers strangers = strangers(3, 3);
        for (int i = 1; i <= 5; i++) {
            enter(strangers, "192.0.2." + i, "from " + i);
        }
        assertThat(ended).containsExactly("from 1 aborted", "from 2 aborted");
    }

    @Test
    void whoIsBeingAnsweredGoesLastAndWhoWasAnsweredIsClosedInOrder() {
        Strangers strangers = strangers(10, 3);
        Stranger served = enter(strangers, "192.0.2.1", "served");
        Stranger answered = enter(strangers, "192.0.2.1", "answered");
        enter(strangers, "192.0.2.1", "half");
        assertThat(strangers.serving(served)).as("its first request").isTrue();
        strangers.serving(answered);
        strangers.quiet(answered);
        assertThat(strangers.serving(answered)).isFalse();
        strangers.quiet(answered);
        enter(strangers, "192.0.2.1", "d");
        assertThat(ended).as("quiet for longest").containsExactly("half aborted");
        enter(strangers, "192.0.2.1", "e");
        assertThat(ended).as("no abort: there was an answer").containsExactly("half aborted", "answered");
        Stranger newest = enter(strangers, "192.0.2.1", "f");
        assertThat(ended.get(2)).isEqualTo("d aborted");
        strangers.serving(newest);
        enter(strangers, "192.0.2.1", "g");
        enter(strangers, "192.0.2.1", "h");
        enter(strangers, "192.0.2.1", "i");
        assertThat(ended).as("the newcomer is never the one").doesNotContain("i aborted");
        assertThat(ended.indexOf("served aborted")).isLessThan(0);
    }

    @Test
    void aTrustedProxyHasNoLimitOfItsOwnAndGivesWayLast() {
        Strangers strangers = strangers(6, 2);
        for (int i = 0; i < 4; i++) {
            enter(strangers, "10.0.0.1", "proxied " + i);
        }
        enter(strangers, "192.0.2.1", "a");
        enter(strangers, "192.0.2.2", "b");
        assertThat(ended).isEmpty();
        enter(strangers, "192.0.2.3", "c");
        assertThat(ended).containsExactly("a aborted");
        enter(strangers, "10.0.0.1", "proxied 4");
        enter(strangers, "10.0.0.1", "proxied 5");
        enter(strangers, "10.0.0.1", "proxied 6");
        assertThat(ended).containsExactly("a aborted", "b aborted", "c aborted", "proxied 0 aborted");
    }

    @Test
    void anIpv6NetworkIsOneAddress() {
        Strangers strangers = strangers(10, 1);
        enter(strangers, "2001:db8::1", "a");
        enter(strangers, "2001:db8::2", "b");
        enter(strangers, "2001:db8:0:1::1", "c");
        assertThat(ended).containsExactly("a aborted");
    }

    @Test
    void whoHasLeftIsCountedNoMore() {
        Strangers strangers = strangers(2, 2);
        Stranger viewer = enter(strangers, "192.0.2.1", "viewer");
        strangers.serving(viewer);
        strangers.leave(viewer);
        strangers.leave(viewer);
        strangers.serving(viewer);
        strangers.quiet(viewer);
        assertThat(strangers.count()).isZero();
        enter(strangers, "192.0.2.1", "a");
        enter(strangers, "192.0.2.1", "b");
        assertThat(ended).isEmpty();
    }
}
