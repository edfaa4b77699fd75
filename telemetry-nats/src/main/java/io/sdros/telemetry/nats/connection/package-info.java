/**
 * Connections to NATS that are made again whenever they are lost: server lists, logins, TLS, attempts, pings. For the
 * relays of this project, which say what is done with them; this is the one package whose signatures have types of jnats.
 */
package io.sdros.telemetry.nats.connection;
