package io.sdros.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.transport.undertow.HostPolicy;
import io.sdros.transport.undertow.OriginPolicy;
import io.sdros.transport.undertow.TrustedProxies;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessRulesTest {

    @ParameterizedTest
    @ValueSource(strings = {"*", "same-origin", "http://my_robot:8080", "https://robot.3dlab", "http://cam-", "http://10.0.0.5", "http://[fd00::1]:8080",
        "chrome-extension://abcdef", "capacitor://localhost", "https://a , same-origin,https://b:1"})
    void originsAreTheTransports(String text) {
        assertThat(AccessRules.origins().parse(text).value()).contains(OriginPolicy.parse(text));
    }

    @Test
    void hostsAndProxiesAreTheTransports() {
        assertThat(AccessRules.hosts().parse("own,b.c").value()).contains(HostPolicy.parse("own,b.c"));
        assertThat(AccessRules.proxies().parse("10.0.0.0/8,::1").value()).contains(TrustedProxies.parse("10.0.0.0/8,::1"));
    }

    @Test
    void whatIsWrongIsSaidInTheTransportsWords() {
        assertThat(AccessRules.origins().parse("https://a/").detail()).isEqualTo("an origin has no path, not even a final slash");
        assertThat(AccessRules.origins().parse("https://a,*").detail()).isEqualTo("* stands alone");
        assertThat(AccessRules.hosts().parse("a/b").detail()).startsWith("'a/b' is not a host name");
        assertThat(AccessRules.proxies().parse("10.0.0.0/33").isRejected()).isTrue();
    }
}
