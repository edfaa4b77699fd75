package io.sdros.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsCertificatesTest {

    @Test
    void aLookThatFailsWithAnExceptionDoesNotEndTheWatch(@TempDir Path folder) throws Exception {
        TestIdentity identity = TestIdentity.create(folder, "cam", "-keyalg", "EC", "-groupname", "secp256r1");
        FileSystem volume = FileSystems.newFileSystem(folder.resolve("volume.zip"), Map.of("create", "true"));
        TlsFiles files = new TlsFiles(Files.copy(identity.certificateFile(), volume.getPath("/cert.pem")),
                Files.copy(identity.keyFile(), volume.getPath("/key.pem")));
        try (TlsCertificates certificates = new TlsCertificates(files)) {
            volume.close(); // what is asked of its files from here on throws

            assertThatCode(() -> Files.exists(files.keyFile())).as("what the look meets").isInstanceOf(RuntimeException.class);
            assertThatCode(certificates::look).doesNotThrowAnyException();
            assertThat(certificates.context()).isNotNull();
        }
    }
}
