package io.sdros.fanout;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** A message is offered while its consumer begins to drain after an earlier wake-up: it wakes again, or is polled. */
@JCStressTest
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "the next drain polls it")
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "this drain has")
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "woken for nothing")
@Outcome(id = "false, false", expect = Expect.FORBIDDEN, desc = "the message lies there until another comes")
@State
public class MessageWakesTest {

    private final DropOldestQueue<String> queue = new DropOldestQueue<>(2);
    private final AdmittedGroups groups = new AdmittedGroups(new ProducerThread(), new BroadcasterCounters());
    private final WakeupGroup group = new WakeupGroup(() -> woken = true);
    private boolean woken;

    /** The consumer was woken and has not begun. */
    public MessageWakesTest() {
        groups.add(group);
        groups.wakeForMessage();
        woken = false;
    }

    @Actor
    public void producer(ZZ_Result result) {
        queue.offer("message");
        groups.wakeForMessage();
        result.r1 = woken;
    }

    @Actor
    public void consumer(ZZ_Result result) {
        group.beginDrain();
        result.r2 = queue.poll() != null;
    }
}
