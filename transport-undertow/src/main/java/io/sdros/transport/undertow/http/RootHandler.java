package io.sdros.transport.undertow.http;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;

/** Chooses the handler by exact path and bounds how long an answer may take to be fetched. */
public final class RootHandler implements HttpHandler {

    private final Map<String, HttpHandler> handlers;
    private final HttpHandler nothingThere;
    private final long exchangeTimeoutMillis;
    private final ConnectionAcceptor acceptor;

    /**
     * @param handlers     by path; there may come more of them
     * @param nothingThere answers for a path for which there is none
     */
    public RootHandler(Map<String, HttpHandler> handlers, HttpHandler nothingThere, Duration exchangeTimeout,
            ConnectionAcceptor acceptor) {
        this.acceptor = acceptor;
        this.handlers = handlers;
        this.nothingThere = nothingThere;
        exchangeTimeoutMillis = exchangeTimeout.toMillis();
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        boolean first = acceptor.serving(exchange);
        if (!limitDuration(exchange)) {
            IoUtils.safeClose(exchange.getConnection());
        } else if (!exchange.isInIoThread() || acceptor.budget(exchange.getIoThread()).tryTake()) {
            answer(exchange);
        } else {
            exchange.dispatch(step -> defer(exchange, step, first), this::answer);
        }
    }

    private void defer(HttpServerExchange exchange, Runnable step, boolean first) {
        if (!acceptor.budget(exchange.getIoThread()).defer(step, first)) {
            IoUtils.safeClose(exchange.getConnection());
        }
    }

    private void answer(HttpServerExchange exchange) throws Exception {
        exchange.setDispatchExecutor(null); // the budget's is not for what a route does
        HttpHandler handler = handlers.get(exchange.getRequestPath());
        (handler == null ? nothingThere : handler).handleRequest(exchange);
    }

    /**
     * Undertow bounds the time until the request's head is there, not the body and not the fetching of the answer. Returns false
     * if there is no bound any more, since the thread is ending.
     */
    private boolean limitDuration(HttpServerExchange exchange) {
        Optional<XnioExecutor.Key> timer = IoTasks.executeAfter(exchange.getIoThread(),
                () -> IoUtils.safeClose(exchange.getConnection()), exchangeTimeoutMillis, TimeUnit.MILLISECONDS);
        exchange.addExchangeCompleteListener((completed, next) -> {
            timer.ifPresent(XnioExecutor.Key::remove);
            acceptor.served(completed);
            // A request that came together with this one becomes a task.
            if (!IoTasks.taken(next::proceed)) {
                IoUtils.safeClose(completed.getConnection());
            }
        });
        return timer.isPresent();
    }
}
