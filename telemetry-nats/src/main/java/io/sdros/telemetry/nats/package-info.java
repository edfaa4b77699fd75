/**
 * A relay between NATS and this process that takes care of its own connection: {@link io.sdros.telemetry.nats.NatsRelay}
 * connects in the background, reconnects for ever, hands what arrives on an allow-list of subjects to a
 * {@link io.sdros.telemetry.nats.TelemetryListener} and publishes small control messages.
 */
package io.sdros.telemetry.nats;
