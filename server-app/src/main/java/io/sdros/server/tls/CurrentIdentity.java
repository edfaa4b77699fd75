package io.sdros.server.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * Answers handshakes with the identity in use at the moment. Any thread.
 *
 * <p>Each identity has an alias of its own, so that a handshake that began with one ends with the same.
 */
final class CurrentIdentity extends X509ExtendedKeyManager {
    private final AtomicInteger changes = new AtomicInteger();
    private final Map<String, TlsIdentity> byAlias = new ConcurrentHashMap<>();
    private volatile String alias = "";

    CurrentIdentity(TlsIdentity identity) {
        use(identity);
    }

    /** New handshakes get this; the one before stays for those under way, older ones are forgotten. */
    void use(TlsIdentity identity) {
        String before = alias;
        String name = "identity-" + changes.incrementAndGet();
        byAlias.put(name, identity);
        alias = name;
        byAlias.keySet().removeIf(known -> !known.equals(name) && !known.equals(before));
    }

    TlsIdentity identity() {
        return byAlias.get(alias);
    }

    @Override
    public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
        return fits(keyType) ? alias : null;
    }

    @Override
    public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        return chooseEngineServerAlias(keyType, issuers, null);
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
        return fits(keyType) ? new String[] {alias} : null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String name) {
        TlsIdentity identity = byAlias.get(name);
        return identity == null ? null : identity.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String name) {
        TlsIdentity identity = byAlias.get(name);
        return identity == null ? null : identity.privateKey();
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
        return null;
    }

    @Override
    public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
        return null;
    }

    /** JSSE names the key it could use by algorithm, RSA-PSS and both Edwards curves by names of their own. */
    private boolean fits(String keyType) {
        String algorithm = identity().privateKey().getAlgorithm();
        return keyType.equals(algorithm)
                || keyType.equals("RSASSA-PSS") && algorithm.equals("RSA")
                || keyType.startsWith("Ed") && algorithm.startsWith("Ed");
    }
}
