package io.sdros.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How the kernel sends for this process, as far as it decides how old a picture is on a bad link. A route that names a congestion
 * control of its own is not seen.
 *
 * @param congestionControl its name; absent where the kernel does not say, so on anything but Linux
 * @param notSentLowat bytes that may wait in a socket before they are on their way; absent likewise
 */
record TcpOfKernel(Optional<String> congestionControl, Optional<String> notSentLowat) {

    /** What loses packets without slowing down for each: the one that the figures in docs/performance.md are good with. */
    private static final String WANTED = "bbr";
    private static final int LONGEST_BYTES = 64;
    private static final Path SETTINGS = Path.of("/proc/sys/net/ipv4");

    /** As it is now, for the network namespace of this process; reads two files. Any thread. */
    static TcpOfKernel find() {
        return find(SETTINGS);
    }

    static TcpOfKernel find(Path settings) {
        return new TcpOfKernel(word(settings.resolve("tcp_congestion_control")), word(settings.resolve("tcp_notsent_lowat")));
    }

    private static Optional<String> word(Path file) {
        // In one read, since the kernel gives a number to the first read only, however short that is.
        byte[] text = new byte[LONGEST_BYTES];
        try (InputStream input = Files.newInputStream(file)) {
            int length = Math.max(0, input.read(text));
            return Optional.of(new String(text, 0, length, StandardCharsets.US_ASCII).strip()).filter(word -> !word.isEmpty());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** What was found, for the log. */
    String line() {
        return "TCP sends with congestion control " + congestionControl.orElse("unknown") + ", tcp_notsent_lowat "
                + notSentLowat.orElse("unknown");
    }

    /** What is to be changed, for the log; empty if nothing is, or nothing is known. */
    Optional<String> advice() {
        return congestionControl.filter(name -> !name.equals(WANTED)).map(name -> "TCP's congestion control is " + name
                + ": where packets get lost (Wi-Fi, LTE) viewers see old pictures. Set the sysctl net.ipv4.tcp_congestion_control=" + WANTED);
    }
}
