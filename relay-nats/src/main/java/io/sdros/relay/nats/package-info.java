/** The relay between machines: an origin publishes streams on NATS, edges subscribe to what their viewers watch. */
package io.sdros.relay.nats;
