package io.sdros.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;

/**
 * A subscriber that stalls, cancels and joins again at random, and asserts the delivery rule on whatever it polls: a
 * keyframe first, nothing twice, nothing out of order, and what is no keyframe continues what was delivered before.
 *
 * <p>Used by any thread, by one at a time.
 */
final class StressClient {

    /** @param number +1 per published message */
    record Frame(long number, boolean keyframe) {}

    enum Manner {
        /** May lose messages: a keyframe may follow a gap. */
        LOSSY,
        /** Must lose none. */
        LOSSLESS
    }

    private final Broadcaster<Frame> broadcaster;
    private final Manner manner;
    private final SplittableRandom random;
    private StreamSubscription<Frame> subscription;
    private Frame last;
    private boolean first;
    private int stalledActs;
    private long delivered;

    StressClient(Broadcaster<Frame> broadcaster, Manner manner, long seed) {
        this.broadcaster = broadcaster;
        this.manner = manner;
        random = new SplittableRandom(seed);
        join();
    }

    private void join() {
        subscription = broadcaster.subscribe();
        first = true;
    }

    synchronized void act() {
        if (stalledActs > 0) {
            stalledActs--;
            return;
        }
        poll(random.nextInt(12));
        int dice = random.nextInt(400);
        if (dice < 4) {
            stalledActs = random.nextInt(2_000);
        } else if (dice == 4) {
            subscription.close();
            assertThat(subscription.poll()).isNull();
            join();
        }
    }

    synchronized void drain() {
        poll(Integer.MAX_VALUE);
    }

    private void poll(int limit) {
        for (int i = 0; i < limit; i++) {
            Frame frame = subscription.poll();
            if (frame == null) {
                return;
            }
            check(frame);
            first = false;
            last = frame;
            delivered++;
        }
    }

    private void check(Frame frame) {
        if (first) {
            assertThat(frame.keyframe()).as("the first is a keyframe").isTrue();
        } else if (manner == Manner.LOSSLESS || !frame.keyframe()) {
            assertThat(frame.number()).as("continues %s", last).isEqualTo(last.number() + 1);
        } else {
            assertThat(frame.number()).as("after %s", last).isGreaterThan(last.number());
        }
    }

    synchronized Frame last() {
        return last;
    }

    synchronized long delivered() {
        return delivered;
    }
}
