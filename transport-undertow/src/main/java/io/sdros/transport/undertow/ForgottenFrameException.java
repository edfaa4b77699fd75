package io.sdros.transport.undertow;

import java.io.IOException;

/**
 * A client holds on, in the middle of a write, to a frame that the bound on memory has let go of: it can neither be sent
 * to the end, for that keeps it alive, nor be left out, for the rest of the message is due.
 */
final class ForgottenFrameException extends IOException {

    private static final long serialVersionUID = 1L;

    ForgottenFrameException() {
        super("the rest of a frame would be held for too long");
    }
}
