package io.sdros.shm.protocol;

import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a region's bell is: a Unix stream socket beside the region, on which the producer sends a byte to each reader
 * after each commit. It is a hint and no more: who is woken looks at the region, and nothing depends on being woken.
 */
public final class BellAddress {

    /** What the socket's name has behind the region's. */
    public static final String SUFFIX = ".bell";

    /** Readers a producer rings for; it hangs up on others, who do without. */
    public static final int MAX_READERS = 16;

    /** Bytes of the longest path a Unix socket can have. */
    public static final int MAX_PATH_BYTES = 107;

    private BellAddress() {
    }

    /** The socket's path. */
    public static Path path(Path region) {
        return region.resolveSibling(region.getFileName() + SUFFIX);
    }

    /** Empty if the path is too long for a socket: there is no bell then. */
    public static Optional<UnixDomainSocketAddress> of(Path region) {
        Path path = path(region);
        return path.toString().getBytes(StandardCharsets.UTF_8).length > MAX_PATH_BYTES
                ? Optional.empty()
                : Optional.of(UnixDomainSocketAddress.of(path));
    }
}
