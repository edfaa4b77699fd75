package io.sdros.telemetry.nats.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nats.client.NKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Compares with the keys of jnats, which are computed by another library. */
class NkeySeedTest {
    private static final byte[] NONCE = "a nonce".getBytes(StandardCharsets.UTF_8);

    @RepeatedTest(20)
    void signsAndNamesItselfAsJnatsDoes() throws Exception {
        NKey key = NKey.createUser(null);
        NkeySeed seed = NkeySeed.parse(new String(key.getSeed()));

        assertThat(seed.publicKey()).isEqualTo(new String(key.getPublicKey()));
        assertThat(seed.sign(NONCE)).isEqualTo(key.sign(NONCE));
    }

    @Test
    void refusesWhatIsNoUserSeed() throws Exception {
        NKey user = NKey.createUser(null);
        String seed = new String(user.getSeed());
        String flipped = seed.substring(0, 20) + (seed.charAt(20) == 'A' ? 'B' : 'A') + seed.substring(21);

        refuses(flipped, "checksum");
        refuses(seed.substring(0, 40), "length");
        refuses("", "length");
        refuses(seed.toLowerCase(java.util.Locale.ROOT), "base 32");
        refuses(new String(NKey.createAccount(null).getSeed()), "not the seed of a user");
    }

    private static void refuses(String text, String problem) {
        assertThatThrownBy(() -> NkeySeed.parse(text)).isInstanceOf(GeneralSecurityException.class)
                .hasMessageContaining(problem);
    }
}
