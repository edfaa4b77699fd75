/**
 * The built-in robot: its clip, its telemetry, and the folder of its region.
 */
package io.sdros.server.demo;
