package io.sdros.it.support;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** One telemetry message as a client receives it. */
public record TelemetrySample(String subject, byte[] payload) {

    /** From the bytes that follow the type byte. */
    public static TelemetrySample decode(ByteBuffer message) {
        byte[] subject = new byte[Short.toUnsignedInt(message.order(ByteOrder.LITTLE_ENDIAN).getShort())];
        message.get(subject);
        byte[] payload = new byte[message.remaining()];
        message.get(payload);
        return new TelemetrySample(new String(subject, StandardCharsets.UTF_8), payload);
    }

    public String text() {
        return new String(payload, StandardCharsets.UTF_8);
    }
}
