package io.sdros.telemetry.nats.connection;

import io.nats.client.AuthHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The content of a credentials file: a user JWT with the NKey seed that answers the server's challenge, or such a seed
 * alone. Read anew for every attempt to connect, so that a renewed file is picked up without a restart.
 */
public final class CredentialsFile implements AuthHandler {
    private final Optional<String> jwt;
    private final NkeySeed seed;

    private CredentialsFile(Optional<String> jwt, NkeySeed seed) {
        this.jwt = jwt;
        this.seed = seed;
    }

    /**
     * Reads the file.
     *
     * @throws IOException              if it cannot be read
     * @throws GeneralSecurityException if it holds no credentials; the message does not quote it
     */
    static CredentialsFile read(Path file) throws IOException, GeneralSecurityException {
        return parse(Files.readAllLines(file));
    }

    /** The same from the file's lines. */
    public static CredentialsFile parse(List<String> lines) throws GeneralSecurityException {
        // Lines of dashes frame the values; what stands outside of frames is comment, unless there is no frame at all.
        List<String> framed = new ArrayList<>();
        List<String> bare = new ArrayList<>();
        boolean inside = false;
        for (String line : lines) {
            String text = line.strip();
            if (text.startsWith("---")) {
                inside = text.contains("BEGIN");
            } else if (!text.isEmpty()) {
                (inside ? framed : bare).add(text);
            }
        }
        List<String> values = framed.isEmpty() ? bare : framed;
        Optional<String> seed = values.stream().filter(value -> value.startsWith("S")).findFirst();
        Optional<String> jwt = values.stream().filter(value -> value.startsWith("ey")).findFirst();
        if (seed.isEmpty()) {
            throw new GeneralSecurityException("it contains no NKey seed");
        }
        return new CredentialsFile(jwt, NkeySeed.parse(seed.get()));
    }

    @Override
    public byte[] sign(byte[] nonce) {
        try {
            return seed.sign(nonce);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime cannot sign with Ed25519", e);
        }
    }

    /** Empty with a JWT, which names the key itself. */
    @Override
    public char[] getID() {
        if (jwt.isPresent()) {
            return new char[0];
        }
        try {
            return seed.publicKey().toCharArray();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    @Override
    public char[] getJWT() {
        return jwt.orElse("").toCharArray();
    }
}
