package io.sdros.transport.undertow;

import io.sdros.transport.undertow.ws.CloseCodes;
import io.sdros.transport.undertow.ws.ControlFrames;
import io.sdros.transport.undertow.ws.OutboundFrame;

/** Why a connection is to be closed and what the close frame says. */
record CloseRequest(int code, String text, ClosedReason reason) {

    static final CloseRequest SHUTDOWN =
            new CloseRequest(CloseCodes.GOING_AWAY, "server stopping", ClosedReason.SHUTDOWN);
    static final CloseRequest REMOVED =
            new CloseRequest(CloseCodes.GOING_AWAY, "stream removed", ClosedReason.SHUTDOWN);
    static final CloseRequest IDLE =
            new CloseRequest(CloseCodes.GOING_AWAY, "no sign of life", ClosedReason.IDLE);
    static final CloseRequest KEYFRAME_TIMEOUT =
            new CloseRequest(CloseCodes.KEYFRAME_TIMEOUT, "no keyframe", ClosedReason.KEYFRAME_TIMEOUT);
    static final CloseRequest TOO_MANY =
            new CloseRequest(CloseCodes.POLICY, "too many messages", ClosedReason.TOO_MANY);

    /** The answer to the client's own close frame, with the same code. */
    static CloseRequest reply(int code) {
        return new CloseRequest(code, "", ClosedReason.CLIENT);
    }

    static CloseRequest violation(int code, String text) {
        return new CloseRequest(code, text, switch (code) {
            case CloseCodes.BAD_DATA -> ClosedReason.BAD_DATA;
            case CloseCodes.TOO_BIG -> ClosedReason.TOO_BIG;
            default -> ClosedReason.PROTOCOL_ERROR;
        });
    }

    OutboundFrame frame() {
        return ControlFrames.close(code, text);
    }
}
