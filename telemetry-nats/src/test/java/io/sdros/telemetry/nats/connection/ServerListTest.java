package io.sdros.telemetry.nats.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.telemetry.nats.NatsServers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerListTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "nats://nats:4222|nats://nats:4222",
        "nats|nats://nats:4222",
        "my_nats:5000|nats://my_nats:5000",
        "NATS://10.0.0.1|nats://10.0.0.1:4222",
        "tls://h.example.org/|tls://h.example.org:4222",
        "[::1]:1|nats://[::1]:1",
        "nats://u:p@[fe80::1%eth0]|nats://[fe80::1%eth0]:4222",
        "a, tls://b:65535|nats://a:4222,tls://b:65535",
    })
    void readsAddresses(String text, String expected) {
        assertThat(NatsServers.problemWith(text)).isEmpty();
        assertThat(String.join(",", ServerList.parse(text).stream().map(ServerAddress::toString).toList()))
                .isEqualTo(expected);
    }

    @Test
    void readsLogins() {
        assertThat(login("nats://anna:s3cret@h")).isEqualTo(Login.user("anna", "s3cret"));
        assertThat(login("anna:a%40b%2Cc+%2F%3A:@h:1")).isEqualTo(Login.user("anna", "a@b,c+/::"));
        assertThat(login("tls://anna:p@ss@h")).isEqualTo(Login.user("anna", "p@ss"));
        assertThat(login("anna:@h")).isEqualTo(Login.user("anna", ""));
        assertThat(login("t0ken@h")).isEqualTo(Login.token("t0ken"));
        assertThat(login("h")).isEqualTo(Login.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", " ", ",", "a,", "a,,b", "nats://", "nats://:4222", "http://h", "ws://h", "opentls://h", "h:0", "h:65536", "h:x",
        "h:", "h:1:2", "::1", "[::1", "[]:1", "[zz]", "a b", "nats://u:p@", "@h", ":p@h", "u:%zz@h", "u:%4@h", "h/path",
        "-h", "h-", "ho$st", "nats://u:p,w@h"})
    void refuses(String text) {
        assertThat(NatsServers.problemWith(text)).isPresent();
    }

    @Test
    void saysWhichServerIsWrongAndQuotesNothing() {
        String problem = NatsServers.problemWith("nats://a,nats://anna:s3cret@h:99999").orElseThrow();
        assertThat(problem).contains("server 2 of 2").contains("65535").doesNotContain("anna", "s3cret", "99999");
    }

    @Test
    void printsNoLogin() {
        assertThat(ServerList.parse("nats://anna:s3cret@h,t0ken@i").toString())
                .doesNotContain("anna", "s3cret", "t0ken");
    }

    private static Login login(String text) {
        return ServerList.parse(text).get(0).login();
    }
}
