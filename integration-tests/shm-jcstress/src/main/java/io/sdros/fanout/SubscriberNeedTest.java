package io.sdros.fanout;

import java.util.concurrent.atomic.AtomicBoolean;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;

/** A subscriber that joins or lags while the producer serves another wakes the producer again, or is served, too. */
@JCStressTest
@Outcome(id = "true, 1", expect = Expect.ACCEPTABLE, desc = "the next service serves it")
@Outcome(id = "false, 2", expect = Expect.ACCEPTABLE, desc = "this service has")
@Outcome(id = "true, 2", expect = Expect.ACCEPTABLE, desc = "woken for nothing")
@Outcome(expect = Expect.FORBIDDEN, desc = "it waits for another one to come")
@State
public class SubscriberNeedTest {

    private static final BroadcasterConfig CONFIG = new BroadcasterConfig(1, 0, 0, 0, false, 0, 1, 1, System::nanoTime,
            (reason, clients) -> true, () -> { });
    private static final StreamPosition POSITION = new StreamPosition(new FlowClock(0));
    private static final BroadcasterCounters COUNTERS = new BroadcasterCounters();
    private static final Subscriber<String> SOMEBODY = new Subscriber<>(CONFIG, POSITION, COUNTERS, new ServiceQueue<>(() -> { }),
            new WakeupGroup(), SubscriptionOptions.ALL, false);

    private final AtomicBoolean woken = new AtomicBoolean();
    private final ServiceQueue<String> queue = new ServiceQueue<>(() -> woken.set(true));

    /** One waits to be served. */
    public SubscriberNeedTest() {
        queue.put(SOMEBODY);
        woken.set(false);
    }

    @Actor
    public void client(ZI_Result result) {
        queue.put(SOMEBODY);
        result.r1 = woken.get();
    }

    @Actor
    public void producer(ZI_Result result) {
        result.r2 = queue.serve(subscriber -> 1);
    }
}
