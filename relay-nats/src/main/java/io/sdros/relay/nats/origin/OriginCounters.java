package io.sdros.relay.nats.origin;

/** What an origin counts. Written by its thread, read by any. */
public final class OriginCounters {

    private volatile long published;
    private volatile long publishedBytes;
    private volatile long tooLong;
    private volatile long replays;
    private volatile long emptyReplays;
    private volatile long malformed;
    private volatile long windowClosings;
    private volatile int edges;
    private volatile long lagMicros;
    private volatile long rttMicros;
    private volatile boolean standby;

    void published(int lengthBytes) {
        published = published + 1;
        publishedBytes = publishedBytes + lengthBytes;
    }

    void tooLong() {
        tooLong = tooLong + 1;
    }

    void replayed(boolean anything) {
        if (anything) {
            replays = replays + 1;
        } else {
            emptyReplays = emptyReplays + 1;
        }
    }

    void malformed() {
        malformed = malformed + 1;
    }

    void windowClosings(long count) {
        windowClosings = count;
    }

    void edges(int count) {
        edges = count;
    }

    /** Of the edge that acknowledges. */
    void way(long lag, long rtt) {
        lagMicros = lag;
        rttMicros = rtt;
    }

    void standby(boolean stands) {
        standby = stands;
    }

    public long published() {
        return published;
    }

    public long publishedBytes() {
        return publishedBytes;
    }

    /** Frames that do not go into the messages a frame may have. */
    public long framesTooLong() {
        return tooLong;
    }

    public long replays() {
        return replays;
    }

    /** Joins for which there was nothing to replay. */
    public long emptyReplays() {
        return emptyReplays;
    }

    public long malformedMessages() {
        return malformed;
    }

    public long closings() {
        return windowClosings;
    }

    public int edgesNow() {
        return edges;
    }

    public long lagMicrosNow() {
        return lagMicros;
    }

    public long rttMicrosNow() {
        return rttMicros;
    }

    public boolean standsBy() {
        return standby;
    }
}
