/** The messages of the WebSocket subprotocol sdr.2, which a client has to ask for: bytes only, no connection. */
package io.sdros.transport.undertow.sdr2;
