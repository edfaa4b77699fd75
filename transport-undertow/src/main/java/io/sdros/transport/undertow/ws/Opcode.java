package io.sdros.transport.undertow.ws;

/** The six opcodes of RFC 6455; the others are reserved. */
public enum Opcode {
    CONTINUATION(0x0), TEXT(0x1), BINARY(0x2), CLOSE(0x8), PING(0x9), PONG(0xA);

    private static final Opcode[] BY_CODE = byCode();

    private final int code;

    Opcode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    boolean control() {
        return code >= 0x8;
    }

    /** Null for a reserved opcode. */
    static Opcode of(int code) {
        return BY_CODE[code];
    }

    private static Opcode[] byCode() {
        Opcode[] table = new Opcode[16];
        for (Opcode opcode : values()) {
            table[opcode.code] = opcode;
        }
        return table;
    }
}
