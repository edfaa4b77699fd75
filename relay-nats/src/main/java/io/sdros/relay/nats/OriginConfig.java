package io.sdros.relay.nats;

import java.time.Duration;
import java.util.Objects;

/**
 * How a stream is published.
 *
 * @param stream     its name, which the subjects end with
 * @param title      for people; at most 200 characters of it are told
 * @param gating     whether its viewers need keyframes
 * @param priority   of two origins of one name the higher is taken
 * @param window     how old the oldest frame may be that was not acknowledged
 * @param chunkBytes the longest message
 * @param groupBytes how large a group of pictures may be that is kept for those who join
 */
public record OriginConfig(
        String stream, String title, boolean gating, int priority, Duration window, int chunkBytes, long groupBytes) {

    private static final int MOST_TITLE_CHARACTERS = 200;

    public OriginConfig {
        Objects.requireNonNull(stream, "stream");
        Objects.requireNonNull(window, "window");
        title = title.substring(0, Math.min(title.length(), MOST_TITLE_CHARACTERS));
    }
}
