package io.sdros.transport.undertow;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Lets one thread at a time write, and nobody wait: whoever finds the claim free holds it and writes, everybody else only
 * counts up that there is more to do. What one holder has written down is there for the next. A base class, so that
 * claim and what it guards lie in one object: with a thousand clients every further one that a message touches is a cache
 * miss.
 */
abstract class ClaimedWriter {

    /**
     * How often a holder goes round again because somebody asked meanwhile. Then the I/O thread goes on: a client that
     * floods it with pings must not keep the publishing thread.
     */
    static final int MAX_ROUNDS = 2;

    private static final VarHandle WRITE_CLAIM;

    static {
        try {
            WRITE_CLAIM = MethodHandles.lookup().findVarHandle(ClaimedWriter.class, "writeClaim", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** 0: free. Otherwise held, and the number of drains that were asked for since. */
    private volatile int writeClaim;

    /** Holds the claim: writes what there is. */
    abstract void write(WriteContext context);

    /** No longer holds the claim: there is more to write, and the I/O thread is to do it. */
    abstract void writeLater();

    /** Writes what there is and the socket takes, up to a bound; the rest is left to the I/O thread. Never blocks. */
    final void drain(WriteContext context) {
        if ((int) WRITE_CLAIM.getAndAdd(this, 1) != 0) {
            return; // pairs with the subtraction by the holder, which sees it and goes round again
        }
        int seen = 1;
        try {
            for (int round = 0; seen != 0 && round < MAX_ROUNDS; round++) {
                write(context);
                seen = (int) WRITE_CLAIM.getAndAdd(this, -seen) - seen; // publishes what was written down to the next holder's getAndAdd
            }
        } finally {
            if (seen != 0) {
                WRITE_CLAIM.setVolatile(this, 0); // publishes likewise; who asked is served by what follows
                writeLater();
            }
        }
    }

    /** For tests; any thread. */
    final boolean claimIsFree() {
        return writeClaim == 0;
    }

    /** For {@link ClientWriter#prefetch}. */
    final int claim() {
        return writeClaim;
    }
}
