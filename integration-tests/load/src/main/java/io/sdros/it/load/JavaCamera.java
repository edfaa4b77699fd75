package io.sdros.it.load;

import io.sdros.shm.protocol.Codecs;
import io.sdros.shm.protocol.FrameFlags;
import io.sdros.shm.protocol.ShmWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * A producer as one in Java would be: the pictures of an H.264 stream from standard input, each with a delimiter in front,
 * written by the library's writer at the pace of the camera. Each frame's frame_id is when it began to write it.
 */
final class JavaCamera {

    private static final byte[] DELIMITER = {0, 0, 0, 1, 9};
    private static final int NAL_TYPE = 0x1f;
    private static final int IDR_PICTURE = 5;
    private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

    private JavaCamera() {
    }

    /** Arguments: region, bytes of the history or 0, frames per second. */
    public static void main(String[] arguments) throws IOException {
        byte[] stream = System.in.readAllBytes();
        long intervalNanos = Duration.ofSeconds(1).toNanos() / Integer.parseInt(arguments[2]);
        try (ShmWriter writer = ShmWriter.builder(Path.of(arguments[0])).historyBytes(Integer.parseInt(arguments[1])).open()) {
            long dueNanos = System.nanoTime();
            for (int from = 0; from < stream.length;) {
                int end = nextDelimiter(stream, from + DELIMITER.length);
                long nowNanos = System.nanoTime();
                while (nowNanos - dueNanos < 0) {
                    LockSupport.parkNanos(dueNanos - nowNanos);
                    nowNanos = System.nanoTime();
                }
                writer.write(ByteBuffer.wrap(stream, from, end - from), nowNanos,
                        keyframe(stream, from, end) ? FrameFlags.KEYFRAME : 0, Codecs.H264);
                dueNanos = nextDue(dueNanos, nowNanos, intervalNanos);
                from = end;
            }
        }
    }

    /** As producer.c: what is late is caught up with at twice the pace, and after a pause it goes on from now. */
    private static long nextDue(long dueNanos, long nowNanos, long intervalNanos) {
        long from = nowNanos - dueNanos > PAUSE_NANOS ? nowNanos : dueNanos;
        return nowNanos + Math.max(from + intervalNanos - nowNanos, intervalNanos / 2);
    }

    private static int nextDelimiter(byte[] stream, int from) {
        for (int at = from; at + DELIMITER.length <= stream.length; at++) {
            if (Arrays.equals(stream, at, at + DELIMITER.length, DELIMITER, 0, DELIMITER.length)) {
                return at;
            }
        }
        return stream.length;
    }

    private static boolean keyframe(byte[] stream, int from, int end) {
        for (int at = from; at + 3 < end; at++) {
            if (stream[at] == 0 && stream[at + 1] == 0 && stream[at + 2] == 1 && (stream[at + 3] & NAL_TYPE) == IDR_PICTURE) {
                return true;
            }
        }
        return false;
    }
}
