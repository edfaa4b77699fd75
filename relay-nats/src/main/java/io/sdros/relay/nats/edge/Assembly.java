package io.sdros.relay.nats.edge;

import io.sdros.relay.nats.wire.MessageHead;
import io.sdros.relay.nats.wire.MessageKind;
import io.sdros.relay.nats.wire.Reassembler;
import java.util.concurrent.TimeUnit;

/**
 * Puts those messages of a stream that an edge takes together to frames, and gives them to it. Whatever comes, no more than
 * two unfinished frames are held. One thread.
 */
public final class Assembly {

    private static final long UNFINISHED_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Edge edge;
    private final EdgeCounters counters;
    private final Reassembler live;
    private final Reassembler replays;
    private long toldIncomplete;

    /**
     * @param headroomBytes spare bytes in front of each frame
     * @param maxFrameBytes the longest frame, header and payload; a longer one is left out
     */
    public Assembly(Edge edge, EdgeCounters counters, int headroomBytes, int maxFrameBytes) {
        this.edge = edge;
        this.counters = counters;
        live = new Reassembler(headroomBytes, maxFrameBytes, UNFINISHED_NANOS);
        replays = new Reassembler(headroomBytes, maxFrameBytes, UNFINISHED_NANOS);
    }

    /**
     * A message has come on a subject with frames.
     *
     * @param replay  whether on the one where only replays are
     * @param head    decoded from it
     * @param message from here on this object's
     */
    public void message(boolean replay, MessageHead head, byte[] message, long nowNanos) {
        if (replay == (head.kind() == MessageKind.FRAME)) {
            counters.malformed();
            return;
        }
        if (head.kind() == MessageKind.END_OF_REPLAY) {
            edge.replayEnded(head.originId(), nowNanos);
            return;
        }
        if (!edge.takes(head, nowNanos)) {
            return;
        }
        Reassembler reassembler = replay ? replays : live;
        long malformed = reassembler.malformed();
        var whole = reassembler.add(head, message, nowNanos);
        if (reassembler.malformed() != malformed) {
            counters.malformed();
        }
        tellIncomplete();
        whole.ifPresent(frame -> edge.frame(frame, nowNanos));
    }

    private void tellIncomplete() {
        long incomplete = live.incomplete();
        if (incomplete != toldIncomplete) {
            edge.incomplete(incomplete - toldIncomplete);
            toldIncomplete = incomplete;
        }
    }

    /** The rest of what is unfinished will not come. */
    public void giveUp() {
        live.giveUp();
        replays.giveUp();
        tellIncomplete();
    }

    /** Lets go of what has been unfinished for too long; to be called now and then. */
    public void expire(long nowNanos) {
        live.expire(nowNanos);
        replays.expire(nowNanos);
        tellIncomplete();
    }
}
