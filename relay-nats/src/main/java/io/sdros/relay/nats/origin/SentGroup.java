package io.sdros.relay.nats.origin;

import io.sdros.relay.nats.OriginFrame;
import java.util.ArrayList;
import java.util.List;

/** What was published since the last keyframe, for those who join. One thread. */
final class SentGroup {

    /** A frame and the number it was published under. */
    record Sent(long sequence, OriginFrame frame) {
    }

    private final long maxBytes;
    private final List<Sent> frames = new ArrayList<>();
    private long bytes;
    private boolean open;

    /** @param maxBytes a group that is larger is not kept */
    SentGroup(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    void add(long sequence, OriginFrame frame) {
        if (frame.keyframe()) {
            clear();
            open = true;
        }
        if (!open) {
            return;
        }
        bytes += frame.lengthBytes();
        if (bytes > maxBytes) {
            clear();
            return;
        }
        frames.add(new Sent(sequence, frame));
    }

    void clear() {
        frames.clear();
        bytes = 0;
        open = false;
    }

    /** Those up to this number, from the keyframe on; empty if it came later. */
    List<Sent> upTo(long sequence) {
        int end = frames.size();
        while (end > 0 && frames.get(end - 1).sequence > sequence) {
            end--;
        }
        return List.copyOf(frames.subList(0, end));
    }

    /** Whether this very frame is one of it. */
    boolean contains(OriginFrame frame) {
        return frames.stream().anyMatch(sent -> sent.frame.array() == frame.array());
    }

    boolean isEmpty() {
        return frames.isEmpty();
    }

    /** Whether this is a frame of it. */
    boolean contains(long sequence) {
        return !frames.isEmpty() && frames.get(0).sequence <= sequence;
    }
}
