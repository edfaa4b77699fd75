package io.sdros.server.tls;

/** One block of a PEM text: what its first line calls it, and the bytes its base 64 text stands for. */
record PemBlock(String label, byte[] der) {
}
