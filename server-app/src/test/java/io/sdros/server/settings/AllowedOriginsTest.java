package io.sdros.server.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedOriginsTest {

    private final ValueType<AllowedOrigins> type = AllowedOrigins.type();

    @Test
    void readsTheTwoWords() {
        assertThat(type.parse("same-origin").value()).contains(new AllowedOrigins(false, true, Set.of()));
        assertThat(type.parse("Same-Origin").value()).contains(new AllowedOrigins(false, true, Set.of()));
        assertThat(type.parse("*").value()).contains(new AllowedOrigins(true, true, Set.of()));
    }

    @ParameterizedTest
    @CsvSource({"https://A.Example.ORG, https://a.example.org", "http://a:80, http://a", "https://a:443, https://a", "https://a:80, https://a:80",
        "http://a:8080, http://a:8080", "http://[::1]:8080, http://[::1]:8080", "chrome-extension://abcdef, chrome-extension://abcdef"})
    void writesOriginsAsBrowsersDo(String text, String origin) {
        assertThat(type.parse(text).value()).contains(new AllowedOrigins(false, false, Set.of(origin)));
    }

    @Test
    void readsLists() {
        assertThat(type.parse("https://a , same-origin,https://b:1,HTTPS://A:443").value())
            .contains(new AllowedOrigins(false, true, Set.of("https://a", "https://b:1")));
    }

    @Test
    void writesItselfAsTheSettingDoes() {
        for (String text : new String[] {"*", "same-origin", "same-origin,https://a,https://b:1", "https://b"}) {
            assertThat(type.parse(text).value().orElseThrow().text()).isEqualTo(text);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.example.org", "https://", "https://a,", "https://a,,https://b", "*,https://a", "https://*.example.org", "null", "https://a/",
        "https://a/path", "https://a:0", "https://a:65536", "https://a:", "https://u@a", "https://ä.example",
        "http://[1:2]", "http://[:::]"})
    void rejectsOtherForms(String text) {
        assertThat(type.parse(text).isRejected()).isTrue();
    }

    /** The transport reads them again: what is accepted here must not stop the start there. */
    @ParameterizedTest
    @ValueSource(strings = {"*", "same-origin", "http://my_robot:8080", "https://robot.3dlab", "http://cam-", "http://10.0.0.5", "http://[fd00::1]:8080",
        "chrome-extension://abcdef", "capacitor://localhost"})
    void whatIsAcceptedIsAPolicy(String text) {
        AllowedOrigins origins = type.parse(text).value().orElseThrow();

        assertThatCode(origins::policy).doesNotThrowAnyException();
    }

    @Test
    void saysWhatIsWrong() {
        assertThat(type.parse("https://a/").detail()).isEqualTo("an origin has no path, not even a final slash");
        assertThat(type.parse("https://a,*").detail()).isEqualTo("* stands alone");
        assertThat(type.parse("https://a:65536").detail()).isEqualTo("there is no port 65536");
        assertThat(type.parse("null").detail()).contains("sandboxed");
    }
}
