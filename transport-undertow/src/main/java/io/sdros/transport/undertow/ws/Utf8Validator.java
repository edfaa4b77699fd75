package io.sdros.transport.undertow.ws;

/**
 * Incremental UTF-8 check: rejects a byte as soon as nothing valid can follow (overlong forms, surrogates, beyond
 * U+10FFFF). One character may be spread over any number of calls.
 */
public final class Utf8Validator {

    private static final int CONTINUATION_MIN = 0x80;
    private static final int CONTINUATION_MAX = 0xBF;

    private int continuationsLeft;
    /** Bounds of the next continuation byte; narrower than 80..BF only right after some lead bytes. */
    private int nextMin = CONTINUATION_MIN;
    private int nextMax = CONTINUATION_MAX;

    void reset() {
        continuationsLeft = 0;
        nextMin = CONTINUATION_MIN;
        nextMax = CONTINUATION_MAX;
    }

    /** False: the text cannot be UTF-8 any more. */
    boolean accept(int octet) {
        if (continuationsLeft == 0) {
            return octet < 0x80 || lead(octet);
        }
        if (octet < nextMin || octet > nextMax) {
            return false;
        }
        nextMin = CONTINUATION_MIN;
        nextMax = CONTINUATION_MAX;
        continuationsLeft--;
        return true;
    }

    /** Whether the text may end here. */
    boolean complete() {
        return continuationsLeft == 0;
    }

    private boolean lead(int octet) {
        if (octet >= 0xC2 && octet <= 0xDF) {
            continuationsLeft = 1;
        } else if (octet >= 0xE0 && octet <= 0xEF) {
            continuationsLeft = 2;
            if (octet == 0xE0) {
                nextMin = 0xA0; // below: overlong
            } else if (octet == 0xED) {
                nextMax = 0x9F; // above: surrogates
            }
        } else if (octet >= 0xF0 && octet <= 0xF4) {
            continuationsLeft = 3;
            if (octet == 0xF0) {
                nextMin = 0x90; // below: overlong
            } else if (octet == 0xF4) {
                nextMax = 0x8F; // above: beyond U+10FFFF
            }
        } else {
            return false; // a continuation byte, C0, C1 (overlong) or F5..FF
        }
        return true;
    }
}
