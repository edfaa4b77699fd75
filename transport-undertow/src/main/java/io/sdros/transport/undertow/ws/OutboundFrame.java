package io.sdros.transport.undertow.ws;

/**
 * One complete server-to-client WebSocket frame. Shared by all clients it goes to, so neither the array nor anything
 * else is changed after construction; its identity tells a {@link ScratchBuffer} whether it already holds the bytes.
 */
public record OutboundFrame(byte[] array, int offset, int lengthBytes) {
}
