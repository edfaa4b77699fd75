package io.sdros.transport.undertow.sdr2;

import io.sdros.transport.undertow.ws.Opcode;
import io.sdros.transport.undertow.ws.OutboundFrame;
import io.sdros.transport.undertow.ws.WsFrameHeader;
import java.nio.charset.StandardCharsets;

/** The type byte 0x09 and a JSON object. */
public final class StateMessage {

    private StateMessage() {
    }

    /** The whole WebSocket message. */
    public static OutboundFrame of(String json) {
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        int typeOffset = WsFrameHeader.headerBytes(1 + text.length);
        byte[] array = new byte[typeOffset + 1 + text.length];
        WsFrameHeader.writeBefore(array, typeOffset, Opcode.BINARY, 1 + text.length);
        array[typeOffset] = Subprotocol.STATE;
        System.arraycopy(text, 0, array, typeOffset + 1, text.length);
        return new OutboundFrame(array, 0, array.length);
    }
}
