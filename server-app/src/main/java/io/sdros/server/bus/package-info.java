/**
 * What connects the server with the robot besides the frames: telemetry from it, keyframe requests to it.
 */
package io.sdros.server.bus;
