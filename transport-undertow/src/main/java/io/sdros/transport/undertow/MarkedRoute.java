package io.sdros.transport.undertow;

/** Answers as another route does, by other rules. */
record MarkedRoute(HttpRoute route, boolean blocking, boolean guarded) implements HttpRoute {

    @Override
    public HttpReply handle(HttpQuery query) {
        return route.handle(query);
    }
}
