/** The bytes of the relay: messages with frames, messages of control, subjects. Knows no connection. */
package io.sdros.relay.nats.wire;
