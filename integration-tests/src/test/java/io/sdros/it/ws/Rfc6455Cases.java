package io.sdros.it.ws;

import static io.sdros.it.support.ClientFrames.BINARY;
import static io.sdros.it.support.ClientFrames.CLOSE;
import static io.sdros.it.support.ClientFrames.CONTINUATION;
import static io.sdros.it.support.ClientFrames.PING;
import static io.sdros.it.support.ClientFrames.PONG;
import static io.sdros.it.support.ClientFrames.TEXT;
import static io.sdros.it.support.ClientFrames.close;
import static io.sdros.it.support.ClientFrames.frame;
import static io.sdros.it.support.ClientFrames.header;
import static io.sdros.it.support.ClientFrames.hex;
import static io.sdros.it.support.ClientFrames.join;
import static io.sdros.it.support.ClientFrames.part;
import static io.sdros.it.support.ClientFrames.ping;
import static io.sdros.it.support.ClientFrames.raw;
import static io.sdros.it.support.ClientFrames.text;
import static io.sdros.it.support.ClientFrames.times;
import static io.sdros.it.support.ClientFrames.utf8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * What a peer may send after the handshake and what has to come back, in the groups of the well-known conformance suites:
 * payloads, pings, reserved bits, opcodes, fragments, UTF-8, closing, limits. Bytes come whole and in small packets.
 */
final class Rfc6455Cases {

    /**
     * One connection.
     *
     * @param sent     everything the peer sends
     * @param messages of them accepted as whole messages
     * @param said     what the server says, in order; if that ends with a close frame, the connection ends after it
     */
    record Case(String name, byte[] sent, int messages, List<String> said) {

