package io.sdros.it.load.chaos;

/**
 * What one viewer saw of a fault.
 *
 * @param stillNanos the longest time without a frame, beyond what lies between two
 * @param late       frames that came after it was over and were older than the window and the round trip
 */
record Seen(Seat seat, long stillNanos, int late) {
}
