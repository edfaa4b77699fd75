package io.sdros.telemetry.nats.connection;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Makes the TLS context of one attempt to connect. */
final class TlsContexts {
    private TlsContexts() {
    }

    /**
     * A context that trusts the certificates in a PEM file, or those the JVM trusts if there is none, and insists on the
     * server being who it was called.
     *
     * @param host the name or address from the server list, which the server's certificate must be made out for
     */
    static SSLContext forHost(String host, Optional<Path> caFile) throws IOException, GeneralSecurityException {
        SSLContext context = caFile.isPresent() ? trusting(caFile.get()) : SSLContext.getDefault();
        return new HostVerifyingContext(context, host);
    }

    private static SSLContext trusting(Path caFile) throws IOException, GeneralSecurityException {
        Collection<? extends Certificate> authorities;
        try (InputStream in = Files.newInputStream(caFile)) {
            authorities = CertificateFactory.getInstance("X.509").generateCertificates(in);
        }
        if (authorities.isEmpty()) {
            throw new GeneralSecurityException("it contains no certificate");
        }
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        int number = 0;
        for (Certificate authority : authorities) {
            trusted.setCertificateEntry("ca-" + number++, authority);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        return context;
    }
}
