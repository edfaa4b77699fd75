package io.sdros.server.settings;

import io.sdros.server.text.Parsed;
import io.sdros.transport.undertow.OriginPolicy;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which web pages may connect.
 *
 * @param any every origin may
 * @param sameOrigin a page this server itself has delivered may
 * @param listed these origins may, written as browsers send them: lower case, without the scheme's own port
 */
public record AllowedOrigins(boolean any, boolean sameOrigin, Set<String> listed) {

    private static final String ACCEPTED =
        "same-origin, * (any), or a comma-separated list of scheme://host[:port] in which same-origin may stand too";
    private static final String SAME_ORIGIN = "same-origin";
    private static final String ANY = "*";
    private static final Pattern ORIGIN =
        Pattern.compile("(?<scheme>[a-z][a-z0-9+.-]*)://(?<host>[a-z0-9._-]+|\\[[0-9a-f:.]+])(?::(?<port>[0-9]{1,5}))?");
    private static final int LAST_PORT = 65_535;

    public AllowedOrigins {
        listed = Set.copyOf(listed);
    }

    /** What the transport decides by. */
    public OriginPolicy policy() {
        return OriginPolicy.parse(text());
    }

    static ValueType<AllowedOrigins> type() {
        return new ValueType<>(ACCEPTED, AllowedOrigins::parse);
    }

    /** The same as the setting writes it, in a fixed order. */
    String text() {
        if (any) {
            return ANY;
        }
        Stream<String> own = sameOrigin ? Stream.of(SAME_ORIGIN) : Stream.empty();
        return Stream.concat(own, listed.stream().sorted()).collect(Collectors.joining(","));
    }

    private static Parsed<AllowedOrigins> parse(String text) {
        if (text.equals(ANY)) {
            return Parsed.of(new AllowedOrigins(true, true, Set.of()));
        }
        boolean sameOrigin = false;
        Set<String> listed = new LinkedHashSet<>();
        for (String item : text.split(",", -1)) {
            String origin = item.strip().toLowerCase(Locale.ROOT);
            if (origin.equals(SAME_ORIGIN)) {
                sameOrigin = true;
                continue;
            }
            Parsed<String> normal = normalise(origin);
            if (normal.isRejected()) {
                return Parsed.rejected(normal.detail());
            }
            normal.value().ifPresent(listed::add);
        }
        return Parsed.of(new AllowedOrigins(false, sameOrigin, listed));
    }

    private static Parsed<String> normalise(String origin) {
        Matcher form = ORIGIN.matcher(origin);
        if (!form.matches()) {
            return Parsed.rejected(why(origin));
        }
        String scheme = form.group("scheme");
        String base = scheme + "://" + form.group("host");
        if (!isPolicy(base)) {
            return Parsed.rejected("");
        }
        if (form.group("port") == null) {
            return Parsed.of(base);
        }
        int port = Integer.parseInt(form.group("port"));
        if (port == 0 || port > LAST_PORT) {
            return Parsed.rejected("there is no port " + port);
        }
        // Browsers leave the scheme's own port out of the Origin header.
        boolean schemesOwn = scheme.equals("http") && port == 80 || scheme.equals("https") && port == 443;
        return Parsed.of(schemesOwn ? base : base + ":" + port);
    }

    /** What decides in the end is the transport's word: an IPv6 address, say, that is none. */
    private static boolean isPolicy(String origin) {
        try {
            OriginPolicy.parse(origin);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String why(String origin) {
        if (origin.isEmpty()) {
            return "there is an empty one in the list";
        }
        if (origin.equals(ANY)) {
            return "* stands alone";
        }
        if (origin.equals("null")) {
            return "\"null\" is what every sandboxed page sends, so it would admit any page";
        }
        boolean path = origin.matches("[a-z][a-z0-9+.-]*://[^/]+/.*");
        return path ? "an origin has no path, not even a final slash" : "";
    }
}
