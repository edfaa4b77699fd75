package io.sdros.it.stress;

import io.sdros.shm.reader.AttachState;
import io.sdros.shm.reader.Frame;
import io.sdros.shm.reader.FrameStreamListener;
import io.sdros.shm.reader.ShmFrameStream;
import java.io.IOException;
import java.nio.file.Path;

/** A process that reads, and says what becomes of its file and which frames it gets; ends when its input does. */
public final class AttachPrinter {

    private AttachPrinter() {
    }

    /** Argument: path of the region. */
    public static void main(String[] args) throws IOException {
        try (ShmFrameStream stream = ShmFrameStream.builder(Path.of(args[0])).listener(new Printer()).build()) {
            stream.start();
            while (System.in.read() >= 0) {
                continue;
            }
        }
    }

    private static final class Printer implements FrameStreamListener {

        @Override
        public void onFrame(Frame frame) {
            System.out.println("frame " + frame.frameId());
        }

        @Override
        public void onAttach(AttachState state, Path path, String reason) {
            System.out.println(state + ": " + reason);
        }
    }
}
