import io.sdros.shm.reader.AttachState;
import io.sdros.shm.reader.Discontinuity;
import io.sdros.shm.reader.Frame;
import io.sdros.shm.reader.FrameStreamListener;
import io.sdros.shm.reader.ShmFrameStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Lists the frames of a region, as the reader library delivers them: {@code PATH on|off}, until standard input ends.
 *
 * <p>Lines: "ready" once the region is attached, "frame HEADER SHA256" (32 header bytes; digest of the payload; both in
 * hexadecimal), "discontinuity REASON LOST".
 */
final class ReadFrames implements FrameStreamListener {

    private final MessageDigest sha256;

    private ReadFrames() throws NoSuchAlgorithmException {
        sha256 = MessageDigest.getInstance("SHA-256");
    }

    public static void main(String[] args) throws Exception {
        try (ShmFrameStream stream = ShmFrameStream.builder(Path.of(args[0])).crcEnabled(args[1].equals("on"))
                .keyframeGating(false).expectedRegionBytes(0).listener(new ReadFrames()).build()) {
            stream.start();
            System.in.transferTo(java.io.OutputStream.nullOutputStream());
        }
    }

    @Override
    public void onAttach(AttachState state, Path path, String reason) {
        System.out.println(state == AttachState.ATTACHED ? "ready" : "not attached: " + reason);
    }

    @Override
    public void onFrame(Frame frame) {
        byte[] header = new byte[32];
        ByteBuffer bytes = frame.headerAndPayload();
        bytes.get(header);
        sha256.update(bytes);
        System.out.println("frame " + HexFormat.of().formatHex(header) + " "
                + HexFormat.of().formatHex(sha256.digest()));
    }

    @Override
    public void onDiscontinuity(Discontinuity reason, long lostFrames) {
        System.out.println("discontinuity " + reason + " " + lostFrames);
    }
}
