/**
 * What is answered over plain HTTP: the player page, the reports, the metrics.
 */
package io.sdros.server.http;
