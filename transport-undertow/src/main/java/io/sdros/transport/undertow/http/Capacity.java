package io.sdros.transport.undertow.http;

/**
 * How many connections there may be, so that neither viewers nor other connections take what the others need, and both
 * leave the process the files it needs itself: with none left it could accept no connection, not even to refuse it, and
 * XNIO pauses for up to 30 s after that.
 *
 * @param viewers                   connected at a time
 * @param httpConnections           connections that are no viewers, at a time
 * @param httpConnectionsPerAddress of those, from one address
 * @param connections               accepted from the kernel at a time: both, and those that are just coming or going
 * @param closing                   closed at a time that still have a file: a registered socket keeps its file until its
 *                                  I/O thread next looks at its sockets
 */
public record Capacity(int viewers, int httpConnections, int httpConnectionsPerAddress, int connections, int closing) {

    /** For the region, certificates, NATS and whatever else is opened after the start. */
    private static final int RESERVED_FILES = 16;
    private static final int LEAST_ROOM = 8;
    private static final int LEAST_HTTP_CONNECTIONS = 4;
    private static final int MOST_ON_THE_WAY = 64;
    private static final int LEAST_CLOSING = 4;
    private static final int MOST_CLOSING = 128;

    /** @param wantedViewers 0: no limit */
    public static Capacity of(int wantedViewers, int wantedHttpConnections, int wantedPerAddress, OpenFiles files) {
        long room = Math.max(LEAST_ROOM, files.limit() - files.open() - RESERVED_FILES);
        int httpConnections = (int) Math.min(wantedHttpConnections, Math.max(LEAST_HTTP_CONNECTIONS, room / 4));
        int onTheWay = (int) Math.min(MOST_ON_THE_WAY, Math.max(1, room / 16));
        int closing = (int) Math.min(MOST_CLOSING, Math.max(LEAST_CLOSING, room / 8));
        long most = Math.max(1, room - httpConnections - onTheWay - closing);
        int viewers = (int) Math.min(wantedViewers == 0 ? Integer.MAX_VALUE : wantedViewers, most);
        return new Capacity(viewers, httpConnections, Math.min(wantedPerAddress, httpConnections),
                (int) Math.min(Integer.MAX_VALUE, (long) viewers + httpConnections + onTheWay), closing);
    }
}
