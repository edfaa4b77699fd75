package io.sdros.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {

    /** Knows literals and one name; everything else asks nobody. */
    private final ValueType<InetSocketAddress> type = ListenAddress.type(host -> {
        if (host.equals("server.example")) {
            return InetAddress.getByAddress(host, new byte[] {10, 1, 2, 3});
        }
        if (host.startsWith("[") || Character.isDigit(host.charAt(0))) {
            return InetAddress.getByName(host);
        }
        throw new UnknownHostException(host);
    });

    @ParameterizedTest
    @CsvSource({"0.0.0.0:8080, 0.0.0.0, 8080", "127.0.0.1:0, 127.0.0.1, 0", "[::1]:65535, ::1, 65535",
            "[::]:8080, ::, 8080", "server.example:80, 10.1.2.3, 80"})
    void readsHostAndPort(String text, String host, int port) throws UnknownHostException {
        InetSocketAddress address = type.parse(text).value().orElseThrow();

        assertThat(address.getAddress().getAddress()).isEqualTo(InetAddress.getByName(host).getAddress());
        assertThat(address.getPort()).isEqualTo(port);
        assertThat(address.isUnresolved()).isFalse();
    }

    @Test
    void noHostIsEveryAddress() {
        InetSocketAddress address = type.parse(":8080").value().orElseThrow();

        assertThat(address.getAddress().isAnyLocalAddress()).isTrue();
        assertThat(address.getPort()).isEqualTo(8080);
    }

    @ParameterizedTest
    @ValueSource(strings = {"8080", "0.0.0.0", "0.0.0.0:", "0.0.0.0:-1", "0.0.0.0:80a", "0.0.0.0: 80", "http://0.0.0.0:80", "a b:80", "[::1]", "[]:80",
        "0.0.0.0:808080", "0.0.0.0:65536", "127.1:80", "256.0.0.1:80", "1.2.3.4.:80", "1:80"})
    void rejectsOtherForms(String text) {
        assertThat(type.parse(text).isRejected()).isTrue();
    }

    @Test
    void saysWhatIsWrong() {
        assertThat(type.parse("::1:8080").detail()).isEqualTo("an IPv6 address stands in brackets");
        assertThat(type.parse("0.0.0.0:65536").detail()).isEqualTo("there is no port 65536");
        assertThat(type.parse("127.1:80").detail()).isEqualTo("not an IPv4 address");
        assertThat(type.parse("unknown.example:80").detail()).isEqualTo("the host cannot be resolved");
        assertThat(type.parse("[::zz]:80").detail()).isEqualTo("the host cannot be resolved");
    }
}
