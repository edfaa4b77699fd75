/** The relay's connection to NATS. Knows nothing of what is said over it. */
package io.sdros.relay.nats.link;
