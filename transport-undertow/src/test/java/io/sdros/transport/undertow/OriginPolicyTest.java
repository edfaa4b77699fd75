package io.sdros.transport.undertow;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class OriginPolicyTest {

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
        assertThat(OriginPolicy.sameOrigin().allows(origin, host)).isEqualTo(allowed);
    }

    @Test
    void any() {
        assertThat(OriginPolicy.any().allows("null", "cam.example")).isTrue();
        assertThat(OriginPolicy.parse("*").allows("http://evil.example", "cam.example")).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "https://a.example, true", "https://A.example:443, true", "http://b.example:8080, true",
        "http://a.example, false", "https://b.example:8080, false", "http://b.example, false",
        "http://host.example, false",
    })
    void list(String origin, boolean allowed) {
        OriginPolicy policy = OriginPolicy.parse("https://a.example , http://b.example:8080");
        assertThat(policy.allows(origin, "host.example")).isEqualTo(allowed);
    }

    @Test
    void listWithTheOwnOrigin() {
        OriginPolicy policy = OriginPolicy.parse("same-origin,https://a.example");
        assertThat(policy.allows("http://host.example", "host.example")).isTrue();
        assertThat(policy.allows("https://a.example", "host.example")).isTrue();
        assertThat(policy.allows("https://b.example", "host.example")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.example", "https://a.example,", "https://a.example/path", "null", "", "https://a b"})
    void wrongEntriesAreNamed(String text) {
        assertThatThrownBy(() -> OriginPolicy.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not an origin");
    }
}
