package io.sdros.transport.undertow.ws;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The receiving side of RFC 6455 for a server without extensions. Takes the byte stream in pieces of any size, keeps
 * nothing but a control frame's payload (at most 125 bytes) and, if it is told to, the beginning of a binary message, and
 * stops at the first violation. Other data is checked and counted, never stored. One thread.
 */
public final class FrameParser {

    /** Longest inbound text or binary message, over all its fragments. */
    static final int MAX_MESSAGE_BYTES = 64 * 1024;

    private static final int RSV_BITS = 0x70;
    private static final int OPCODE_BITS = 0x0F;
    private static final int MASK_BIT = 0x80;
    private static final int LENGTH_BITS = 0x7F;
    private static final int MASK_BYTES = 4;

    private enum Expect { FIRST_BYTE, SECOND_BYTE, LENGTH, MASK, PAYLOAD, NOTHING }

    private final FrameEvents events;
    private final Utf8Validator utf8 = new Utf8Validator();
    private final byte[] mask = new byte[MASK_BYTES];
    private final byte[] control = new byte[ControlFrames.MAX_PAYLOAD_BYTES];
    private final byte[] start;

    private Expect expect = Expect.FIRST_BYTE;
    private Opcode opcode = Opcode.CONTINUATION;
    private boolean fin;
    private int headerBytesLeft;
    private int lengthFieldBytes;
    private long payloadBytes;
    private int payloadPosition;

    private boolean messageOpen;
    private boolean messageIsText;
    private int messageBytes;
    private int startBytes;

    public FrameParser(FrameEvents events) {
        this(events, 0);
    }

    /** @param keptBytes so much of the beginning of each binary message is kept and told; 0: nothing */
    public FrameParser(FrameEvents events, int keptBytes) {
        this.events = events;
        start = new byte[keptBytes];
    }

    /** False once a close frame or a violation was reported: whatever comes now is to be discarded. */
    boolean open() {
        return expect != Expect.NOTHING;
    }

    /** Consumes everything up to the limit; after a close frame or a violation without looking at it. */
    public void feed(ByteBuffer in) {
        while (in.hasRemaining()) {
            switch (expect) {
                case FIRST_BYTE -> firstByte(in.get() & 0xFF);
                case SECOND_BYTE -> secondByte(in.get() & 0xFF);
                case LENGTH -> lengthByte(in.get() & 0xFF);
                case MASK -> maskByte(in.get());
                case PAYLOAD -> payload(in);
                default -> in.position(in.limit());
            }
        }
    }

    private void firstByte(int octet) {
        fin = (octet & WsFrameHeader.FIN) != 0;
        opcode = Opcode.of(octet & OPCODE_BITS);
        if ((octet & RSV_BITS) != 0) {
            violation(CloseCodes.PROTOCOL_ERROR, "reserved bit set");
        } else if (opcode == null) {
            violation(CloseCodes.PROTOCOL_ERROR, "reserved opcode");
        } else if (opcode.control()) {
            if (!fin) {
                violation(CloseCodes.PROTOCOL_ERROR, "fragmented control frame");
            } else {
                expect = Expect.SECOND_BYTE;
            }
        } else if (messageOpen != (opcode == Opcode.CONTINUATION)) {
            violation(CloseCodes.PROTOCOL_ERROR,
                    messageOpen ? "message within a message" : "continuation without a message");
        } else {
            if (!messageOpen) {
                messageOpen = true;
                messageIsText = opcode == Opcode.TEXT;
                messageBytes = 0;
                startBytes = 0;
                utf8.reset();
            }
            expect = Expect.SECOND_BYTE;
        }
    }

    private void secondByte(int octet) {
        int length = octet & LENGTH_BITS;
        if ((octet & MASK_BIT) == 0) {
            violation(CloseCodes.PROTOCOL_ERROR, "unmasked frame");
        } else if (opcode.control() && length > ControlFrames.MAX_PAYLOAD_BYTES) {
            violation(CloseCodes.PROTOCOL_ERROR, "control frame too long");
        } else if (length <= WsFrameHeader.MAX_SHORT_LENGTH) {
            payloadBytes = length;
            lengthKnown();
        } else {
            payloadBytes = 0;
            lengthFieldBytes = length == WsFrameHeader.LENGTH_16_BIT ? 2 : 8;
            headerBytesLeft = lengthFieldBytes;
            expect = Expect.LENGTH;
        }
    }

