package io.sdros.transport.undertow.http;

import java.time.Duration;

/**
 * How long a plain HTTP client may take.
 *
 * @param requestTimeout   from a request's first byte to the end of its head
 * @param keepAliveTimeout from one request to the next, or from the connection to the first
 * @param exchangeTimeout  from the request's head to the answer's last byte
 */
public record HttpLimits(Duration requestTimeout, Duration keepAliveTimeout, Duration exchangeTimeout) {
}
