/**
 * How much a stream's viewers' connections carry, and what the encoder is told of it. Pure: time comes with the calls, nothing here
 * has a thread.
 */
package io.sdros.server.rate;
