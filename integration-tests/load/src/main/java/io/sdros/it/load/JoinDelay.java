package io.sdros.it.load;

import io.sdros.it.support.JoiningClients;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;

/**
 * A program: how long clients that join at random moments wait for their first picture, and how late the later ones are.
 *
 * <p>System properties {@code joins.count}, {@code joins.keyframe} and {@code joins.delta} (payload bytes).
 */
final class JoinDelay {

    private JoinDelay() {
    }

    public static void main(String[] arguments) {
        int count = Integer.getInteger("joins.count", 100);
        try (JoiningClients clients =
                new JoiningClients(Integer.getInteger("joins.keyframe", 60_000), Integer.getInteger("joins.delta", 6_000))) {
            clients.joins(20); // until the server's code is compiled
            List<JoiningClients.Join> joins = clients.joins(count);
            print("first picture after the join", joins, join -> join.firstNanos());
            print("behind the others one second later", joins, join -> join.behindNanos());
            print("age of the frames one second later", joins.stream().flatMapToLong(join -> Arrays.stream(join.agesNanos())));
            long gapless = joins.stream().filter(join -> join.keyframeFirst() && join.frames().equals(
                    clients.available(join.frames().get(0), join.frames().get(join.frames().size() - 1)))).count();
            System.out.println(gapless + " of " + count + " began with a keyframe and went on without a gap");
        }
    }

    private static void print(String what, List<JoiningClients.Join> joins, ToLongFunction<JoiningClients.Join> nanos) {
        print(what, joins.stream().mapToLong(nanos));
    }

    private static void print(String what, LongStream nanos) {
        long[] sorted = nanos.sorted().toArray();
        System.out.printf(Locale.ROOT, "%s: p50 %.1f ms, p99 %.1f ms, max %.1f ms%n", what,
                sorted[sorted.length / 2] / 1e6, sorted[(int) Math.ceil(0.99 * sorted.length) - 1] / 1e6,
                sorted[sorted.length - 1] / 1e6);
    }
}
