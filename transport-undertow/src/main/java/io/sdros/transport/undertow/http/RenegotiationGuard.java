package io.sdros.transport.undertow.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLException;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Sits below the TLS layer, looks at the heads of the records, which nobody encrypts, and ends a connection whose client
 * wants to negotiate anew: a handshake costs the server far more than the client, and TLS 1.3 has no such thing. The
 * JDK's own switch is read once per process, before anybody could ask for it.
 *
 * <pre>
 * record: | type 1 | version 2 | length 2 | length bytes ... |      all big-endian
 * </pre>
 *
 * After its first "change cipher spec" (type 20) a client has one handshake record (22) left to send: in TLS 1.2 its
 * Finished, in TLS 1.3 a second hello, if it was asked for one; what follows there has the type of data (23).
 */
public final class RenegotiationGuard extends AbstractStreamSourceConduit<StreamSourceConduit> {

    private static final int CHANGE_CIPHER_SPEC = 20;
    private static final int HANDSHAKE = 22;
    private static final int HEAD_BYTES = 5;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private ByteBuffer first;
    private int headBytes;
    private int type;
    private int lengthBytes;
    private int leftBytes;
    private boolean cipherChanged;
    private int handshakesSince;

    /** @param first what was read from the socket already */
    RenegotiationGuard(StreamSourceConduit socket, ByteBuffer first) {
        super(socket);
        this.first = first;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        int begin = target.position();
        int count = first.hasRemaining() ? fromFirst(target) : super.read(target);
        look(target, begin, target.position());
        return count;
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) {
            if (targets[i].hasRemaining()) {
                return read(targets[i]);
            }
        }
        return 0;
    }

    private int fromFirst(ByteBuffer target) {
        int count = Math.min(first.remaining(), target.remaining());
        target.put(first.slice().limit(count));
        first.position(first.position() + count);
        if (!first.hasRemaining()) {
            first = NOTHING; // the connection may last for days
        }
        return count;
    }

    private void look(ByteBuffer read, int begin, int end) throws SSLException {
        int at = begin;
        while (at < end) {
            if (leftBytes > 0) {
                int skipped = Math.min(leftBytes, end - at);
                leftBytes -= skipped;
                at += skipped;
            } else {
                head(read.get(at++) & 0xFF);
            }
        }
    }

    private void head(int octet) throws SSLException {
        if (headBytes == 0) {
            type = octet;
            lengthBytes = 0;
        } else if (headBytes >= HEAD_BYTES - 2) {
            lengthBytes = lengthBytes << 8 | octet;
        }
        if (++headBytes == HEAD_BYTES) {
            headBytes = 0;
            leftBytes = lengthBytes;
            begun();
        }
    }

    private void begun() throws SSLException {
        if (type == CHANGE_CIPHER_SPEC) {
            cipherChanged = true;
        } else if (type == HANDSHAKE && cipherChanged && ++handshakesSince > 1) {
            throw new SSLException("The client wants to renegotiate");
        }
    }
}
