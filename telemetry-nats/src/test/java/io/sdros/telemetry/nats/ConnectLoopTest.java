package io.sdros.telemetry.nats;

import io.sdros.telemetry.nats.connection.ConnectLoop;
import io.sdros.telemetry.nats.connection.ConnectionSettings;
import io.sdros.telemetry.nats.connection.ConnectionStatus;
import io.sdros.telemetry.nats.connection.ConnectionThreads;
import io.sdros.telemetry.nats.connection.LineBudget;
import io.sdros.telemetry.nats.connection.ServerAddress;
import io.sdros.telemetry.nats.connection.ServerList;
import java.nio.file.Path;
import java.time.Duration;
import java.util.AbstractList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Moments of the loop that come too seldom to be waited for: something happens when it looks at a list of its own. */
@Tag("tools")
class ConnectLoopTest {
    private static final String NAME = "loop-test";

    @TempDir
    private Path folder;

    private final ConnectionStatus status = new ConnectionStatus(TestSettings.of(List.of(), NAME), changed -> { }, lines());

    private ConnectLoop loop(List<ServerAddress> servers, List<SubjectFilter> filters) {
        ConnectionSettings settings = TestSettings.of(servers, NAME);
        RelayConfig config = new RelayConfig(settings, filters, 65_536, 4_096, 16 * 1024 * 1024, Duration.ofSeconds(30));
        RelayCounters counters = new RelayCounters();
        ConnectionThreads threads = new ConnectionThreads(NAME);
        return new ConnectLoop(settings, threads, status, lines(), new RelaySessions(new Surroundings(config, threads, counters,
                new Denials(config.denialRetry(), System::nanoTime, lines()), lines(),
                new Delivery((subject, payload) -> { }, 65_536, counters))));
    }

    private static LineBudget lines() {
        return new LineBudget(100, Duration.ofSeconds(1), System::nanoTime);
    }

    /** A list that does something when one of the relay's own threads looks into it for the first time. */
    private static <T> List<T> watched(List<T> items, Runnable action) {
        AtomicBoolean done = new AtomicBoolean();
        return new AbstractList<>() {
            @Override
            public T get(int index) {
                if (Thread.currentThread().getName().startsWith(NAME) && !done.getAndSet(true)) {
                    action.run();
                }
                return items.get(index);
            }

            @Override
            public int size() {
                return items.size();
            }
        };
    }

    @Test
    void goesOnTryingAfterAnErrorOfTheMachine() {
        try (NatsServer server = NatsServer.running(folder)) {
            ConnectLoop loop = loop(watched(ServerList.parse(server.url()), () -> {
                throw new OutOfMemoryError("unable to create native thread");
            }), List.of());

            loop.start();

            Eventually.await("connected", () -> status.current().state() == NatsState.CONNECTED);
            loop.close();
        }
    }

    @Test
    void leavesNoConnectionBehindThatCameUpWhileItWasClosed() {
        try (NatsServer server = NatsServer.running(folder)) {
            AtomicReference<ConnectLoop> loop = new AtomicReference<>();
            // Filters are looked at once the connection is there, and before it can be seen by close().
            loop.set(loop(ServerList.parse(server.url()),
                    watched(List.of(SubjectFilter.of("telemetry.>")), () -> loop.get().close())));

            loop.get().start();

            Eventually.await("closed", () -> status.current().state() == NatsState.CLOSED);
            Eventually.await("no thread is left", () -> Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().startsWith(NAME)));
        }
    }
}
