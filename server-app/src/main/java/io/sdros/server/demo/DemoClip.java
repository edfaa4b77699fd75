package io.sdros.server.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A built-in H.264 clip, cut into its access units. It starts with a keyframe, so it can be played in a loop.
 *
 * <p>Made by make-demo-clip.sh and make-demo-wrist-clip.sh in integration-tests/src/test/scripts: every access unit starts
 * with an access unit delimiter, which is where it is cut.
 */
public final class DemoClip {
    static final int FRAMES_PER_SECOND = 30;

    private static final int NAL_TYPE_MASK = 0x1F;
    private static final int NAL_IDR_SLICE = 5;
    private static final int NAL_ACCESS_UNIT_DELIMITER = 9;

    private final List<AccessUnit> accessUnits;

    /**
     * One picture.
     *
     * @param annexB   its NAL units with start codes; read-only
     * @param keyframe whether it is an IDR picture
     */
    record AccessUnit(ByteBuffer annexB, boolean keyframe) {
    }

    private DemoClip(List<AccessUnit> accessUnits) {
        this.accessUnits = List.copyOf(accessUnits);
    }

    /** A rover's front camera. */
    public static DemoClip front() {
        return load("demo.h264");
    }

    /** Another camera's: small, and told from the first at a glance. */
    public static DemoClip wrist() {
        return load("demo-wrist.h264");
    }

    private static DemoClip load(String name) {
        try (InputStream in = DemoClip.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing from the jar");
            }
            return parse(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(name + " in the jar cannot be read", e);
        }
    }

    /** Cuts an Annex-B stream before each access unit delimiter. */
    static DemoClip parse(byte[] stream) {
        List<AccessUnit> units = new ArrayList<>();
        int unitStart = -1;
        boolean keyframe = false;
        for (int at = 0; at + 3 < stream.length; at++) {
            if (stream[at] != 0 || stream[at + 1] != 0 || stream[at + 2] != 1) {
                continue;
            }
            int nalType = stream[at + 3] & NAL_TYPE_MASK;
            if (nalType == NAL_ACCESS_UNIT_DELIMITER) {
                // A start code may have one more zero byte in front, which belongs to it.
                int start = at > 0 && stream[at - 1] == 0 ? at - 1 : at;
                if (unitStart >= 0) {
                    units.add(unit(stream, unitStart, start, keyframe));
                }
                unitStart = start;
                keyframe = false;
            } else if (nalType == NAL_IDR_SLICE) {
                keyframe = true;
            }
            at += 3;
        }
        if (unitStart >= 0) {
            units.add(unit(stream, unitStart, stream.length, keyframe));
        }
        if (units.isEmpty() || !units.get(0).keyframe()) {
            throw new IllegalArgumentException("the clip must start with a keyframe behind an access unit delimiter");
        }
        return new DemoClip(units);
    }

    private static AccessUnit unit(byte[] stream, int from, int to, boolean keyframe) {
        return new AccessUnit(ByteBuffer.wrap(stream, from, to - from).slice().asReadOnlyBuffer(), keyframe);
    }

    int length() {
        return accessUnits.size();
    }

    AccessUnit at(int index) {
        return accessUnits.get(index);
    }

    /** The first keyframe at or after {@code index}, going round at the end. */
    int nextKeyframe(int index) {
        int at = index;
        while (!accessUnits.get(at).keyframe()) {
            at = (at + 1) % accessUnits.size();
        }
        return at;
    }
}