    private void lengthByte(int octet) {
        if (headerBytesLeft == 8 && (octet & 0x80) != 0) {
            violation(CloseCodes.PROTOCOL_ERROR, "negative length");
            return;
        }
        payloadBytes = payloadBytes << 8 | octet;
        if (--headerBytesLeft == 0) {
            int shorterFormMax = lengthFieldBytes == 2 ? WsFrameHeader.MAX_SHORT_LENGTH : WsFrameHeader.MAX_16_BIT_LENGTH;
            if (payloadBytes <= shorterFormMax) {
                violation(CloseCodes.PROTOCOL_ERROR, "length not in its shortest form");
            } else {
                lengthKnown();
            }
        }
    }

    private void lengthKnown() {
        if (!opcode.control()) {
            if (payloadBytes > MAX_MESSAGE_BYTES - messageBytes) {
                violation(CloseCodes.TOO_BIG, "message too big");
                return;
            }
            messageBytes += (int) payloadBytes;
        } else if (opcode == Opcode.CLOSE && payloadBytes == 1) {
            violation(CloseCodes.PROTOCOL_ERROR, "close frame with half a code");
            return;
        }
        headerBytesLeft = MASK_BYTES;
        expect = Expect.MASK;
    }

    private void maskByte(byte octet) {
        mask[MASK_BYTES - headerBytesLeft] = octet;
        if (--headerBytesLeft == 0) {
            payloadPosition = 0;
            expect = Expect.PAYLOAD;
            if (payloadBytes == 0) {
                frameComplete();
            }
        }
    }

    private void payload(ByteBuffer in) {
        int count = (int) Math.min(in.remaining(), payloadBytes - payloadPosition);
        if (opcode.control()) {
            for (int end = payloadPosition + count; payloadPosition < end; payloadPosition++) {
                control[payloadPosition] = (byte) unmasked(in);
            }
        } else if (messageIsText) {
            for (int end = payloadPosition + count; payloadPosition < end; payloadPosition++) {
                if (!utf8.accept(unmasked(in))) {
                    violation(CloseCodes.BAD_DATA, "text is not UTF-8");
                    return;
                }
            }
        } else {
            for (int left = Math.min(count, start.length - startBytes); left > 0; left--) {
                start[startBytes++] = (byte) unmasked(in);
                payloadPosition++;
                count--;
            }
            in.position(in.position() + count);
            payloadPosition += count;
        }
        if (payloadPosition == payloadBytes) {
            frameComplete();
        }
    }

    private int unmasked(ByteBuffer in) {
        return (in.get() ^ mask[payloadPosition & 3]) & 0xFF;
    }

    private void frameComplete() {
        expect = Expect.FIRST_BYTE;
        switch (opcode) {
            case PING -> events.onPing(Arrays.copyOf(control, payloadPosition));
            case PONG -> events.onPong();
            case CLOSE -> closeComplete();
            default -> {
                if (fin) {
                    messageComplete();
                }
            }
        }
    }

    private void messageComplete() {
        messageOpen = false;
        if (messageIsText && !utf8.complete()) {
            violation(CloseCodes.BAD_DATA, "text ends within a character");
        } else if (start.length > 0 && !messageIsText) {
            events.onBinary(start, messageBytes);
        } else {
            events.onMessage(messageBytes);
        }
    }

    private void closeComplete() {
        if (payloadPosition == 0) {
            expect = Expect.NOTHING;
            events.onClose(CloseCodes.NO_STATUS);
            return;
        }
        int code = (control[0] & 0xFF) << 8 | control[1] & 0xFF;
        if (!CloseCodes.legalOnWire(code)) {
            violation(CloseCodes.PROTOCOL_ERROR, "illegal close code");
        } else if (!validReason()) {
            violation(CloseCodes.BAD_DATA, "close reason is not UTF-8");
        } else {
            expect = Expect.NOTHING;
            events.onClose(code);
        }
    }

    private boolean validReason() {
        utf8.reset(); // a text message may be open, but after a close frame nothing of it is looked at
        for (int i = 2; i < payloadPosition; i++) {
            if (!utf8.accept(control[i] & 0xFF)) {
                return false;
            }
        }
        return utf8.complete();
    }

    private void violation(int closeCode, String reason) {
        expect = Expect.NOTHING;
        events.onViolation(closeCode, reason);
    }
}
