package io.sdros.relay.nats;

/**
 * What is known of where a stream comes from.
 *
 * @param connected whether there is a connection to NATS
 * @param origin    what the origin that is taken says of its source; silent if nothing was heard of one lately
 * @param title     as the origin calls it, for people; may be empty
 * @param codec     of its frames: the number in their headers; 0 = not known yet
 */
public record EdgeSource(boolean connected, State origin, String title, int codec) {

    /** Of the origin's source. */
    public enum State {
        /** Frames come that can be shown. */
        LIVE,
        /** There is a source, and nothing of now comes from it. */
        STALE,
        /** There is none. */
        ABSENT,
        /** No origin was heard of lately. */
        SILENT
    }
}
