package io.sdros.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FrameAncestorsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "none | 'none'",
        "NONE | 'none'",
        "* | *",
        "same-origin | 'self'",
        "https://Ops.example.org , http://10.0.0.5:8080,https://ops.example.org | https://ops.example.org http://10.0.0.5:8080",
        "https://a, Same-Origin | https://a 'self'"}, quoteCharacter = '`')
    void pagesAreNamedAsAPolicyNamesThem(String text, String sources) {
        assertThat(FrameAncestors.type().parse(text).value()).contains(new FrameAncestors(sources));
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://a/", "https://a; script-src *", "https://a https://b", "a.example", "https://*.example.org", "none,https://a",
        "*,https://a", "https://a,", "null", "'self'", "https://a:70000"})
    void whatIsNoOriginIsRefused(String text) {
        assertThat(FrameAncestors.type().parse(text).isRejected()).isTrue();
    }
}
