package io.sdros.it.jcstress;

import io.sdros.shm.reader.FrameReader;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** Frame 2 is replaced by frame 3 while it is read, with CRC. */
@JCStressTest
@Outcome(id = "frame 2", expect = Expect.ACCEPTABLE, desc = "before")
@Outcome(id = "frame 3", expect = Expect.ACCEPTABLE, desc = "after")
@Outcome(id = "INVALID_LENGTH|TORN_READ|CRC_MISMATCH", expect = Expect.ACCEPTABLE, desc = "meanwhile, and noticed")
@Outcome(expect = Expect.FORBIDDEN, desc = "a frame that was never written")
@State
public class ReplaceCrcTest {

    private final Pair pair = new Pair();
    private final FrameReader reader = pair.reader(true);

    /** Frame 1 is read, which tells the reader how frames are numbered; frame 2 is there. */
    public ReplaceCrcTest() {
        pair.write();
        for (int i = 0; i < 3; i++) {
            reader.attempt();
        }
        pair.write();
    }

    @Actor
    public void writer() {
        pair.write();
    }

    @Actor
    public void reader(L_Result result) {
        result.r1 = Pair.result(reader);
    }
}