        boolean ends() {
            return !said.isEmpty() && said.get(said.size() - 1).startsWith("close");
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** Latin, Greek, Chinese, beyond 16 bits: characters of every length. */
    private static final byte[] SAMPLE = utf8("Hello-µ@ßöäüàá-κόσμε-水-\uD83D\uDE80!!");

    private final List<Case> cases = new ArrayList<>();

    private Rfc6455Cases() {
    }

    static List<Case> all() {
        Rfc6455Cases all = new Rfc6455Cases();
        all.payloads();
        all.pings();
        all.reservedBitsAndOpcodes();
        all.masksAndLengths();
        all.rightFragments();
        all.wrongFragments();
        all.rightText();
        all.wrongText();
        all.closing();
        all.closeCodes();
        all.limits();
        return all.cases;
    }

    private void accepted(String name, int messages, byte[]... sent) {
        cases.add(new Case(name, join(sent), messages, List.of()));
    }

    private void answered(String name, int messages, List<String> said, byte[]... sent) {
        cases.add(new Case(name, join(sent), messages, said));
    }

    private void refused(String name, int code, byte[]... sent) {
        answered(name, 0, List.of("close " + code), sent);
    }

    private static String pong(byte[] payload) {
        return "pong " + HexFormat.of().formatHex(payload);
    }

    private void payloads() {
        for (int length : new int[] {0, 1, 125, 126, 127, 128, 65_535, 65_536}) {
            accepted("text of " + length, 1, frame(TEXT, times(length, utf8("*"))));
            accepted("binary of " + length, 1, frame(BINARY, times(length, hex("fe"))));
        }
        accepted("many small messages", 500, times(250, join(text("ok"), frame(BINARY, hex("00")))));
    }

    private void pings() {
        answered("ping, empty", 0, List.of("pong "), ping(""));
        answered("ping, binary", 0, List.of("pong 00fffefd00"), frame(PING, hex("00fffefd00")));
        byte[] longest = times(125, hex("fe"));
        answered("ping of 125", 0, List.of(pong(longest)), frame(PING, longest));
        refused("ping of 126", 1002, frame(PING, times(126, hex("fe"))));
        refused("pong of 126", 1002, frame(PONG, times(126, hex("fe"))));
        refused("close of 126", 1002, close(1000, times(124, utf8("*"))));
        refused("ping with a 64-bit length", 1002, header(0x89, 65_536));
        accepted("pong nobody asked for", 0, frame(PONG, new byte[0]), frame(PONG, utf8("unsolicited")));
        answered("pong, then ping", 0, List.of(pong(utf8("ping"))), frame(PONG, utf8("pong")), ping("ping"));
        List<String> pongs = new ArrayList<>();
        byte[] pings = {};
        for (int i = 0; i < 10; i++) {
            pings = join(pings, ping("payload-" + i));
            pongs.add(pong(utf8("payload-" + i)));
        }
        answered("ten pings", 0, pongs, pings);
    }

    private void reservedBitsAndOpcodes() {
        for (int bits = 1; bits <= 7; bits++) {
            refused("RSV " + bits + " on text", 1002, raw(0x81 | bits << 4, SAMPLE), ping("late"));
        }
        for (int opcode : new int[] {BINARY, PING, PONG, CLOSE}) {
            refused("RSV on opcode " + opcode, 1002, raw(0xC0 | opcode, new byte[0]), ping("late"));
        }
        answered("RSV on a continuation", 1, List.of("close 1002"), text("ok"), part(TEXT, SAMPLE), raw(0xC0, SAMPLE));
        for (int opcode : new int[] {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
            refused("opcode " + opcode, 1002, frame(opcode, new byte[0]));
            refused("opcode " + opcode + " with a payload", 1002, frame(opcode, SAMPLE), ping("late"));
            answered("opcode " + opcode + " after a message", 1, List.of("close 1002"), text("ok"), part(opcode, SAMPLE));
        }
    }

    private void masksAndLengths() {
        refused("text without a mask", 1002, hex("8102 6f6b"));
        refused("ping without a mask", 1002, hex("8900"));
        refused("close without a mask", 1002, hex("8802 03e8"));
        refused("continuation without a mask", 1002, part(TEXT, utf8("a")), hex("8001 62"));
        refused("0 in 16 bits", 1002, hex("82fe 0000 00000000"));
        refused("125 in 16 bits", 1002, hex("82fe 007d 00000000"));
        refused("125 in 64 bits", 1002, hex("82ff 000000000000007d 00000000"));
        refused("65535 in 64 bits", 1002, hex("82ff 000000000000ffff 00000000"));
        refused("2^63 bytes", 1002, header(0x82, Long.MIN_VALUE));
        refused("2^64 - 1 bytes", 1002, header(0x82, -1));
    }

    private void rightFragments() {
        accepted("two fragments", 1, part(TEXT, utf8("a")), frame(CONTINUATION, utf8("b")));
        accepted("empty fragments", 1, part(TEXT, new byte[0]), part(CONTINUATION, new byte[0]),
                frame(CONTINUATION, new byte[0]));
        accepted("empty fragments around one", 1, part(BINARY, new byte[0]), part(CONTINUATION, hex("ff")),
                frame(CONTINUATION, new byte[0]));
        answered("ping between fragments", 1, List.of(pong(utf8("x"))), part(TEXT, utf8("a")), ping("x"),
                frame(CONTINUATION, utf8("b")));
        answered("pings between five fragments", 1, List.of(pong(utf8("1")), pong(utf8("2"))), part(TEXT, utf8("a")),
                part(CONTINUATION, utf8("b")), ping("1"), part(CONTINUATION, utf8("c")), part(CONTINUATION, utf8("d")),
                frame(PONG, utf8("x")), ping("2"), frame(CONTINUATION, utf8("e")));
        accepted("64 KiB in fragments of 64", 1, part(BINARY, new byte[64]), times(1022, part(CONTINUATION, new byte[64])),
                frame(CONTINUATION, new byte[64]));
        answered("close between fragments", 0, List.of("close 1000"), part(TEXT, utf8("a")), close(1000),
                frame(CONTINUATION, utf8("b")));
    }

    private void wrongFragments() {
        refused("fragmented ping", 1002, part(PING, utf8("a")), frame(CONTINUATION, utf8("b")));
        refused("fragmented pong", 1002, part(PONG, utf8("a")), frame(CONTINUATION, utf8("b")));
        refused("fragmented close", 1002, part(CLOSE, hex("03e8")), frame(CONTINUATION, utf8("b")));
        for (byte[] start : List.of(frame(CONTINUATION, SAMPLE), part(CONTINUATION, SAMPLE), frame(CONTINUATION, hex("")))) {
            refused("continuation of nothing " + start[0] + " " + start.length, 1002, start, text("ok"));
        }
        answered("continuation after the end", 1, List.of("close 1002"), part(TEXT, utf8("a")),
                frame(CONTINUATION, utf8("b")), part(CONTINUATION, utf8("c")), text("d"));
        refused("text within text", 1002, part(TEXT, utf8("a")), text("b"));
        refused("binary within text", 1002, part(TEXT, utf8("a")), part(BINARY, hex("00")));
        refused("text within binary, after a continuation", 1002, part(BINARY, utf8("a")), part(CONTINUATION, utf8("b")),
                text("c"));
    }

    private void rightText() {
        accepted("sample", 1, frame(TEXT, SAMPLE));
        for (int at = 1; at < SAMPLE.length; at++) {
            accepted("sample cut at " + at, 1, part(TEXT, Arrays.copyOf(SAMPLE, at)),
                    frame(CONTINUATION, Arrays.copyOfRange(SAMPLE, at, SAMPLE.length)));
        }
        byte[] single = part(TEXT, new byte[0]);
        for (byte octet : SAMPLE) {
            single = join(single, part(CONTINUATION, new byte[] {octet}));
        }
        accepted("sample in fragments of one byte", 1, single, frame(CONTINUATION, new byte[0]));
        for (String edge : List.of("00", "7f", "c280", "dfbf", "e0a080", "ed9fbf", "ee8080", "efbfbd", "efbfbe", "efbfbf",
                "f0908080", "f48fbfbf", "f09fbfbe")) {
            accepted("edge " + edge, 1, frame(TEXT, hex(edge)));
        }
        accepted("binary is no text", 1, frame(BINARY, hex("fffe c080 eda080")));
    }

    private void wrongText() {
        for (String bad : List.of("80", "bf", "c0af", "c080", "c1bf", "e08080", "e09fbf", "eda080", "edafbf", "edb080",
                "edbfbf", "eda080edb080", "f0808080", "f08fbfbf", "f4908080", "f5808080", "f8888080 80", "fc8480808080",
                "fe", "ff", "c2", "e0a0", "f09080", "ceba e1bdb9 cf83 cebc ceb5 eda080 656469746564", "c3c3", "e282 28")) {
            refused("not UTF-8: " + bad, 1007, frame(TEXT, hex(bad)));
            refused("not UTF-8 in the second fragment: " + bad, 1007, part(TEXT, SAMPLE), frame(CONTINUATION, hex(bad)));
        }
        refused("a character ends with its message", 1007, part(TEXT, hex("e6b0")), frame(CONTINUATION, new byte[0]));
        refused("a character goes on in the next message", 1007, frame(TEXT, hex("e6b0")), frame(TEXT, hex("b4")));
        refused("a bad character cut by fragments", 1007, part(TEXT, hex("ed")), frame(CONTINUATION, hex("a080")));
        refused("bad text is not waited for", 1007, header(0x81, 5000), hex("5aff"));
        refused("bad text in a message that does not end", 1007, part(TEXT, hex("f490")));
        refused("close reason", 1007, close(1000, hex("ceba eda080")));
        refused("close reason that ends early", 1007, close(1000, hex("e6b0")));
    }

    private void closing() {
        answered("close, empty", 0, List.of("close -"), frame(CLOSE, new byte[0]));
        refused("close with one byte", 1002, frame(CLOSE, hex("03")));
        answered("close with a reason", 0, List.of("close 1000"), close(1000, SAMPLE));
        answered("close with the longest reason", 0, List.of("close 1000"), close(1000, times(123, utf8("*"))));
        answered("close twice", 0, List.of("close 1000"), close(1000), close(1001));
        answered("ping after close", 0, List.of("close 1000"), close(1000), ping("late"));
        answered("text after close", 1, List.of("close 1000"), text("ok"), close(1000), text("late"));
        answered("anything after close", 0, List.of("close 1000"), close(1000), hex("ffffffff"));
        answered("ping before close", 0, List.of(pong(utf8("x")), "close 1000"), ping("x"), close(1000));
    }

    private void closeCodes() {
        for (int code : new int[] {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999,
            4000, 4999}) {
            answered("close code " + code, 0, List.of("close " + code), close(code));
        }
        for (int code : new int[] {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535}) {
            refused("close code " + code, 1002, close(code));
        }
    }

    private void limits() {
        refused("64 KiB and one byte, nothing of it sent", 1009, header(0x82, 65_537));
        refused("text of 64 KiB and one byte", 1009, header(0x81, 65_537));
        refused("1 GiB", 1009, header(0x82, 1 << 30));
        refused("2^63 - 1 bytes", 1009, header(0x82, Long.MAX_VALUE));
        refused("64 KiB and one byte in two fragments", 1009, part(BINARY, new byte[65_535]), header(0x80, 2));
        refused("fragments without end", 1009, part(BINARY, new byte[0]), times(1025, part(CONTINUATION, new byte[64])));
        refused("a huge fragment after a small one", 1009, part(TEXT, utf8("a")), header(0x80, Long.MAX_VALUE));
    }
}
