package io.sdros.transport.undertow;

import io.sdros.transport.undertow.http.Replies;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One {@link HttpRoute} behind Undertow's interface: methods, threads, failures. */
final class RouteHandler implements HttpHandler {

    private static final Logger LOG = LoggerFactory.getLogger(RouteHandler.class);

    private final HttpRoute route;

    RouteHandler(HttpRoute route) {
        this.route = route;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        if (!Replies.readingMethod(exchange)) {
            Replies.methodNotAllowed(exchange);
        } else if (route.blocking() && exchange.isInIoThread()) {
            exchange.dispatch(this);
        } else {
            answer(exchange).sendTo(exchange);
        }
    }

    private HttpReply answer(HttpServerExchange exchange) {
        try {
            return route.handle(query(exchange));
        } catch (RuntimeException e) {
            LOG.error("The route {} failed", exchange.getRequestPath(), e);
            return HttpReply.text(500, "Internal server error\n");
        }
    }

    private static HttpQuery query(HttpServerExchange exchange) {
        Map<String, String> headers = new HashMap<>();
        for (HeaderValues values : exchange.getRequestHeaders()) {
            headers.put(values.getHeaderName().toString().toLowerCase(Locale.ROOT), values.getFirst());
        }
        return new HttpQuery(exchange.getRequestPath(), exchange.getQueryString(), headers);
    }
}
