package io.sdros.transport.undertow;

import io.sdros.transport.undertow.access.Origin;
import io.sdros.transport.undertow.access.RequestSource;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Which pages may open the stream. Requests without an Origin header do not come from a browser and always pass.
 * Immutable.
 */
public final class OriginPolicy {

    /** As written in settings. */
    public static final String SAME_ORIGIN = "same-origin";
    /** As written in settings. */
    public static final String ANY = "*";

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
     * @throws IllegalArgumentException naming the part that is none of these
     */
    public static OriginPolicy parse(String text) {
        boolean any = false;
        boolean sameOrigin = false;
        Set<Origin> listed = new LinkedHashSet<>();
        for (String part : text.split(",", -1)) {
            String entry = part.trim();
            if (entry.equals(ANY)) {
                any = true;
            } else if (entry.equals(SAME_ORIGIN)) {
                sameOrigin = true;
            } else {
                listed.add(Origin.parse(entry).orElseThrow(() -> new IllegalArgumentException(
                        "'" + entry + "' is not an origin: scheme://host[:port] is expected")));
            }
        }
        return new OriginPolicy(any, sameOrigin, listed);
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
}
