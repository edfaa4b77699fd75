package io.sdros.transport.undertow.ws;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * RFC 6455 §5 to §7 read once more, for comparison: a stream that is all there, messages put together in memory, the
 * JDK's UTF-8 decoder. Slow and plain.
 */
final class ReferenceDecoder {

    private static final int MAX_MESSAGE = 65_536;
    private static final Set<Integer> REGISTERED =
            Set.of(1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014);

    /** The connection is to be failed, or the stream ends here; with the last event, or none. */
    private static final class End extends Exception {

        private static final long serialVersionUID = 1;

        End(String event) {
            super(event);
        }
    }

    private final ByteBuffer in;
    private final List<String> events = new ArrayList<>();
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private int messageOpcode; // 0: none is open

    ReferenceDecoder(byte[] stream) {
        in = ByteBuffer.wrap(stream);
    }

    List<String> events() {
        try {
            while (true) {
                frame();
            }
        } catch (End end) {
            if (!end.getMessage().isEmpty()) {
                events.add(end.getMessage());
            }
            return events;
        }
    }

    private int next() throws End {
        if (!in.hasRemaining()) {
            throw new End("");
        }
        return in.get() & 0xFF;
    }

    private static void require(boolean holds, int code) throws End {
        if (!holds) {
            throw new End("violation " + code);
        }
    }

    private void frame() throws End {
        int first = next();
        int opcode = first & 15;
        boolean last = first >= 128;
        require((first >> 4 & 7) == 0, 1002);
        require(Set.of(0, 1, 2, 8, 9, 10).contains(opcode), 1002);
        require(opcode < 8 || last, 1002);
        require(opcode >= 8 || (opcode == 0) == (messageOpcode != 0), 1002);
        int second = next();
        require(second >= 128, 1002);
        require(opcode < 8 || second - 128 <= 125, 1002);
        long length = length(second - 128);
        require(opcode >= 8 || length <= MAX_MESSAGE - message.size(), 1009);
        require(opcode != 8 || length != 1, 1002);
        int[] mask = {next(), next(), next(), next()};
        if (opcode >= 8) {
            control(opcode, payload(mask, length));
        } else {
            messageOpcode = opcode == 0 ? messageOpcode : opcode;
            data(mask, length, last);
        }
    }

    private long length(int seven) throws End {
        if (seven < 126) {
            return seven;
        }
        long length = 0;
        for (int i = 0; i < (seven == 126 ? 2 : 8); i++) {
            length = length * 256 + next();
            require(length >= 0 && (seven == 126 || i > 0 || length < 128), 1002);
        }
        require(length > (seven == 126 ? 125 : 65_535), 1002);
        return length;
    }

    private byte[] payload(int[] mask, long length) throws End {
        byte[] payload = new byte[(int) length];
        for (int i = 0; i < length; i++) {
            payload[i] = (byte) (next() ^ mask[i % 4]);
        }
        return payload;
    }

    private void control(int opcode, byte[] payload) throws End {
        if (opcode == 9) {
            events.add("ping " + HexFormat.of().formatHex(payload));
        } else if (opcode == 10) {
            events.add("pong");
        } else if (payload.length == 0) {
            throw new End("close 1005");
        } else {
            int code = ByteBuffer.wrap(payload).getShort() & 0xFFFF;
            require(REGISTERED.contains(code) || code / 1000 == 3 || code / 1000 == 4, 1002);
            byte[] reason = Arrays.copyOfRange(payload, 2, payload.length);
            require(text(reason, true), 1007);
            throw new End("close " + code);
        }
    }

    private void data(int[] mask, long length, boolean last) throws End {
        for (int i = 0; i < length; i++) {
            message.write(next() ^ mask[i % 4]);
            require(messageOpcode == 2 || text(message.toByteArray(), false), 1007);
        }
        if (last) {
            require(messageOpcode == 2 || text(message.toByteArray(), true), 1007);
            events.add("message " + message.size());
            message.reset();
            messageOpcode = 0;
        }
    }

    /** Whether this is UTF-8, or, if not {@code whole}, can still become it. */
    private static boolean text(byte[] bytes, boolean whole) {
        boolean possible = decodes(bytes);
        // The decoder waits for a character's end before it looks for surrogates; so the end is tried out. One of the
        // two outermost continuation bytes fits after every lead byte.
        for (int missing = 1; missing <= 3 && !whole; missing++) {
            byte[] ended = Arrays.copyOf(bytes, bytes.length + missing);
            for (int continuation : new int[] {0x80, 0xBF}) {
                Arrays.fill(ended, bytes.length, ended.length, (byte) continuation);
                possible |= decodes(ended);
            }
        }
        return possible;
    }

    private static boolean decodes(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        return !decoder.decode(ByteBuffer.wrap(bytes), CharBuffer.allocate(bytes.length + 1), true).isError();
    }
}
