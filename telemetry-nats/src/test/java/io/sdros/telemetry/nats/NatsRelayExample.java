package io.sdros.telemetry.nats;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** The example of the documentation, which {@link NatsRelayExampleTest} runs. */
final class NatsRelayExample {
    private NatsRelayExample() {
    }

    public static void main(String[] args) throws InterruptedException {
        try (NatsRelay relay = NatsRelay.builder(args[0])
                .subjects(List.of("telemetry.>"))
                .listener((subject, payload) -> System.out.println(subject + ": " + payload.length + " bytes"))
                .build()) {
            relay.start();
            while (!relay.publish("control.request_idr", "{}".getBytes(StandardCharsets.UTF_8))) {
                Thread.sleep(100);
            }
            Thread.currentThread().join();
        }
    }
}
