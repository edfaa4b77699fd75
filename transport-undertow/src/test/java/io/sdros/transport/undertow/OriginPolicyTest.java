package io.sdros.transport.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sdros.transport.undertow.access.RequestSource;
import java.net.InetAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginPolicyTest {

    /** For a request whose scheme nobody knows, as without TLS and without a named proxy. */
    private static boolean allows(OriginPolicy policy, String origin, String host) {
        return policy.refusal(origin, new RequestSource(InetAddress.getLoopbackAddress(), Optional.empty(), host),
                HostPolicy.any()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "https, https://cam.example, cam.example, true",
        "HTTPS, https://cam.example:443, cam.example, true",
        "https, https://cam.example, cam.example:443, true",
        "https, https://[::1], [::1]:443, true",
        "http, http://[FE80::1]:8080, [fe80::1]:8080, true",
        // What Traefik says of a WebSocket's request.
        "wss, https://cam.example, cam.example, true",
        "ws, http://cam.example:8080, cam.example:8080, true",
        "wss, http://cam.example, cam.example, false",
        "ws, https://cam.example, cam.example, false",
        "https, http://cam.example, cam.example, false",
        "https, http://cam.example:443, cam.example:443, false",
        "http, https://cam.example, cam.example, false",
        "javascript, http://cam.example, cam.example, false",
        "'http://evil.example/', http://cam.example, cam.example, false",
    })
    void aKnownSchemeIsCompared(String scheme, String origin, String host, boolean allowed) {
        assertThat(OriginPolicy.sameOrigin().refusal(origin,
                new RequestSource(InetAddress.getLoopbackAddress(), Optional.of(scheme), host),
                HostPolicy.any()).isEmpty()).isEqualTo(allowed);
    }

    @ParameterizedTest
    @CsvSource({
        "http://cam.example, cam.example, true",
        "http://cam.example, cam.example:80, true",
        "http://cam.example:80, cam.example, true",
        "https://cam.example, cam.example, true",
        "https://cam.example, cam.example:443, true",
        "http://CAM.example, cam.EXAMPLE, true",
        "http://cam.example:8080, cam.example:8080, true",
        "http://[::1]:8080, [::1]:8080, true",
        "http://[::1]:8080, [0:0:0:0:0:0:0:1]:8080, true",
        "http://[2001:db8::5], '[2001:0DB8:0:0::5]', true",
        "http://[2001:db8::5], '[2001:db8::6]', false",
        // No host names by the book, but browsers go there: Docker Compose makes the first kind.
        "http://my_robot:8080, my_robot:8080, true",
        "http://robot.3dlab, robot.3dlab, true",
        "http://robot-, robot-, true",
        "http://my_robot, my-robot, false",
        "http://[::1, [::1, false",
        "http://[1:2], [1:2], false",
        "http://[cam], [cam], false",
        "http://cam.example:, cam.example, false",
        "http://cam.example:65536, cam.example:65536, false",
        "http://cam.example:8080, cam.example, false",
        "http://cam.example, cam.example:8080, false",
        "https://cam.example, cam.example:80, false",
        "http://evil.example, cam.example, false",
        "http://cam.example.evil.example, cam.example, false",
        "http://cam.example, '', false",
        "'', cam.example, false",
        "null, cam.example, false",
        "http://cam.example/, cam.example, false",
        "http://cam.example, cam.example/x, false",
        "http://user@cam.example, cam.example, false",
        "cam.example, cam.example, false",
    })
    void sameOrigin(String origin, String host, boolean allowed) {
        assertThat(allows(OriginPolicy.sameOrigin(), origin, host)).isEqualTo(allowed);
    }

    @Test
    void any() {
        assertThat(allows(OriginPolicy.any(), "null", "cam.example")).isTrue();
        assertThat(allows(OriginPolicy.parse("*"), "http://evil.example", "cam.example")).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "https://a.example, true", "https://A.example:443, true", "http://b.example:8080, true",
        "http://a.example, false", "https://b.example:8080, false", "http://b.example, false",
        "http://host.example, false", "http://[2001:db8:0::7]:8080, true",
    })
    void list(String origin, boolean allowed) {
        OriginPolicy policy = OriginPolicy.parse("https://a.example , http://b.example:8080, http://[2001:DB8::7]:8080");
        assertThat(allows(policy, origin, "host.example")).isEqualTo(allowed);
    }

    @Test
    void listWithTheOwnOrigin() {
        OriginPolicy policy = OriginPolicy.parse("same-origin,https://a.example");
        assertThat(allows(policy, "http://host.example", "host.example")).isTrue();
        assertThat(allows(policy, "https://a.example", "host.example")).isTrue();
        assertThat(allows(policy, "https://b.example", "host.example")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.example", "https://", "https://a b", "https://*.example", "https://a:", "https://u@a", "https://\u00e4.example",
        "http://[1:2]", "http://[:::]", "http://[1:2]:80", "https://a:123456"})
    void wrongEntriesAreNamed(String text) {
        assertThatThrownBy(() -> OriginPolicy.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'" + text + "' is not an origin: scheme://host[:port] is expected");
    }

    @ParameterizedTest
    @CsvSource({
        "'https://a.example,', there is an empty one in the list",
        "'https://a,,https://b', there is an empty one in the list",
        "'', there is an empty one in the list",
        "'https://a,*', * stands alone",
        "https://a.example/, 'an origin has no path, not even a final slash'",
        "https://a.example/path, 'an origin has no path, not even a final slash'",
        "https://a:65536, there is no port 65536",
        "https://a:0, there is no port 0",
        "http://[::1]:0, there is no port 0",
    })
    void commonMistakesAreExplained(String text, String problem) {
        assertThatThrownBy(() -> OriginPolicy.parse(text)).isInstanceOf(IllegalArgumentException.class).hasMessage(problem);
    }

    @Test
    void whatSandboxedPagesSendIsNoOriginToAllow() {
        assertThatThrownBy(() -> OriginPolicy.parse("null")).hasMessageContaining("sandboxed");
    }

    @ParameterizedTest
    @CsvSource({
        "*, ' * ', true", "same-origin, Same-Origin, true", "https://A.Example:443, https://a.example, true",
        "http://a:80, http://a, true", "'https://a , same-origin,https://b:1,HTTPS://A:443', 'https://b:1,https://a,same-origin', true",
        "https://a:80, https://a, false", "*, same-origin, false", "same-origin, 'same-origin,https://a', false",
        "https://a, 'same-origin,https://a', false",
    })
    void policiesThatAllowTheSameAreEqual(String one, String other, boolean equal) {
        assertThat(OriginPolicy.parse(one).equals(OriginPolicy.parse(other))).isEqualTo(equal);
        if (equal) {
            assertThat(OriginPolicy.parse(one)).hasSameHashCodeAs(OriginPolicy.parse(other));
        }
    }
}
