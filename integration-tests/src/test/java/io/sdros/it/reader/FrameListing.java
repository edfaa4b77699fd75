package io.sdros.it.reader;

import io.sdros.it.support.Await;
import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.Tool;
import io.sdros.it.support.VideoFrame;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/** A process that reads a region and lists the frames it has got. */
final class FrameListing implements AutoCloseable {

    private static final Pattern READY = Pattern.compile("^ready");

    /** Who reads: the Java library, or a script that knows only the contract. */
    enum Reader {
        JAVA, PYTHON
    }

    /** What is listed of one frame: all 32 header bytes, and the digest of the payload, both in hexadecimal. */
    record Line(String header, String payloadSha256) {

        static Line of(VideoFrame frame) {
            return new Line(HexFormat.of().formatHex(frame.headerAndPayload(), 0, VideoFrame.HEADER_BYTES),
                    sha256(frame.payload()));
        }

        private static Line parse(String line) {
            String[] fields = line.split(" ");
            return new Line(fields[1], fields[2]);
        }

        private ByteBuffer headerBytes() {
            return ByteBuffer.wrap(HexFormat.of().parseHex(header)).order(ByteOrder.LITTLE_ENDIAN);
        }

        long frameSeq() {
            return headerBytes().getLong(8);
        }

        int flags() {
            return Short.toUnsignedInt(headerBytes().getShort(20));
        }

        int codec() {
            return Short.toUnsignedInt(headerBytes().getShort(22));
        }
    }

    private final ChildProcess process;

    private FrameListing(ChildProcess process) {
        this.process = process;
    }

    /** Starts it on a region that is there; returns once it reads. */
    static FrameListing start(Reader reader, Path region, boolean crc) {
        String check = crc ? "on" : "off";
        FrameListing listing = new FrameListing(ChildProcess.start("read-frames-" + reader, switch (reader) {
            case JAVA -> LibraryProgram.command("ReadFrames", region.toString(), check);
            case PYTHON -> List.of(Tool.command("python3"), Tool.pythonScript("read_frames.py"), region.toString(),
                    check);
        }));
        try {
            listing.awaitReady();
            return listing;
        } catch (RuntimeException | Error e) {
            listing.close();
            throw e;
        }
    }

    private void awaitReady() {
        process.awaitLine(READY, Deadlines.START);
    }

    /** All frames so far, of which there must be this many before long. */
    List<Line> await(int frames) {
        Await.until(frames + " frames are read", Deadlines.SOON, () -> frames().size() >= frames);
        return frames();
    }

    /** Lets it not be run. */
    void freeze() {
        process.signal("-STOP");
    }

    void thaw() {
        process.signal("-CONT");
    }

    /** All frames so far. */
    List<Line> frames() {
        return process.lines().stream().filter(line -> line.startsWith("frame ")).map(Line::parse).toList();
    }

    /** What was said besides frames. */
    List<String> remarks() {
        return process.lines().stream().filter(line -> !line.startsWith("frame ")).toList();
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
