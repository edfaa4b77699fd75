package io.sdros.telemetry.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.Connection;
import io.sdros.telemetry.nats.connection.ConnectionThreads;
import io.sdros.telemetry.nats.connection.LineBudget;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PublishFatesTest {

    private final AtomicLong pingedNanos = new AtomicLong();
    private final Denials denials = new Denials(Duration.ofSeconds(30), System::nanoTime,
            new LineBudget(1, Duration.ofSeconds(1), System::nanoTime));
    private final PublishFates fates = new PublishFates(connection(), new ConnectionThreads("fates"), denials, new RelayCounters());

    /** Whose server answers each ping. */
    private Connection connection() {
        return (Connection) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "flush" -> {
                        pingedNanos.set(System.nanoTime());
                        yield null;
                    }
                    case "getStatus" -> Connection.Status.CONNECTED;
                    default -> throw new AssertionError(method);
                });
    }

    /** Its threads would otherwise run instead of those that carry the message. */
    @Test
    void thePingComesWellAfterTheMessage() throws Exception {
        CompletableFuture<Boolean> fate = new CompletableFuture<>();
        long publishedNanos = System.nanoTime();
        fates.follow("control.request_idr", 0, fate::complete);
        assertThat(fate.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(pingedNanos.get() - publishedNanos).isGreaterThanOrEqualTo(PublishFates.PAUSE_NANOS);
    }
}
