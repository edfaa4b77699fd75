package io.sdros.server.tls;

import java.nio.file.Path;

/** Where the certificate chain and its private key are, both PEM. Read again with {@link TlsIdentity#load} when they change. */
public record TlsFiles(Path certificateFile, Path keyFile) {
}
