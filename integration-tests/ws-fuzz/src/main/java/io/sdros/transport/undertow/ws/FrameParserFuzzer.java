package io.sdros.transport.undertow.ws;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * What the fuzzer calls: a byte stream for the frame parser, fed in pieces. Its package is the parser's, which is not
 * exported; both are on the class path.
 *
 * <p>Checked: the events do not depend on where the stream is cut; they are those of {@link ReferenceDecoder}, which
 * reads the RFC a second time, with the whole stream at hand and none of the parser's code; nothing is thrown; and the
 * parser keeps nothing: a ping's payload is all it hands over.
 *
 * <pre>
 *   byte 0   size of the first piece, 1 to 256
 *   byte 1   by how much each piece is longer than the one before, 0 to 255
 *   then     the stream
 * </pre>
 */
public final class FrameParserFuzzer {

    private static final int SETTINGS_BYTES = 2;
    private static final int BYTE = 0xFF;

    private FrameParserFuzzer() {
    }

    /** The entry point Jazzer looks for. Throws {@link IllegalStateException} if something is not as documented. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length <= SETTINGS_BYTES) {
            return;
        }
        byte[] stream = new byte[input.length - SETTINGS_BYTES];
        System.arraycopy(input, SETTINGS_BYTES, stream, 0, stream.length);
        List<String> whole = events(stream, stream.length, 0);
        check(whole.equals(events(stream, 1, 0)), "byte by byte other than whole", stream);
        check(whole.equals(events(stream, 1 + (input[0] & BYTE), input[1] & BYTE)), "in pieces other than whole", stream);
        List<String> expected = new ReferenceDecoder(stream).events();
        check(whole.equals(expected), whole + " where the reference has " + expected, stream);
    }

    private static List<String> events(byte[] stream, int firstPiece, int growth) {
        Recorder recorder = new Recorder();
        FrameParser parser = new FrameParser(recorder);
        int piece = firstPiece;
        for (int from = 0; from < stream.length; from += piece, piece += growth) {
            // A piece of its own, so that looking beyond its end is noticed.
            ByteBuffer bytes = ByteBuffer.allocate(Math.min(piece, stream.length - from));
            bytes.put(stream, from, bytes.capacity()).flip();
            parser.feed(bytes);
            check(!bytes.hasRemaining(), "bytes were left over", stream);
        }
        check(parser.open() != recorder.ended, "open after the end, or closed before it", stream);
        return recorder.events;
    }

    private static void check(boolean holds, String otherwise, byte[] stream) {
        if (!holds) {
            throw new IllegalStateException(otherwise + ": " + HexFormat.of().formatHex(stream));
        }
    }

    private static final class Recorder implements FrameEvents {

        private final List<String> events = new ArrayList<>();
        private boolean ended;

        private void add(String event) {
            if (ended) {
                throw new IllegalStateException(event + " after the end");
            }
            events.add(event);
        }

        @Override
        public void onPing(byte[] payload) {
            if (payload.length > ControlFrames.MAX_PAYLOAD_BYTES) {
                throw new IllegalStateException("ping of " + payload.length);
            }
            add("ping " + HexFormat.of().formatHex(payload));
        }

        @Override
        public void onPong() {
            add("pong");
        }

        @Override
        public void onMessage(int lengthBytes) {
            add("message " + lengthBytes);
        }

        @Override
        public void onClose(int code) {
            add("close " + code);
            ended = true;
        }

        @Override
        public void onViolation(int closeCode, String reason) {
            add("violation " + closeCode);
            ended = true;
        }
    }
}
