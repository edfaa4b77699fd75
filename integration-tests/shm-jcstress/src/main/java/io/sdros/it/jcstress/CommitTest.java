package io.sdros.it.jcstress;

import io.sdros.shm.reader.Views;
import java.nio.ByteBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** Who sees the first sequence sees the first frame, without looking a second time. */
@JCStressTest
@Outcome(id = "nothing", expect = Expect.ACCEPTABLE, desc = "before")
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "after")
@Outcome(expect = Expect.FORBIDDEN, desc = "the sequence without its frame")
@State
public class CommitTest {

    private final Pair pair = new Pair();

    @Actor
    public void writer() {
        pair.write();
    }

    @Actor
    public void reader(L_Result result) {
        Views view = new Views(pair.region);
        int lengthBytes = view.look();
        if (lengthBytes == 0) {
            // No sequence; or, as sequence and length come in one copy, in which nothing is ordered, a length of
            // before.
            result.r1 = "nothing";
            return;
        }
        result.r1 = Pair.content(ByteBuffer.wrap(view.copy(lengthBytes), 32, lengthBytes - 32), 1);
    }
}
