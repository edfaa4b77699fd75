package io.sdros.it.bitstream;

import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.Tool;
import io.sdros.it.support.WorkDirectory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What ffmpeg reads in an SPS of H.264. */
record SequenceSyntax(Map<String, Field> fields) {

    private static final Pattern LINE = Pattern.compile("\\[trace_headers[^]]*] (\\d+) +(\\S+) .* = (-?\\d+)");
    private static final int SPS = 7;
    private static final byte[] PICTURE = HexFormat.of().parseHex("0000000168ce3c80000000016588840a11");

    /** @param bit where it stands in the unit, emulation prevention left out */
    record Field(long value, int bit) {
    }

    static SequenceSyntax of(byte[] sps) {
        Path file = WorkDirectory.newFile("sequence", ".h264");
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        stream.writeBytes(new byte[] {0, 0, 0, 1});
        stream.writeBytes(sps);
        stream.writeBytes(PICTURE);
        try {
            Files.write(file, stream.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // It finds no picture in it, which is no matter.
        String text = ChildProcess.run("ffmpeg-trace", List.of("sh", "-c", Tool.command("ffmpeg") + " -hide_banner -f h264 -i '"
                + file + "' -c copy -bsf:v trace_headers -f null - 2>&1 || true"), Deadlines.SOON);
        Map<String, Field> fields = new LinkedHashMap<>();
        boolean within = false;
        for (String line : text.lines().toList()) {
            Matcher field = LINE.matcher(line);
            if (line.endsWith("Sequence Parameter Set")) {
                within = true;
            } else if (within && field.matches() && !field.group(2).startsWith("rbsp")) {
                fields.put(field.group(2), new Field(Long.parseLong(field.group(3)), Integer.parseInt(field.group(1))));
            } else if (within && !field.matches()) {
                break;
            }
        }
        if (fields.isEmpty()) {
            throw new AssertionError("ffmpeg finds no SPS: " + text);
        }
        return new SequenceSyntax(fields);
    }

    /** Pictures whose SPS says nothing from that flag on, which is 0. */
    static List<List<Nal>> silentFrom(String flag, List<List<Nal>> pictures) {
        return pictures.stream().map(picture -> picture.stream()
                .map(unit -> unit.type() == SPS ? new Nal(silentFrom(flag, unit.bytes()), false) : unit).toList()).toList();
    }

    private static byte[] silentFrom(String flag, byte[] sps) {
        int end = of(sps).fields.get(flag).bit();
        byte[] content = withoutPrevention(sps);
        // The flag, and the bit that ends it all.
        byte[] shorter = new byte[(end + 2 + 7) / 8];
        for (int bit = 0; bit < end; bit++) {
            shorter[bit / 8] |= (byte) (content[bit / 8] & 0x80 >> bit % 8);
        }
        shorter[(end + 1) / 8] |= (byte) (0x80 >> (end + 1) % 8);
        return withPrevention(shorter);
    }

    private static byte[] withoutPrevention(byte[] unit) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        int zeros = 0;
        for (byte value : unit) {
            if (zeros >= 2 && value == 3) {
                zeros = 0;
                continue;
            }
            zeros = value == 0 ? zeros + 1 : 0;
            content.write(value);
        }
        return content.toByteArray();
    }

    private static byte[] withPrevention(byte[] content) {
        ByteArrayOutputStream unit = new ByteArrayOutputStream();
        int zeros = 0;
        for (byte value : content) {
            if (zeros >= 2 && (value & 0xff) <= 3) {
                unit.write(3);
                zeros = 0;
            }
            zeros = value == 0 ? zeros + 1 : 0;
            unit.write(value);
        }
        return unit.toByteArray();
    }
}
