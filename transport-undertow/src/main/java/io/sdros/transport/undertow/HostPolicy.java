package io.sdros.transport.undertow;

import io.sdros.transport.undertow.access.IpLiteral;
import io.sdros.transport.undertow.access.Origin;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Under which host names a page over plain http counts as this server's own. Whoever owns a name can let it lead to this
 * server's address after a browser has loaded a page from it (DNS rebinding); that page's Origin and Host header then
 * agree, and only the name tells it from the server's own page. Over TLS the browser checks the name, by the certificate.
 * Immutable; any thread.
 */
public final class HostPolicy {

    /** As written in settings. */
    public static final String OWN = "own";
    /** As written in settings. */
    public static final String ANY = "*";

    private static final Pattern NAME = Pattern.compile("[a-z0-9_-]+(?:\\.[a-z0-9_-]+)*");
    /** Not in public DNS, so a stranger cannot own one: RFC 6761 (localhost), 6762 (local), 8375 (home.arpa), ICANN 2024 (internal). */
    private static final List<String> PRIVATE_SUFFIXES = List.of(".localhost", ".local", ".home.arpa", ".internal");

    private final boolean any;
    private final Set<String> listed;
    private final Supplier<Set<String>> ownNames;

    private HostPolicy(boolean any, Set<String> listed, Supplier<Set<String>> ownNames) {
        this.any = any;
        this.listed = Set.copyOf(listed);
        this.ownNames = ownNames;
    }

    /** IP addresses, {@code localhost}, and names that public DNS cannot have. */
    public static HostPolicy own() {
        return new HostPolicy(false, Set.of(), Set::of);
    }

    /** Every name. */
    public static HostPolicy any() {
        return new HostPolicy(true, Set.of(), Set::of);
    }

    /**
     * Reads {@code own}, {@code *}, or a comma-separated list of names without port, which are allowed besides the own
     * ones; {@code own} may stand in it.
     *
     * @throws IllegalArgumentException naming the part that is none of these
     */
    public static HostPolicy parse(String text) {
        if (text.trim().equals(ANY)) {
            return any();
        }
        Set<String> listed = new LinkedHashSet<>();
        for (String part : text.split(",", -1)) {
            String entry = part.trim();
            if (!entry.equals(OWN)) {
                listed.add(name(entry));
            }
        }
        return new HostPolicy(false, listed, Set::of);
    }

    /**
     * The same, and these are the machine's own names.
     *
     * @param names asked at every look, on an I/O thread, so it must not block; they may become more
     */
    public HostPolicy withOwnNames(Supplier<Set<String>> names) {
        return new HostPolicy(any, listed, names);
    }

    /** As settings write it. */
    @Override
    public String toString() {
        if (any) {
            return ANY;
        }
        List<String> parts = new ArrayList<>(List.of(OWN));
        listed.stream().sorted().forEach(parts::add);
        return String.join(",", parts);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HostPolicy hosts && any == hosts.any && listed.equals(hosts.listed);
    }

    @Override
    public int hashCode() {
        return listed.hashCode();
    }

    /** @param host as in an {@link Origin}: lower case, IPv6 in brackets */
    boolean allows(String host) {
        if (any || host.startsWith("[") || IpLiteral.parse(host).isPresent()) {
            return true;
        }
        String name = withoutRoot(host);
        // One label is a name of the local network: a container, a service, a machine.
        return name.indexOf('.') < 0
                || PRIVATE_SUFFIXES.stream().anyMatch(name::endsWith)
                || listed.contains(name)
                || ownNames.get().stream().anyMatch(own -> withoutRoot(own).equalsIgnoreCase(name));
    }

    private static String name(String entry) {
        String name = withoutRoot(entry.toLowerCase(Locale.ROOT));
        if (entry.equals(ANY)) {
            throw new IllegalArgumentException("'*' stands alone");
        }
        if (IpLiteral.parse(name).isEmpty() && !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "'" + entry + "' is not a host name: a name without scheme, port and path is expected");
        }
        return name;
    }

    /** A final dot is DNS's way to say that nothing follows; browsers keep it. */
    private static String withoutRoot(String name) {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }
}
