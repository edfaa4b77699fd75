package io.sdros.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NatsUrlTest {

    private final ValueType<Optional<NatsUrl>> type = NatsUrl.type();

    @ParameterizedTest
    @ValueSource(strings = {"nats://nats:4222", "tls://nats.example.org:4222", "NATS://h", "nats", "nats:4222",
            "10.0.0.1:4222", "nats://[::1]:4222",
        "[::1]:4222", "nats://u:p@h:1", "nats://token@h", "token@h:65535", "nats://my_host:4222", "u:p%40x@h",
        "nats://a:1,nats://b:2, tls://c"})
    void acceptsWhatNatsWrites(String text) {
        assertThat(type.parse(text).value().orElseThrow().orElseThrow().reveal()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "NONE"})
    void noneIsNoNats(String text) {
        assertThat(type.parse(text).value()).contains(Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://h:4222", "nats://", "nats://:4222", "nats://h:", "nats://h:0", "nats://h:65536", "nats://h:port", "nats://h:4222/x",
        "nats://h:4222?x=1", "nats://h#x", "nats://a,,b", "nats://a,", "nats://a b", "nats://::1:4222", "nats://u:p@", "a\nb"})
    void rejectsOtherForms(String text) {
        assertThat(type.parse(text).isRejected()).isTrue();
    }

    @Test
    void saysWhichServerIsWrong() {
        assertThat(type.parse("nats://a,http://b").detail()).isEqualTo("server 2 of 2: an address starts with nats://, tls:// or the host");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = {
        "nats://h:4222 nats://h:4222",
        "nats://u:hunter2@h:4222 nats://***@h:4222",
        "hunter2@h ***@h",
        "nats://hunter2@[::1]:4222 nats://***@[::1]:4222",
        "nats://u:hunter2@a:1,b:2,tls://hunter2@c nats://***@a:1,b:2,tls://***@c",
        // Malformed ones: a comma, an at-sign or a slash in the password, the host forgotten, something behind the port.
        "nats://u:hun,ter2@h:4222 nats://***@h:4222",
        "nats://u:hun,t@er2@h:4222 nats://***@h:4222",
        "nats://u:hun/ter2@h:4222,nats://b:x nats://***@h:4222,nats://b:***",
        "nats://u:hunter2 nats://u:***",
        "nats://u:123456 nats://u:***",
        "nats://h?token=hunter2 nats://h:***",
    })
    void masksUsersPasswordsAndTokens(String text, String masked) {
        assertThat(NatsUrl.masked(text)).isEqualTo(masked);
    }

    @Test
    void doesNotPrintItsSecrets() {
        NatsUrl url = type.parse("nats://user:hunter2@h").value().orElseThrow().orElseThrow();

        assertThat(url).hasToString("nats://***@h");
        assertThat(NatsUrl.masked("nats://u:hunter2@a:1 , tls://b:2")).isEqualTo("nats://***@a:1,tls://b:2");
        assertThat(NatsUrl.masked("a\nhunter2@h")).doesNotContain("hunter2");
    }

    @Test
    void doesNotRepeatTheTextInADetail() {
        assertThat(type.parse("nats://u:hunt%er2@h").detail()).isNotEmpty().doesNotContain("er2");
    }
}
