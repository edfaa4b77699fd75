package io.sdros.transport.undertow;

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

    /** The first value of the header, whatever the case of its name. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }
}
