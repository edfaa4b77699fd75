package io.sdros.transport.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sdros.transport.undertow.access.AddressLimit;
import io.sdros.transport.undertow.access.IpLiteral;
import io.sdros.transport.undertow.access.RequestSource;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxiesTest {

    private static InetAddress ip(String text) {
        return IpLiteral.parse(text).orElseThrow(() -> new AssertionError(text));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.5, 10.0.0.5, true", "10.0.0.5, 10.0.0.6, false",
        "10.1.0.0/16, 10.1.255.255, true", "10.1.0.0/16, 10.2.0.0, false",
        "172.16.0.0/12, 172.31.9.9, true", "172.16.0.0/12, 172.32.0.0, false",
        "192.168.7.128/25, 192.168.7.127, false", "192.168.7.128/25, 192.168.7.128, true",
        "10.0.0.5/32, 10.0.0.4, false", "128.0.0.0/1, 255.0.0.1, true", "128.0.0.0/1, 127.0.0.1, false",
        "::1, ::1, true", "::1, 127.0.0.1, false", "fd00::/8, fdff::1, true", "fd00::/8, fe00::1, false",
        "::ffff:10.0.0.5, 10.0.0.5, true",
    })
    void contains(String network, String address, boolean trusted) {
        assertThat(TrustedProxies.parse("203.0.113.1, " + network).trusts(ip(address))).isEqualTo(trusted);
        assertThat(TrustedProxies.none().trusts(ip(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10.0.0.5,", "caddy", "10.0.0", "10.0.0.256", "10.0.0.0/33", "10.0.0.0/-1", "::/129",
        "10.0.0.0/", "10.0.0.0/8/8", "[::1]", "fe80::1%eth0", "010.0.0.1/8x", ":", ":::"})
    void wrongEntriesAreNamed(String text) {
        assertThatThrownBy(() -> TrustedProxies.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is expected");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0/0", "::/0", "10.0.0.1,0.0.0.0/00"})
    void everybodyIsNoProxy(String text) {
        assertThatThrownBy(() -> TrustedProxies.parse(text)).hasMessageContaining("everybody");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "10.0.0.1    | 203.0.113.9                          | 203.0.113.9",
        "10.0.0.1    | 6.6.6.6,203.0.113.9                  | 203.0.113.9",
        "10.0.0.1    | 6.6.6.6,203.0.113.9,10.0.0.2         | 203.0.113.9",
        "10.0.0.1    | 10.0.0.3,10.0.0.2                    | 10.0.0.3",
        "10.0.0.1    | ''                                   | 10.0.0.1",
        "10.0.0.1    | 203.0.113.9,unknown                  | 10.0.0.1",
        "10.0.0.1    | 203.0.113.9,evil.example,10.0.0.2    | 10.0.0.2",
        "10.0.0.1    | 203.0.113.9:4711                     | 203.0.113.9",
        "10.0.0.1    | [2001:db8::7]:4711                   | 2001:db8::7",
        "10.0.0.1    | 2001:db8::7                          | 2001:db8::7",
        "203.0.113.5 | 6.6.6.6                              | 203.0.113.5",
    })
    void theNearestAddressThatIsNoTrustedProxyIsTheClient(String peer, String forwarded, String client) {
        List<String> hops = forwarded.isEmpty() ? List.of() : Arrays.asList(forwarded.split(","));
        assertThat(RequestSource.client(ip(peer), hops, TrustedProxies.parse("10.0.0.0/24")::trusts)).isEqualTo(ip(client));
    }

    @Test
    void clientsPerAddressAreCountedAndForgotten() {
        AddressLimit limit = new AddressLimit(2);
        assertThat(limit.tryAcquire(ip("10.0.0.1"))).isTrue();
        assertThat(limit.tryAcquire(ip("10.0.0.1"))).isTrue();
        assertThat(limit.reached(ip("10.0.0.1"))).isTrue();
        assertThat(limit.tryAcquire(ip("10.0.0.1"))).isFalse();
        assertThat(limit.tryAcquire(ip("10.0.0.2"))).isTrue();
        limit.release(ip("10.0.0.1"));
        assertThat(limit.tryAcquire(ip("10.0.0.1"))).isTrue();
        limit.release(ip("10.0.0.1"));
        limit.release(ip("10.0.0.1"));
        limit.release(ip("10.0.0.2"));
        assertThat(limit.addresses()).isZero();
    }

    @Test
    void anIpv6SubscriberIsANetworkOf64Bits() {
        AddressLimit limit = new AddressLimit(1);
        assertThat(limit.tryAcquire(ip("2001:db8:0:1::1"))).isTrue();
        assertThat(limit.tryAcquire(ip("2001:db8:0:1:ffff::2"))).isFalse();
        assertThat(limit.tryAcquire(ip("2001:db8:0:2::1"))).isTrue();
    }

    @Test
    void noLimitKeepsNothing() {
        AddressLimit limit = new AddressLimit(0);
        assertThat(limit.tryAcquire(ip("10.0.0.1"))).isTrue();
        assertThat(limit.reached(ip("10.0.0.1"))).isFalse();
        assertThat(limit.addresses()).isZero();
    }

    @Test
    void whatAClientSentIsFitForALog() {
        assertThat(RefusalLog.shown("a\r\nWARN \"b\u001b[31m" + "x".repeat(200)))
                .isEqualTo("\"a??WARN ?b?[31m" + "x".repeat(85) + "...\"");
    }
}
