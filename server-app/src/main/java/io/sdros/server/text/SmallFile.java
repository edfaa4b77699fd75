package io.sdros.server.text;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A small text file as it was when it was read: a certificate, a key, a token.
 *
 * @param text decoded as ISO 8859-1, in which no byte is an error; never blank
 */
public record SmallFile(Path path, String text) {

    /** Far above any certificate chain or credentials file, far below what would hurt. */
    private static final int LARGEST_BYTES = 1 << 20;

    /** Reads it now; rejected, with a reason for the operator, if it is missing, unreadable, too large or empty. Any thread. */
    public static Parsed<SmallFile> read(Path path) {
        try {
            if (Files.isDirectory(path)) {
                return Parsed.rejected("it is a directory");
            }
            if (Files.notExists(path)) {
                return Parsed.rejected("there is no such file");
            }
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                // Reading a pipe waits for somebody to write into it, and a device need not end.
                return Parsed.rejected("it is not a regular file");
            }
            if (attributes.size() > LARGEST_BYTES) {
                return Parsed.rejected("it is larger than 1 MiB");
            }
            String text = Files.readString(path, StandardCharsets.ISO_8859_1);
            return text.isBlank() ? Parsed.rejected("it is empty") : Parsed.of(new SmallFile(path, text));
        } catch (AccessDeniedException e) {
            return Parsed.rejected("it may not be read by the user this process runs as");
        } catch (IOException e) {
            return Parsed.rejected("it cannot be read: " + e.getClass().getSimpleName());
        }
    }
}
