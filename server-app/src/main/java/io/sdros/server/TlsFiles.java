package io.sdros.server;

import java.nio.file.Path;

/** Where the certificate chain and its private key are, both PEM. Read again with {@link TlsIdentity#load} when they change. */
record TlsFiles(Path certificateFile, Path keyFile) {
}
