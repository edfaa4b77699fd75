package io.sdros.it.jcstress;

import io.sdros.shm.reader.Views;
import java.nio.ByteBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** A copy that begins with the header of frame 1 and passes the second look is frame 1: neither CRC nor numbers. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "before")
@Outcome(id = "noticed|later header", expect = Expect.ACCEPTABLE, desc = "meanwhile or after")
@Outcome(expect = Expect.FORBIDDEN, desc = "a mixture that passed")
@State
public class SecondLookTest {

    private final Pair pair = new Pair();

    /** Frame 1 is there. */
    public SecondLookTest() {
        pair.write();
    }

    @Actor
    public void writer() {
        pair.write();
    }

    @Actor
    public void reader(L_Result result) {
        Views view = new Views(pair.region);
        int lengthBytes = view.look();
        if (lengthBytes == 0) {
            result.r1 = "noticed";
            return;
        }
        byte[] copy = view.copy(lengthBytes);
        if (!view.unchangedSinceLook(copy)) {
            result.r1 = "noticed";
        } else if (copy[8] != 1) {
            result.r1 = "later header";
        } else {
            result.r1 = Pair.content(ByteBuffer.wrap(copy, 32, lengthBytes - 32), 1);
        }
    }
}
