package io.sdros.transport.undertow.ws;

/** WebSocket close codes (RFC 6455 §7.4 and the IANA registry). */
public final class CloseCodes {

    public static final int GOING_AWAY = 1001;
    static final int PROTOCOL_ERROR = 1002;
    /** Never on the wire: the close frame had no body. */
    public static final int NO_STATUS = 1005;
    public static final int BAD_DATA = 1007;
    public static final int POLICY = 1008;
    public static final int TOO_BIG = 1009;
    public static final int KEYFRAME_TIMEOUT = 4408;

    private CloseCodes() {
    }

    /** Whether a peer may put this code into a close frame. */
    static boolean legalOnWire(int code) {
        if (code >= 3000) {
            return code <= 4999;
        }
        // 1004 is reserved; 1005 and 1006 mean "none was sent"; 1012 to 1014 were registered after the RFC.
        return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
    }
}
