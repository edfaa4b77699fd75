package io.sdros.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * One file of the player page, held in memory.
 *
 * @param path        the path it is served under, beginning with a slash
 * @param contentType its media type
 * @param content     its bytes; not to be changed
 */
record WebAsset(String path, String contentType, byte[] content) {

    /** Loads {@code web/<name>} from the jar. */
    static WebAsset load(String path, String name) {
        try (InputStream in = WebAsset.class.getResourceAsStream("web/" + name)) {
            if (in == null) {
                throw new IllegalStateException("web/" + name + " is missing from the jar");
            }
            return new WebAsset(path, contentTypeOf(name), in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("web/" + name + " in the jar cannot be read", e);
        }
    }

    private static String contentTypeOf(String name) {
        String extension = name.substring(name.lastIndexOf('.') + 1);
        return switch (extension) {
            case "html" -> "text/html; charset=utf-8";
            case "js" -> "text/javascript; charset=utf-8";
            case "css" -> "text/css; charset=utf-8";
            case "svg" -> "image/svg+xml";
            case "ts" -> "text/plain; charset=utf-8";
            default -> throw new IllegalArgumentException("no media type is known for web/" + name);
        };
    }
}
