package io.sdros.transport.undertow.http;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.time.Duration;
import java.util.Map;
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
        limitDuration(exchange);
        if (!exchange.isInIoThread() || acceptor.budget(exchange.getIoThread()).tryTake()) {
            answer(exchange);
        } else {
            WorkBudget budget = acceptor.budget(exchange.getIoThread());
            exchange.dispatch(step -> budget.defer(step, first), this::answer);
        }
    }

    private void answer(HttpServerExchange exchange) throws Exception {
        exchange.setDispatchExecutor(null); // the budget's is not for what a route does
        HttpHandler handler = handlers.get(exchange.getRequestPath());
        (handler == null ? nothingThere : handler).handleRequest(exchange);
    }

    /** Undertow bounds the time until the request's head is there, not the body and not the fetching of the answer. */
    private void limitDuration(HttpServerExchange exchange) {
        XnioExecutor.Key timer = exchange.getIoThread().executeAfter(
                () -> IoUtils.safeClose(exchange.getConnection()), exchangeTimeoutMillis, TimeUnit.MILLISECONDS);
        exchange.addExchangeCompleteListener((completed, next) -> {
            timer.remove();
            acceptor.served(completed);
            next.proceed();
        });
    }
}
