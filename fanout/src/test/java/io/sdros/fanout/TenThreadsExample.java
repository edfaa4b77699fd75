package io.sdros.fanout;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;

/** Standard input to ten threads, each at its own pace; they end after a second without a line. */
final class TenThreadsExample {

    public static void main(String[] args) {
        Broadcaster<String> broadcaster = Broadcaster.<String>builder().keyframeGating(false).build();
        for (int i = 0; i < 10; i++) {
            Subscription<String> subscription = broadcaster.subscribe();
            new Thread(() -> print(subscription)).start();
        }
        new BufferedReader(new InputStreamReader(System.in)).lines().forEach(line -> {
            broadcaster.service(); // admits who has joined, lets go of who has left
            broadcaster.publish(line, false, line.length());
        });
    }

    static void print(Subscription<String> subscription) {
        try (subscription) {
            for (String line; (line = subscription.poll(Duration.ofSeconds(1))) != null; ) {
                System.out.println(Thread.currentThread().getName() + ": " + line);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // somebody wants this thread to end
        }
    }
}
