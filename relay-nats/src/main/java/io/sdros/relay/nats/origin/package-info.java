/** What an origin does with one stream, without a connection and without a thread. */
package io.sdros.relay.nats.origin;
