package io.sdros.transport.undertow;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;

/** What a path does under which a feed is served. */
record FeedHandler(VideoFeed feed, HttpHandler handler) implements HttpHandler {

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        handler.handleRequest(exchange);
    }
}
