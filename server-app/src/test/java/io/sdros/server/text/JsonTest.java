package io.sdros.server.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    @Test
    void writesFieldsInOrder() {
        String json = new Json().put("text", "a").put("number", -5).put("truth", true).put("absent", OptionalLong.empty())
            .put("present", OptionalLong.of(7)).putUnsigned("unsigned", -1).toString();

        assertThat(json).isEqualTo(
            "{\"text\":\"a\",\"number\":-5,\"truth\":true,\"absent\":null,\"present\":7,\"unsigned\":18446744073709551615}");
    }

    @Test
    void writesAnEmptyObject() {
        assertThat(new Json()).hasToString("{}");
    }

    @Test
    void escapesWhatBreaksAString() {
        assertThat(Json.quote("say \"hi\"\\\n\r\t\u0000\u001b[31m\u007f\u0085")).isEqualTo(
            "\"say \\\"hi\\\"\\\\\\n\\r\\t\\u0000\\u001b[31m\\u007f\\u0085\"");
        assertThat(new Json().put("a\"b", "c")).hasToString("{\"a\\\"b\":\"c\"}");
    }

    @Test
    void escapesLineSeparatorsAndDirectionMarks() {
        assertThat(Json.escape("\u2028\u2029\u202e\ufeff")).isEqualTo("\\u2028\\u2029\\u202e\\ufeff");
    }

    @Test
    void escapesHalvesOfCharacters() {
        assertThat(Json.escape("\ud83d")).isEqualTo("\\ud83d");
        assertThat(Json.escape("\ude00x")).isEqualTo("\\ude00x");
        assertThat(Json.escape("\ud83dx")).isEqualTo("\\ud83dx");
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "größe", "日本", "\ud83d\ude00", "a/b", "it's"})
    void leavesTheRestAlone(String text) {
        assertThat(Json.escape(text)).isEqualTo(text);
    }
}
