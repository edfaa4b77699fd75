package io.sdros.server.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * What this machine is called: by its kernel, by the address that is listened on, and, once that is known, by DNS. The
 * question to DNS may take seconds, or no end at all, so nobody waits for it. Any thread.
 */
public final class OwnHostNames implements Supplier<Set<String>> {

    private static final Path KERNELS_NAME = Path.of("/proc/sys/kernel/hostname");

    private volatile Set<String> names;

    /** @param listenHost as it was set; an address does no harm */
    public OwnHostNames(String listenHost) {
        Set<String> known = new TreeSet<>();
        kernelsName().ifPresent(known::add);
        known.add(listenHost);
        names = Set.copyOf(known);
    }

    /** Asks DNS for the full name, on a thread of its own. */
    public void askDns() {
        Thread thread = new Thread(this::addFullName, "own-host-name");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public Set<String> get() {
        return names;
    }

    private void addFullName() {
        try {
            Set<String> more = new TreeSet<>(names);
            more.add(InetAddress.getLocalHost().getCanonicalHostName());
            names = Set.copyOf(more);
        } catch (UnknownHostException e) {
            // The machine's name is no DNS name: then nobody comes by it either.
        }
    }

    private static Optional<String> kernelsName() {
        try {
            return Optional.of(Files.readString(KERNELS_NAME).strip()).filter(name -> !name.isEmpty());
        } catch (IOException e) {
            return Optional.empty(); // no Linux
        }
    }
}
