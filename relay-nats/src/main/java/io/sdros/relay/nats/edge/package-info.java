/**
 * What an edge does with one stream, decided without a connection or a clock of its own: when it asks, joins, skips, goes
 * over to another origin and starts its connection anew. One thread per stream, but for what says otherwise.
 */
package io.sdros.relay.nats.edge;
