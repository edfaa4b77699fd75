package io.sdros.server.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.server.text.Parsed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class TlsIdentityTest {

    /** Made with: openssl ecparam -name prime256v1 -genkey -noout. Protects nothing. */
    private static final String SEC1_KEY = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEILGCkRMpPYP8zQFYQRGbF7vJYpB9VANxeMuWvEcMRQE9oAoGCCqGSM49
        AwEHoUQDQgAENuGIFyU7D2DEVPK899rjqS9BGmaeWJOvebWq+pXmJtcGycFcSMKj
        SOOrTVuyhhIYTvQGdYMcPWwpU2kXyV1cPQ==
        -----END EC PRIVATE KEY-----
        """;
    /** What stands before the PKCS#1 key in the PKCS#8 form of an RSA key of 2048 bits. */
    private static final int PKCS8_PREFIX_BYTES = 26;

    @TempDir
    private static Path folder;
    private static TestIdentity rsa;
    private static TestIdentity otherRsa;
    private static TestIdentity ec;
    private static TestIdentity otherEc;
    private static TestIdentity ed25519;

    @BeforeAll
    static void createKeys() throws Exception {
        rsa = TestIdentity.create(folder, "rsa", "-keyalg", "RSA", "-keysize", "2048");
        otherRsa = TestIdentity.create(folder, "otherrsa", "-keyalg", "RSA", "-keysize", "2048");
        ec = TestIdentity.create(folder, "ec", "-keyalg", "EC", "-groupname", "secp256r1");
        otherEc = TestIdentity.create(folder, "otherec", "-keyalg", "EC", "-groupname", "secp384r1");
        ed25519 = TestIdentity.create(folder, "ed", "-keyalg", "Ed25519");
    }

    @Test
    void loadsEveryKindOfKey() {
        for (TestIdentity identity : new TestIdentity[] {rsa, ec, otherEc, ed25519}) {
            Parsed<TlsIdentity> loaded = TlsIdentity.load(new TlsFiles(identity.certificateFile(), identity.keyFile()));

            assertThat(loaded.detail()).isEmpty();
            assertThat(loaded.value().orElseThrow().privateKey().getEncoded()).isEqualTo(identity.pkcs8());
        }
    }

    @Test
    void refusesAKeyOfAnotherCertificate() {
        for (TestIdentity key : new TestIdentity[] {rsa, otherEc, ed25519}) {
            Parsed<TlsIdentity> loaded = TlsIdentity.load(new TlsFiles(ec.certificateFile(), key.keyFile()));

            assertThat(loaded.detail()).isEqualTo("the key does not belong to the first certificate in SDR_TLS_CERT_FILE");
        }
        for (TestIdentity key : new TestIdentity[] {ec, otherRsa}) {
            assertThat(TlsIdentity.load(new TlsFiles(rsa.certificateFile(), key.keyFile())).isRejected()).isTrue();
        }
    }

    @Test
    void readsAWholeChainAndIgnoresWhatIsBetween() throws IOException {
        String chain = "Bag Attributes\n  name: x\n" + Files.readString(ec.keyFile()) + Files.readString(ec.certificateFile()) + "# issuer\r\n"
            + Files.readString(rsa.certificateFile()).replace("\n", "\r\n");
        Path file = Files.writeString(folder.resolve("chain.pem"), chain);

        TlsIdentity identity = TlsIdentity.load(new TlsFiles(file, file)).value().orElseThrow();

        assertThat(identity.chain()).extracting(certificate -> certificate.getSubjectX500Principal().getName())
                .containsExactly("CN=ec", "CN=rsa");
        assertThat(identity).hasToString("TlsIdentity[CN=ec]");
    }

    @Test
    void readsPkcs1Keys() throws IOException {
        byte[] pkcs1 = Arrays.copyOfRange(rsa.pkcs8(), PKCS8_PREFIX_BYTES, rsa.pkcs8().length);
        Path key = Files.writeString(folder.resolve("pkcs1.key"), TestIdentity.pem("RSA PRIVATE KEY", pkcs1));

        assertThat(TlsIdentity.load(new TlsFiles(rsa.certificateFile(), key)).value().orElseThrow().privateKey()
                .getEncoded()).isEqualTo(rsa.pkcs8());
    }

    @Test
    void readsSec1KeysOfEveryCurve() throws IOException {
        assertThat(PemFile.privateKey(SEC1_KEY).value().orElseThrow().getAlgorithm()).isEqualTo("EC");
        for (TestIdentity identity : new TestIdentity[] {ec, otherEc}) {
            Path key = Files.writeString(folder.resolve("sec1.key"), TestIdentity.pem("EC PRIVATE KEY", sec1(identity.pkcs8())));

            Parsed<TlsIdentity> loaded = TlsIdentity.load(new TlsFiles(identity.certificateFile(), key));

            assertThat(loaded.detail()).isEmpty();
        }
    }

    /** What is in the PKCS#8 form of an EC key is its SEC 1 form without the curve, which is put in again. */
    private static byte[] sec1(byte[] pkcs8) {
        int algorithm = 2 + 3;
        int curve = algorithm + 2 + 2 + pkcs8[algorithm + 3];
        int curveBytes = 2 + pkcs8[curve + 1];
        int inner = algorithm + 2 + pkcs8[algorithm + 1] + 2;
        byte[] without = Arrays.copyOfRange(pkcs8, inner, pkcs8.length);
        ByteBuffer with = ByteBuffer.allocate(without.length + 2 + curveBytes);
        with.put(without).put((byte) 0xA0).put((byte) curveBytes).put(pkcs8, curve, curveBytes);
        with.put(1, (byte) (without[1] + 2 + curveBytes));
        return with.array();
    }

    @Test
    void refusesPkcs1KeysThatAreCutShort() {
        byte[] pkcs1 = Arrays.copyOfRange(rsa.pkcs8(), PKCS8_PREFIX_BYTES, rsa.pkcs8().length);
        for (int length = 0; length < pkcs1.length; length += 7) {
            String pem = TestIdentity.pem("RSA PRIVATE KEY", Arrays.copyOf(pkcs1, length));
            assertThat(PemFile.privateKey(pem).isRejected()).as("%d bytes", length).isTrue();
        }
    }

    @Test
    void refusesDamagedSec1KeysAtEveryLength() {
        byte[] sec1 = Base64.getMimeDecoder().decode(SEC1_KEY.replaceAll("-----.*-----", ""));
        for (int length = 0; length < sec1.length; length++) {
            String pem = TestIdentity.pem("EC PRIVATE KEY", Arrays.copyOf(sec1, length));
            assertThat(PemFile.privateKey(pem).isRejected()).as("%d bytes", length).isTrue();
        }
    }

    @Test
    void explainsWhatIsWrongWithAKey() {
        String headers = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";

        assertThat(PemFile.privateKey(headers).detail()).startsWith("the key is encrypted");
        assertThat(PemFile.privateKey(TestIdentity.pem("ENCRYPTED PRIVATE KEY", new byte[] {1})).detail()).startsWith("the key is encrypted");
        assertThat(PemFile.privateKey(TestIdentity.pem("PRIVATE KEY", new byte[] {1})).detail()).startsWith("the private key is damaged");
        assertThat(PemFile.privateKey(TestIdentity.pem("DSA PRIVATE KEY", new byte[] {1})).detail()).startsWith("a \"DSA PRIVATE KEY\" is not supported");
        assertThat(PemFile.privateKey("nothing").detail()).isEqualTo("it has no \"BEGIN … PRIVATE KEY\" block");
        assertThat(PemFile.privateKey("-----BEGIN PRIVATE KEY-----\nA\n-----END PRIVATE KEY-----").detail()).isEqualTo("block 1 in it is damaged");
    }

    @Test
    void explainsWhatIsWrongWithACertificate() throws IOException {
        assertThat(PemFile.certificates("nothing").detail()).isEqualTo("it has no \"BEGIN CERTIFICATE\" block");
        assertThat(PemFile.certificates(Files.readString(rsa.certificateFile()) + TestIdentity.pem("CERTIFICATE",
                new byte[] {1, 2})).detail())
            .isEqualTo("certificate 2 in it is damaged");
        assertThat(TlsIdentity.load(new TlsFiles(folder.resolve("none"), rsa.keyFile())).detail()).isEqualTo("there is no such file");
    }
}
