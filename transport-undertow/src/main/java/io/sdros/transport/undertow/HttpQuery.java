package io.sdros.transport.undertow;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A GET or HEAD request as a route sees it.
 *
 * @param path     decoded, without the query
 * @param rawQuery what follows the question mark, undecoded; empty if there is none
 * @param headers  first value of each header, by lower-case name
 */
public record HttpQuery(String path, String rawQuery, Map<String, String> headers) {

    /** Makes the map immutable. */
    public HttpQuery {
        Objects.requireNonNull(path);
        Objects.requireNonNull(rawQuery);
        headers = Map.copyOf(headers);
    }

    /** The first value of the parameter in the query, decoded; empty also if that cannot be. */
    public Optional<String> parameter(String name) {
        try {
            for (String pair : rawQuery.split("&")) {
                int equals = pair.indexOf('=');
                if (equals >= 0 && URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8).equals(name)) {
                    return Optional.of(URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
                }
            }
        } catch (IllegalArgumentException e) {
            // A percent sign without its digits: whatever was meant, it is no name of anything.
        }
        return Optional.empty();
    }

    /** The first value of the header, whatever the case of its name. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }
}
