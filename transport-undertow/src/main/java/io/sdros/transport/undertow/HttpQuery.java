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
        for (String pair : rawQuery.split("&")) {
            int equals = pair.indexOf('=');
            if (equals >= 0 && decoded(pair.substring(0, equals)).filter(name::equals).isPresent()) {
                return decoded(pair.substring(equals + 1));
            }
        }
        return Optional.empty();
    }

    private static Optional<String> decoded(String text) {
        try {
            return Optional.of(URLDecoder.decode(text, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // a percent sign without its digits: whatever was meant, it is no name of anything
        }
    }

    /** The first value of the header, whatever the case of its name. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }
}
