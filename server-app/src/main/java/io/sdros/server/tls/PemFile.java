package io.sdros.server.tls;

import io.sdros.server.text.Parsed;
import java.io.ByteArrayInputStream;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates and private keys out of PEM text. Text between the blocks is ignored, and so are blocks of other kinds. */
public final class PemFile {

    private static final Pattern BLOCK = Pattern.compile("-----BEGIN (?<label>[A-Z0-9 ]+)-----(?<body>.*?)-----END \\k<label>-----", Pattern.DOTALL);
    private static final String CERTIFICATE = "CERTIFICATE";

    private PemFile() {
    }

    /** The certificates in the order of the file; at least one. */
    public static Parsed<List<X509Certificate>> certificates(String pem) {
        return blocks(pem).then(blocks -> {
            List<X509Certificate> chain = new ArrayList<>();
            try {
                CertificateFactory factory = CertificateFactory.getInstance("X.509");
                for (PemBlock block : blocks) {
                    if (block.label().equals(CERTIFICATE)) {
                        chain.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.der())));
                    }
                }
            } catch (CertificateException e) {
                return Parsed.rejected("certificate " + (chain.size() + 1) + " in it is damaged");
            }
            return chain.isEmpty() ? Parsed.rejected("it has no \"BEGIN CERTIFICATE\" block") : Parsed.of(List.copyOf(chain));
        });
    }

    /** The first private key. */
    public static Parsed<PrivateKey> privateKey(String pem) {
        return blocks(pem).then(blocks -> {
            for (PemBlock block : blocks) {
                if (block.label().endsWith("PRIVATE KEY")) {
                    // The older encryption is announced in header lines, which are not base 64 and end up as an empty block.
                    return block.der().length == 0 ? Parsed.rejected(PrivateKeys.ENCRYPTED) : PrivateKeys.decode(block);
                }
            }
            return Parsed.rejected("it has no \"BEGIN … PRIVATE KEY\" block");
        });
    }

    private static Parsed<List<PemBlock>> blocks(String pem) {
        List<PemBlock> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(pem);
        while (matcher.find()) {
            String body = matcher.group("body");
            boolean headerLines = body.indexOf(':') >= 0;
            try {
                byte[] der = headerLines ? new byte[0] : Base64.getMimeDecoder().decode(body);
                blocks.add(new PemBlock(matcher.group("label"), der));
            } catch (IllegalArgumentException e) {
                return Parsed.rejected("block " + (blocks.size() + 1) + " in it is damaged");
            }
        }
        return Parsed.of(blocks);
    }
}
