package io.sdros.shm.reader;

import java.util.concurrent.locks.LockSupport;

/** Makes the calling thread wait. */
final class ThreadPauser implements Pauser {

    @Override
    public void pause(long nanos) {
        if (nanos == PollStrategy.SPIN) {
            Thread.onSpinWait();
        } else if (nanos == PollStrategy.YIELD) {
            Thread.yield();
        } else {
            LockSupport.parkNanos(this, nanos);
        }
    }
}
