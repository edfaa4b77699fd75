package io.sdros.relay.nats.wire;

import java.util.Optional;

/**
 * The subjects of one stream.
 *
 * @param keyframes origin to edges
 * @param others    origin to edges: frames that are no keyframes
 * @param replay    origin to edges: what was published since the last keyframe, for who joins
 * @param up        edges to origin
 * @param info      origin to all
 */
public record RelaySubjects(String keyframes, String others, String replay, String up, String info) {

    private static final String INFO = ".info.";

    public static RelaySubjects of(String prefix, String stream) {
        return new RelaySubjects(prefix + ".k." + stream, prefix + ".d." + stream, prefix + ".g." + stream,
                prefix + ".up." + stream, prefix + INFO + stream);
    }

    /** The filter of what all origins say of their streams. */
    public static String allInfo(String prefix) {
        return prefix + INFO + ">";
    }

    /** Whose info comes on a subject; empty if it is none. */
    public static Optional<String> streamOfInfo(String prefix, String subject) {
        String start = prefix + INFO;
        return subject.startsWith(start) && subject.length() > start.length()
                ? Optional.of(subject.substring(start.length())) : Optional.empty();
    }
}
