package io.sdros.fanout;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;

/** A need for a keyframe is told while the producer takes an earlier one: it wakes the producer again, or is taken, too. */
@JCStressTest
@Outcome(id = "true, 1", expect = Expect.ACCEPTABLE, desc = "the next service takes it")
@Outcome(id = "false, 2", expect = Expect.ACCEPTABLE, desc = "this service has")
@Outcome(expect = Expect.FORBIDDEN, desc = "nobody asks for it, or somebody twice")
@State
public class OutsideNeedTest {

    private final OutsideNeed need = new OutsideNeed();
    private final KeyframeRequestSchedule requests = new KeyframeRequestSchedule((reason, clients) -> true, 1);

    /** One client has told of a need. */
    public OutsideNeedTest() {
        need.tell(KeyframeRequestReason.LAG, 1);
    }

    @Actor
    public void client(ZI_Result result) {
        result.r1 = need.tell(KeyframeRequestReason.LAG, 2);
    }

    @Actor
    public void producer(ZI_Result result) {
        need.take(requests, 0);
        result.r2 = need.clients();
    }
}
