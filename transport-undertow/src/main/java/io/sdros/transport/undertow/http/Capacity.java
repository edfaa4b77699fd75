package io.sdros.transport.undertow.http;

/**
 * How many connections there may be, so that neither viewers nor strangers take what the others need, and both leave
 * the process the files it needs itself: with none left it could accept nobody, not even to turn him down, and XNIO
 * rests for up to 30 s after that.
 *
 * @param viewers             connected at a time
 * @param strangers           connections that are no viewers, at a time
 * @param strangersPerAddress of those, from one address
 * @param connections         accepted from the kernel at a time: both, and those that are just coming or going
 * @param closing             closed at a time that still have a file: a registered socket keeps its file until its I/O
 *                            thread next looks at its sockets
 */
public record Capacity(int viewers, int strangers, int strangersPerAddress, int connections, int closing) {

    /** For the region, certificates, NATS and whatever else is opened after the start. */
    private static final int RESERVED_FILES = 16;
    private static final int LEAST_ROOM = 8;
    private static final int LEAST_STRANGERS = 4;
    private static final int MOST_ON_THE_WAY = 64;
    private static final int LEAST_CLOSING = 4;
    private static final int MOST_CLOSING = 128;

    /** @param wantedViewers 0: no limit */
    public static Capacity of(int wantedViewers, int wantedStrangers, int wantedPerAddress, OpenFiles files) {
        long room = Math.max(LEAST_ROOM, files.limit() - files.open() - RESERVED_FILES);
        int strangers = (int) Math.min(wantedStrangers, Math.max(LEAST_STRANGERS, room / 4));
        int onTheWay = (int) Math.min(MOST_ON_THE_WAY, Math.max(1, room / 16));
        int closing = (int) Math.min(MOST_CLOSING, Math.max(LEAST_CLOSING, room / 8));
        long most = Math.max(1, room - strangers - onTheWay - closing);
        int viewers = (int) Math.min(wantedViewers == 0 ? Integer.MAX_VALUE : wantedViewers, most);
        return new Capacity(viewers, strangers, Math.min(wantedPerAddress, strangers),
                (int) Math.min(Integer.MAX_VALUE, (long) viewers + strangers + onTheWay), closing);
    }
}
