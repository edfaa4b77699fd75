package io.sdros.transport.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPolicyTest {

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "10.0.0.5", "[0:0:0:0:0:0:0:1]", "localhost", "localhost.", "cam.localhost", "sdr-server",
        "my_robot", "robot.local", "sdr.robots.svc.cluster.local", "nas.home.arpa", "host.docker.internal"})
    void ownAreAddressesAndWhatNoStrangerCanOwn(String host) {
        assertThat(HostPolicy.own().allows(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil.example.", "evillocal.example",
        "xlocal.test", "10.0.0", "1.2.3.4.5", "0x7f.1"})
    void anybodysNamesAreNot(String host) {
        assertThat(HostPolicy.own().allows(host)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"cam.example, true", "cam.example., true", "a.cam.example, false", "other.example, true", "evil.example, false",
        "robot7.fleet.example, true", "10.0.0.5, true"})
    void aListIsAllowedBesidesTheOwnNames(String host, boolean allowed) {
        HostPolicy policy = HostPolicy.parse("own, Cam.Example., other.example")
                .withOwnNames(() -> Set.of("Robot7.fleet.example"));
        assertThat(policy.allows(host)).isEqualTo(allowed);
        assertThat(policy).hasToString("own,cam.example,other.example");
    }

    @Test
    void anyName() {
        assertThat(HostPolicy.parse("*").allows("evil.example")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://cam.example", "cam.example:8080", "cam.example/x", "", "cam..example", "*.example", "a,*", "a b"})
    void wrongEntriesAreNamed(String text) {
        assertThatThrownBy(() -> HostPolicy.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
