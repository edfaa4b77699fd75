package io.sdros.server.tls;

import io.sdros.server.text.Parsed;
import io.sdros.server.text.SmallFile;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/** Who the server proves to be: a certificate chain, the server's own first, and the private key of that one. */
public record TlsIdentity(List<X509Certificate> chain, PrivateKey privateKey) {

    static final String NOT_A_PAIR = "the key does not belong to the first certificate in SDR_TLS_CERT_FILE";

    public TlsIdentity {
        chain = List.copyOf(chain);
    }

    /**
     * Reads both files now; any thread. Rejected when one is unreadable or damaged, or when they do not belong
     * together (one may just be being replaced).
     */
    public static Parsed<TlsIdentity> load(TlsFiles files) {
        Parsed<List<X509Certificate>> chain = SmallFile.read(files.certificateFile()).then(file -> PemFile.certificates(file.text()));
        return chain.then(certificates -> SmallFile.read(files.keyFile())
            .then(file -> PemFile.privateKey(file.text()))
            .then(key -> PrivateKeys.belongTogether(key, certificates.get(0).getPublicKey())
                ? Parsed.of(new TlsIdentity(certificates, key))
                : Parsed.rejected(NOT_A_PAIR)));
    }

    @Override
    public String toString() {
        return "TlsIdentity[" + chain.get(0).getSubjectX500Principal() + "]";
    }
}
