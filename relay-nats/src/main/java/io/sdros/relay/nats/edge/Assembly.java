package io.sdros.relay.nats.edge;

import io.sdros.relay.nats.wire.MessageHead;
import io.sdros.relay.nats.wire.MessageKind;
import io.sdros.relay.nats.wire.Reassembler;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Puts the messages of a stream together to frames, those of each origin by themselves, and gives them to an edge.
 * Whatever comes, no more than a bound is held. One thread.
 */
public final class Assembly {

    /** As many as an {@link OriginChoice} looks at. */
    private static final int MOST_ORIGINS = 8;
    private static final long UNFINISHED_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final class Parts {
        private final Reassembler live;
        private final Reassembler replay;
        private long toldIncomplete;

        Parts(Reassembler live, Reassembler replay) {
            this.live = live;
            this.replay = replay;
        }
    }

    private final Edge edge;
    private final int headroomBytes;
    private final int maxFrameBytes;
    private final Map<Long, Parts> origins = new LinkedHashMap<>();
    private final EdgeCounters counters;

    /**
     * @param headroomBytes spare bytes in front of each frame
     * @param maxFrameBytes the longest frame, header and payload; a longer one is left out
     */
    public Assembly(Edge edge, EdgeCounters counters, int headroomBytes, int maxFrameBytes) {
        this.edge = edge;
        this.counters = counters;
        this.headroomBytes = headroomBytes;
        this.maxFrameBytes = maxFrameBytes;
    }

    /**
     * A message has come on a subject with frames.
     *
     * @param replay  whether on the one where only replays are
     * @param message from here on this object's
     */
    public void message(boolean replay, byte[] message, long nowNanos) {
        MessageHead.decode(message).ifPresentOrElse(head -> message(replay, head, message, nowNanos), counters::malformed);
    }

    private void message(boolean replay, MessageHead head, byte[] message, long nowNanos) {
        if (replay == (head.kind() == MessageKind.FRAME)) {
            counters.malformed();
            return;
        }
        if (head.kind() == MessageKind.END_OF_REPLAY) {
            edge.replayEnded(head.originId(), nowNanos);
            return;
        }
        Parts parts = of(head.originId());
        Reassembler reassembler = replay ? parts.replay : parts.live;
        long malformed = reassembler.malformed();
        var whole = reassembler.add(head, message, nowNanos);
        if (reassembler.malformed() != malformed) {
            counters.malformed();
        }
        tellIncomplete(head.originId(), parts);
        whole.ifPresent(frame -> edge.frame(frame, nowNanos));
    }

    private Parts of(long originId) {
        Parts known = origins.get(originId);
        if (known != null) {
            return known;
        }
        if (origins.size() == MOST_ORIGINS) {
            origins.remove(origins.keySet().iterator().next());
        }
        Parts parts = new Parts(new Reassembler(headroomBytes, maxFrameBytes, UNFINISHED_NANOS),
                new Reassembler(headroomBytes, maxFrameBytes, UNFINISHED_NANOS));
        origins.put(originId, parts);
        return parts;
    }

    private void tellIncomplete(long originId, Parts parts) {
        long incomplete = parts.live.incomplete();
        if (incomplete != parts.toldIncomplete) {
            edge.incomplete(originId, incomplete - parts.toldIncomplete);
            parts.toldIncomplete = incomplete;
        }
    }

    /** The rest of what is unfinished will not come. */
    public void giveUp() {
        origins.forEach((originId, parts) -> {
            parts.live.giveUp();
            parts.replay.giveUp();
            tellIncomplete(originId, parts);
        });
    }

    /** Lets go of what has been unfinished for too long; to be called now and then. */
    public void expire(long nowNanos) {
        for (Map.Entry<Long, Parts> origin : origins.entrySet()) {
            origin.getValue().live.expire(nowNanos);
            origin.getValue().replay.expire(nowNanos);
            tellIncomplete(origin.getKey(), origin.getValue());
        }
    }
}
