/**
 * The server's certificate and private key: PEM files, and what the handshakes of new connections use.
 */
package io.sdros.server.tls;
