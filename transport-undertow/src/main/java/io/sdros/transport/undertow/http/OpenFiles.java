package io.sdros.transport.undertow.http;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * The files, sockets included, that this process may have open, and has.
 *
 * @param limit {@link Long#MAX_VALUE} where the system does not tell
 */
public record OpenFiles(long limit, long open) {

    public static OpenFiles now() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                && system.getMaxFileDescriptorCount() > 0
                ? new OpenFiles(system.getMaxFileDescriptorCount(), system.getOpenFileDescriptorCount())
                : new OpenFiles(Long.MAX_VALUE, 0);
    }
}
