package io.sdros.transport.undertow;

import io.sdros.transport.undertow.access.Origin;
import io.sdros.transport.undertow.access.RequestSource;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which pages may open the stream. Requests without an Origin header do not come from a browser and always pass.
 * Immutable.
 */
public final class OriginPolicy {

    /** As written in settings. */
    public static final String SAME_ORIGIN = "same-origin";
    /** As written in settings. */
    public static final String ANY = "*";

    private static final Pattern PATH = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://[^/]+/.*");
    private static final Pattern PORT = Pattern.compile("(?<host>.+):(?<port>[0-9]{1,5})");

    private final boolean any;
    private final boolean sameOrigin;
    private final Set<Origin> listed;

    private OriginPolicy(boolean any, boolean sameOrigin, Set<Origin> listed) {
        this.any = any;
        this.sameOrigin = sameOrigin;
        this.listed = Set.copyOf(listed);
    }

    /** Pages served under the host and port the request itself names. */
    public static OriginPolicy sameOrigin() {
        return new OriginPolicy(false, true, Set.of());
    }

    /** Every page. */
    public static OriginPolicy any() {
        return new OriginPolicy(true, false, Set.of());
    }

    /**
     * Reads {@code same-origin}, {@code *}, or a comma-separated list of origins such as
     * {@code https://cam.example, http://10.0.0.5:8080}, which may contain {@code same-origin}.
     *
     * @throws IllegalArgumentException saying what is wrong
     */
    public static OriginPolicy parse(String text) {
        if (text.trim().equals(ANY)) {
            return any();
        }
        boolean sameOrigin = false;
        Set<Origin> listed = new LinkedHashSet<>();
        for (String part : text.split(",", -1)) {
            String entry = part.trim();
            if (entry.equalsIgnoreCase(SAME_ORIGIN)) {
                sameOrigin = true;
            } else {
                listed.add(Origin.parse(entry).orElseThrow(() -> new IllegalArgumentException(problemWith(entry))));
            }
        }
        return new OriginPolicy(false, sameOrigin, listed);
    }

    private static String problemWith(String entry) {
        if (entry.isEmpty()) {
            return "there is an empty one in the list";
        }
        if (entry.equals(ANY)) {
            return "* stands alone";
        }
        if (entry.equals("null")) {
            return "\"null\" is what every sandboxed page sends, so it would admit any page";
        }
        if (PATH.matcher(entry).matches()) {
            return "an origin has no path, not even a final slash";
        }
        Matcher port = PORT.matcher(entry);
        boolean wrongPort = port.matches() && Origin.parse(port.group("host")).isPresent();
        return wrongPort
                ? "there is no port " + Integer.parseInt(port.group("port"))
                : "'" + entry + "' is not an origin: scheme://host[:port] is expected";
    }

    /** Empty: allowed. */
    Optional<RefusalReason> refusal(String originHeader, RequestSource source, HostPolicy hosts) {
        if (any) {
            return Optional.empty();
        }
        Optional<Origin> parsed = Origin.parse(originHeader);
        if (parsed.isEmpty()) {
            return Optional.of(RefusalReason.ORIGIN);
        }
        Origin origin = parsed.get();
        if (listed.contains(origin)) {
            return Optional.empty();
        }
        if (!sameOrigin || !origin.sameAs(source)) {
            return Optional.of(RefusalReason.ORIGIN);
        }
        return origin.secure() || hosts.allows(origin.host()) ? Optional.empty() : Optional.of(RefusalReason.HOST);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OriginPolicy policy && any == policy.any && sameOrigin == policy.sameOrigin
                && listed.equals(policy.listed);
    }

    @Override
    public int hashCode() {
        return listed.hashCode();
    }
}
