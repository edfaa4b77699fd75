package io.sdros.transport.undertow.http;

import io.undertow.UndertowOptions;
import io.undertow.connector.ByteBufferPool;
import io.undertow.protocols.ssl.UndertowXnioSsl;
import io.undertow.server.HttpHandler;
import io.undertow.server.protocol.http.HttpOpenListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;

/**
 * XNIO's threads and Undertow's HTTP parser on one listening socket. Put together by hand and not through
 * {@code Undertow.builder()}, which hides the bind failure, the bound address and the I/O threads.
 */
public final class HttpListener {

    private static final int BACKLOG = 4096; // the kernel takes the minimum of this and its own limit
    // Outside the heap there is room for what 1024 connections hold on to in the worst case; the shipped options allow 64 MiB.
    private static final int BUFFER_BYTES = 8 * 1024;
    private static final int BUFFERS = 1024;
    private static final int TLS_BUFFER_BYTES = 17 * 1024; // a record, and what TLS adds to it
    private static final int TLS_BUFFERS = 1024;
    private static final int HTTP_SEND_BUFFER_BYTES = 64 * 1024;
    private static final int WORKER_THREADS = 2;
    private static final int MAX_HEADER_BYTES = 16 * 1024;
    private static final int MAX_HEADERS = 100;
    private static final int MAX_PARAMETERS = 32;
    private static final long MAX_BODY_BYTES = 64 * 1024;
    private static final int TERMINATION_MILLIS = 1000;

    private final XnioWorker worker;
    private final ByteBufferPool buffers = new BoundedBufferPool(BUFFER_BYTES, BUFFERS);
    private final ByteBufferPool tlsBuffers = new BoundedBufferPool(TLS_BUFFER_BYTES, TLS_BUFFERS);
    private AcceptingChannel<? extends StreamConnection> accepting;

    public HttpListener(int ioThreads) {
        try {
            worker = Xnio.getInstance(HttpListener.class.getClassLoader()).createWorker(OptionMap.builder()
                    .set(Options.WORKER_NAME, "http")
                    .set(Options.WORKER_IO_THREADS, ioThreads)
                    .set(Options.WORKER_TASK_CORE_THREADS, 1)
                    .set(Options.WORKER_TASK_MAX_THREADS, WORKER_THREADS)
                    .getMap());
        } catch (IOException e) {
            throw new IllegalStateException("The I/O threads cannot be started", e);
        }
    }

    /** All I/O threads; each one's {@code getNumber()} is its index. */
    public XnioIoThread[] ioThreads() {
        XnioIoThread[] threads = new XnioIoThread[worker.getIoThreadCount()];
        for (int i = 0; i < threads.length; i++) {
            XnioIoThread thread = worker.getIoThread(i); // any number is hashed; this one hashes to itself
            threads[thread.getNumber()] = thread;
        }
        return threads;
    }

    /**
     * Returns the address really bound. With TLS, plain HTTP is not answered.
     *
     * @param connections accepted at a time, and no more
     * @throws IOException                if the address cannot be bound
     * @throws UnresolvedAddressException if it is a name that nobody knows
     */
    public InetSocketAddress listen(InetSocketAddress address, ConnectionAcceptor acceptor, HttpHandler root, HttpLimits limits,
            int sendBufferBytes, int connections, Optional<SSLContext> tls) throws IOException {
        HttpOpenListener http = new HttpOpenListener(buffers, httpOptions(limits));
        http.setRootHandler(root);
        Optional<UndertowXnioSsl> ssl = tls.map(
                context -> new UndertowXnioSsl(worker.getXnio(), OptionMap.EMPTY, tlsBuffers, context));
        accepting = worker.createStreamConnectionServer(address, acceptor.forwardingTo(http, ssl),
                socketOptions(sendBufferBytes, connections));
        accepting.resumeAccepts();
        return accepting.getLocalAddress(InetSocketAddress.class);
    }

    /** Idempotent. */
    public void stopAccepting() {
        IoUtils.safeClose(accepting);
    }

    /** Closes whatever is still open and waits for the threads. */
    public void stop() throws InterruptedException {
        stopAccepting();
        worker.shutdownNow();
        worker.awaitTermination(TERMINATION_MILLIS, TimeUnit.MILLISECONDS);
        buffers.close();
        tlsBuffers.close();
    }

    /** The same without waiting. */
    public void stopNow() {
        stopAccepting();
        worker.shutdownNow();
    }

    private static OptionMap httpOptions(HttpLimits limits) {
        return OptionMap.builder()
                .set(UndertowOptions.MAX_HEADER_SIZE, MAX_HEADER_BYTES)
                .set(UndertowOptions.MAX_HEADERS, MAX_HEADERS)
                .set(UndertowOptions.MAX_PARAMETERS, MAX_PARAMETERS)
                .set(UndertowOptions.MAX_ENTITY_SIZE, MAX_BODY_BYTES)
                // Not IDLE_TIMEOUT and not READ_TIMEOUT: their conduits stay on an upgraded connection.
                .set(UndertowOptions.REQUEST_PARSE_TIMEOUT, (int) limits.requestTimeout().toMillis())
                .set(UndertowOptions.NO_REQUEST_TIMEOUT, (int) limits.keepAliveTimeout().toMillis())
                .set(UndertowOptions.ALWAYS_SET_KEEP_ALIVE, false)
                .set(UndertowOptions.ENABLE_HTTP2, false)
                .getMap();
    }

    private static OptionMap socketOptions(int sendBufferBytes, int connections) {
        OptionMap.Builder options = OptionMap.builder()
                .set(Options.TCP_NODELAY, true)
                .set(Options.REUSE_ADDRESSES, true)
                .set(Options.KEEP_ALIVE, true)
                .set(Options.CONNECTION_HIGH_WATER, connections)
                .set(Options.BACKLOG, BACKLOG);
        if (sendBufferBytes > 0) {
            // What a viewer may have is more than whoever fetches no answers should keep in the kernel.
            options.set(Options.SEND_BUFFER, Math.min(sendBufferBytes, HTTP_SEND_BUFFER_BYTES));
        }
        return options.getMap();
    }
}
