import io.sdros.shm.protocol.ShmWriter;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * Writes the frames that standard input lists through {@link ShmWriter}: {@code PATH REGION_BYTES on|off [HISTORY_BYTES]}.
 *
 * <p>A line is a frame: frame_id, flags, codec, payload in hexadecimal (- for none), and its capture time or nothing.
 * Without HISTORY_BYTES there is no history. The answer is "written N" or "refused"; the first line of output is "ready".
 */
final class WriteFrames {

    private WriteFrames() {
    }

    public static void main(String[] args) throws Exception {
        try (ShmWriter writer = ShmWriter.builder(Path.of(args[0])).regionBytes(Integer.parseInt(args[1]))
                        .crcEnabled(args[2].equals("on")).historyBytes(args.length > 3 ? Integer.parseInt(args[3]) : 0).open();
                BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            System.out.println("ready");
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                String[] fields = line.split(" ");
                byte[] payload = HexFormat.of().parseHex(fields[3].equals("-") ? "" : fields[3]);
                boolean written = writer.write(ByteBuffer.wrap(payload), Long.parseUnsignedLong(fields[0]),
                        Integer.parseInt(fields[1]), Integer.parseInt(fields[2]),
                        fields.length > 4 ? Long.parseLong(fields[4]) : 0);
                System.out.println(written ? "written " + writer.framesWritten() : "refused");
            }
        }
    }
}
