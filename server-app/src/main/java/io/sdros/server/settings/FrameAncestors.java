package io.sdros.server.settings;

import io.sdros.server.text.Json;
import io.sdros.server.text.Parsed;
import io.sdros.transport.undertow.OriginPolicy;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Which pages may show the player in a frame.
 *
 * @param sources as the directive frame-ancestors of a Content-Security-Policy names them
 */
public record FrameAncestors(String sources) {

    private static final String NONE = "none";
    private static final String ACCEPTED =
        "none, * (any), or a comma-separated list of scheme://host[:port] in which same-origin may stand too";

    static ValueType<FrameAncestors> type() {
        return new ValueType<>(ACCEPTED, FrameAncestors::parse);
    }

    private static Parsed<FrameAncestors> parse(String text) {
        if (text.equalsIgnoreCase(NONE)) {
            return Parsed.of(new FrameAncestors("'none'"));
        }
        try {
            // What is an origin there is one here.
            OriginPolicy.parse(text);
        } catch (IllegalArgumentException e) {
            return Parsed.rejected(Json.escape(e.getMessage()));
        }
        return Parsed.of(new FrameAncestors(Arrays.stream(text.split(",")).map(FrameAncestors::source).distinct()
            .collect(Collectors.joining(" "))));
    }

    private static String source(String origin) {
        String plain = origin.trim().toLowerCase(Locale.ROOT);
        return plain.equals(OriginPolicy.SAME_ORIGIN) ? "'self'" : plain;
    }
}
