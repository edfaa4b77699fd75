/**
 * HTTP routes and the video WebSocket on Undertow.
 *
 * <p>A {@link io.sdros.transport.undertow.StreamServer} is given any number of feeds, each with two broadcasters of the
 * fanout module ({@link io.sdros.transport.undertow.VideoFeed}), and serves every client from them. Messages are
 * framed once ({@link io.sdros.transport.undertow.VideoMessage}, {@link
 * io.sdros.transport.undertow.TelemetryMessage}) and the same bytes are written to every client; Undertow parses the
 * HTTP requests and, from the upgrade on, the module reads and writes the connections itself.
 *
 * <p>No type of Undertow or XNIO appears in this API. Both log through JBoss Logging: an application that wants their
 * messages in slf4j sets the system property {@code org.jboss.logging.provider=slf4j} before their first class loads,
 * that is before a server is built.
 */
package io.sdros.transport.undertow;
