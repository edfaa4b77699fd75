/**
 * One stream of frames on its way from the region into the queues of its viewers, and how it is doing.
 */
package io.sdros.server.stream;
