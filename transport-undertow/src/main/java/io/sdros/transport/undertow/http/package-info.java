/** The listening socket, the connections on it that are no viewers, and the answers to their requests. */
package io.sdros.transport.undertow.http;
