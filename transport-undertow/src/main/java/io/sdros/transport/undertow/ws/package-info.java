/** The WebSocket protocol (RFC 6455): the opening handshake, frames in both directions, and nothing of what they carry. */
package io.sdros.transport.undertow.ws;
