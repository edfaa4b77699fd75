package io.sdros.relay.nats.edge;

import io.sdros.relay.nats.wire.ReceivedFrame;

/** What the header of a frame says of it. */
final class FrameWords {

    private static final int FLAGS_OFFSET = 20;
    private static final int CODEC_OFFSET = 22;
    private static final int KEYFRAME = 1;
    private static final int JPEG = 3;

    private FrameWords() {
    }

    /** Whether a picture may begin with it. Origins see to it that the flag is true. */
    static boolean keyframe(ReceivedFrame frame) {
        return (u16(frame, FLAGS_OFFSET) & KEYFRAME) != 0 || u16(frame, CODEC_OFFSET) == JPEG;
    }

    private static int u16(ReceivedFrame frame, int offset) {
        int at = frame.headerOffset() + offset;
        return Byte.toUnsignedInt(frame.array()[at]) | Byte.toUnsignedInt(frame.array()[at + 1]) << 8;
    }
}
