package io.sdros.server.stream;

import io.sdros.transport.undertow.ClosedReason;
import io.sdros.transport.undertow.RefusalReason;
import io.sdros.transport.undertow.ViewerLeft;
import io.sdros.transport.undertow.ViewerListener;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/** Who came and who went, a line each until it becomes a flood. Any thread. */
public final class ViewerLog implements ViewerListener {

    private static final int LINES = 20;
    private static final Duration INTERVAL = Duration.ofMinutes(1);
    private static final double MILLIS_PER_SECOND = 1000;

    private final Logger log;
    private final LongSupplier nanoClock;
    private final LineLimit joins = new LineLimit(LINES, INTERVAL);
    private final LineLimit leaves = new LineLimit(LINES, INTERVAL);
    private final LineLimit keyframeTimeouts = new LineLimit(LINES, INTERVAL);
    private final LineLimit messages = new LineLimit(LINES, INTERVAL);

    public ViewerLog(Logger log, LongSupplier nanoClock) {
        this.log = log;
        this.nanoClock = nanoClock;
    }

    @Override
    public void onJoined(InetAddress address) {
        joins.pass(nanoClock.getAsLong()).ifPresent(unsaid ->
                log.info("A viewer at {} has joined{}", address.getHostAddress(), more(unsaid)));
    }

    @Override
    public void onLeft(ViewerLeft left) {
        boolean noKeyframe = left.reason() == ClosedReason.KEYFRAME_TIMEOUT;
        LineLimit limit = noKeyframe ? keyframeTimeouts : leaves;
        limit.pass(nanoClock.getAsLong()).ifPresent(unsaid -> {
            String line = String.format(Locale.ROOT, "A viewer at %s has left after %.1f s, %d frames and %d bytes: %s%s",
                    left.address().getHostAddress(), left.connected().toMillis() / MILLIS_PER_SECOND, left.videoMessages(),
                    left.sentBytes(), why(left.reason()), more(unsaid));
            if (noKeyframe) {
                log.warn(line);
            } else {
                log.info(line);
            }
        });
    }

    @Override
    public void onMessageIgnored(InetAddress address, int lengthBytes) {
        messages.pass(nanoClock.getAsLong()).ifPresent(unsaid ->
                log.info("Ignored a message of {} bytes from the viewer at {}, and will any other: nothing is to be sent here{}",
                        lengthBytes, address.getHostAddress(), more(unsaid)));
    }

    private static String more(long unsaid) {
        return unsaid == 0 ? "" : " (and " + unsaid + " more since the last such line)";
    }

    private static String why(ClosedReason reason) {
        return switch (reason) {
            case CLIENT -> "it closed the connection";
            case DISCONNECTED -> "the connection ended";
            case PROTOCOL_ERROR -> "it does not keep to the WebSocket protocol (1002)";
            case BAD_DATA -> "it sent text that is not UTF-8 (1007)";
            case TOO_BIG -> "it sent a message over 64 KiB (1009)";
            case TOO_MANY -> "it sent more than 200 messages in a second (1008)";
            case IDLE -> "it gave no sign of life (1001)";
            case STALLED -> "its connection took no byte for SDR_STALL_TIMEOUT_MS";
            case MEMORY -> "it held on to frames beyond SDR_QUEUE_BYTES";
            case FAILED -> "something went wrong in the server";
            case KEYFRAME_TIMEOUT -> "no keyframe came within SDR_IDR_TIMEOUT_MS though frames did (4408)";
            case SHUTDOWN -> "the server stops (1001)";
            default -> reason.label().replace('_', ' ');
        };
    }

    /** Which setting a refusal follows from; empty where none does. */
    public static String decidedBy(RefusalReason reason) {
        return switch (reason) {
            case ORIGIN -> "SDR_ALLOWED_ORIGINS says which may";
            case HOST -> "SDR_ALLOWED_HOSTS names more that are";
            case TOKEN -> "SDR_AUTH_TOKEN or SDR_AUTH_TOKEN_FILE says which is right";
            case LIMIT -> "SDR_MAX_CLIENTS says how many there are, unless the limit of open files (ulimit -n) leaves room for fewer";
            case ADDRESS_LIMIT -> "SDR_MAX_CLIENTS_PER_ADDRESS says how many may come from one";
            default -> "";
        };
    }
}
