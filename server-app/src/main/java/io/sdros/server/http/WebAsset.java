package io.sdros.server.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * One file of the player page, held in memory.
 *
 * @param path        the path it is served under, beginning with a slash
 * @param contentType its media type
 * @param content     its bytes; not to be changed
 * @param etag        names these bytes, as the ETag header does
 */
record WebAsset(String path, String contentType, byte[] content, String etag) {

    private static final int DIGEST_BYTES = 12;
    private static final String FOLDER = "/io/sdros/server/web/";

    /** Loads {@code web/<name>} from the jar. */
    static WebAsset load(String path, String name) {
        try (InputStream in = WebAsset.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new IllegalStateException("web/" + name + " is missing from the jar");
            }
            byte[] content = in.readAllBytes();
            return new WebAsset(path, contentTypeOf(name), content, etagOf(content));
        } catch (IOException e) {
            throw new UncheckedIOException("web/" + name + " in the jar cannot be read", e);
        }
    }

    /** The same text with something in place of something else, wherever that is. */
    WebAsset with(String replaced, String replacement) {
        byte[] changed = new String(content, StandardCharsets.UTF_8).replace(replaced, replacement)
                .getBytes(StandardCharsets.UTF_8);
        return new WebAsset(path, contentType, changed, etagOf(changed));
    }

    /** As {@code Content-Encoding: gzip} sends it. The tag names the bytes that are sent, so it is another one. */
    WebAsset gzipped() {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException("bytes in memory can be written", e);
        }
        return new WebAsset(path, contentType, packed.toByteArray(), etag.replaceFirst("\"$", "-gzip\""));
    }

    /** Whether a browser that sends this If-None-Match has these bytes already; a proxy that packs them says W/ before the tag. */
    boolean matches(String ifNoneMatch) {
        return Arrays.stream(ifNoneMatch.split(",")).map(String::strip)
                .anyMatch(tag -> tag.equals("*") || tag.equals(etag) || tag.equals("W/" + etag));
    }

    private static String etagOf(byte[] content) {
        return '"' + digest(Stream.of(content)) + '"';
    }

    /** Names these bytes: others have another name. */
    static String digest(Stream<byte[]> contents) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            contents.forEach(digest::update);
            return HexFormat.of().formatHex(digest.digest(), 0, DIGEST_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
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
            case "json" -> "application/json";
            default -> throw new IllegalArgumentException("no media type is known for web/" + name);
        };
    }
}
