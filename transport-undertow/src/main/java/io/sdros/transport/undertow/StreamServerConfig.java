package io.sdros.transport.undertow;

import io.sdros.transport.undertow.http.HttpLimits;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;

/** What a {@link StreamServerBuilder} has collected. */
record StreamServerConfig(
        InetSocketAddress listenAddress,
        int ioThreads,
        int maxClients,
        int maxClientsPerAddress,
        int maxHttpConnections,
        int maxHttpConnectionsPerAddress,
        int inlineClients,
        int socketSendBufferBytes,
        Optional<SSLContext> tls,
        AccessPolicy access,
        TrustedProxies trustedProxies,
        ConnectionTimeouts timeouts,
        Duration sendWindow,
        HttpLimits httpLimits,
        Duration shutdownTimeout,
        Duration tickInterval,
        Map<String, HttpRoute> routes,
        Map<String, VideoFeed> feeds,
        FeedsOnDemand feedsOnDemand,
        Function<RefusalReason, String> refusalAdvice,
        LongSupplier nanoClock) {

    StreamServerConfig {
        routes = Map.copyOf(routes);
        feeds = Map.copyOf(feeds);
    }
}
