package io.sdros.telemetry.nats;

import io.nats.client.NKey;
import io.nats.client.support.JsonSerializable;
import io.nats.client.support.JwtUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;

/** An operator with one account, and users of it. Keys and JWTs are issued by jnats. */
final class TestOperator {
    private final NKey operator = NKey.createOperator(null);
    private final NKey account = NKey.createAccount(null);

    TestOperator() throws IOException, GeneralSecurityException {
    }

    /** The part of a server's configuration that makes it trust this operator. */
    String serverConfiguration() throws IOException, GeneralSecurityException {
        String operatorJwt = issue(operator, "operator", "{\"type\":\"operator\",\"version\":2}");
        String accountJwt = issue(account, "account", "{\"type\":\"account\",\"version\":2,\"limits\":{\"subs\":-1,\"data\":-1,"
                + "\"payload\":-1,\"imports\":-1,\"exports\":-1,\"wildcards\":true,\"conn\":-1,\"leaf\":-1}}");
        return "operator: \"" + operatorJwt + "\"\nresolver: MEMORY\nresolver_preload: { "
                + new String(account.getPublicKey()) + ": \"" + accountJwt + "\" }\n";
    }

    void writeCredentials(Path file) throws IOException, GeneralSecurityException {
        NKey user = NKey.createUser(null);
        String jwt = JwtUtils.issueUserJWT(account, new String(account.getPublicKey()), new String(user.getPublicKey()));
        Files.writeString(file, String.format(JwtUtils.NATS_USER_JWT_FORMAT, jwt, new String(user.getSeed())));
    }

    private String issue(NKey subject, String name, String claims) throws IOException, GeneralSecurityException {
        JsonSerializable nats = () -> claims;
        return JwtUtils.issueJWT(operator, new String(subject.getPublicKey()), name, null,
                System.currentTimeMillis() / 1_000, new String(operator.getPublicKey()), nats);
    }
}
