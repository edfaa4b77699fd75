package io.sdros.transport.undertow.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.transport.undertow.Bytes;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenCheckTest {

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {
        "Bearer s3cr+t=/, '', true",
        "bearer s3cr+t=/, '', true",
        "Bearer  s3cr+t=/ , '', true",
        "'', token=s3cr+t=/, true",
        "'', token=s3cr%2Bt%3D%2f, true",
        "'', a=b&token=s3cr+t=/&c=d, true",
        "Basic abc, token=s3cr+t=/, true",
        "'', '', false",
        "Bearer, '', false",
        "Bearer s3cr, '', false",
        "Bearer s3cr+t=/x, '', false",
        "s3cr+t=/, '', false",
        "'', token=, false",
        "'', token=S3cr+t=/, false",
        "'', xtoken=s3cr+t=/, false",
        "'', token=s3cr%2, false",
        "'', token=%zz, false",
    })
    void accepts(String authorization, String query, boolean accepted) {
        assertThat(new TokenCheck("s3cr+t=/").accepts(authorization, query)).isEqualTo(accepted);
    }

    @Test
    void notOnlyAscii() {
        String asHeaderBytes = new String(Bytes.utf8("schlüssel€"), StandardCharsets.ISO_8859_1);
        TokenCheck check = new TokenCheck("schlüssel€");
        assertThat(check.accepts("Bearer " + asHeaderBytes, "")).isTrue();
        assertThat(check.accepts("", "token=schl%C3%BCssel%E2%82%AC")).isTrue();
    }
}
