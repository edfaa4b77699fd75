package io.sdros.telemetry.nats.connection;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Layers TLS over connected sockets, in the name of one host whatever address they are connected to. */
final class HostVerifyingSocketFactory extends SSLSocketFactory {
    private final SSLSocketFactory factory;
    private final String host;

    HostVerifyingSocketFactory(SSLSocketFactory factory, String host) {
        this.factory = factory;
        this.host = host;
    }

    @Override
    public Socket createSocket(Socket connected, String address, int port, boolean autoClose) throws IOException {
        SSLSocket socket = (SSLSocket) factory.createSocket(connected, host, port, autoClose);
        SSLParameters parameters = socket.getSSLParameters();
        // The rules of HTTPS are the ones NATS follows too; Java has no other name for them.
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        return socket;
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return factory.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return factory.getSupportedCipherSuites();
    }

    @Override
    public Socket createSocket(String address, int port) {
        throw onlyLayered();
    }

    @Override
    public Socket createSocket(String address, int port, InetAddress local, int localPort) {
        throw onlyLayered();
    }

    @Override
    public Socket createSocket(InetAddress address, int port) {
        throw onlyLayered();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress local, int localPort) {
        throw onlyLayered();
    }

    private static UnsupportedOperationException onlyLayered() {
        return new UnsupportedOperationException("only over a connected socket");
    }
}
