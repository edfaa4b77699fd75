/**
 * What is counted, as Prometheus reads it.
 */
package io.sdros.server.metrics;
