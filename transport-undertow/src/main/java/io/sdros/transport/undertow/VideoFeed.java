package io.sdros.transport.undertow;

import io.sdros.fanout.Broadcaster;
import io.sdros.fanout.LatestValueBroadcaster;
import io.sdros.fanout.LatestValueSubscription;
import io.sdros.fanout.StreamSubscription;
import io.sdros.fanout.SubscriptionOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One stream as a {@link StreamServer} serves it: the broadcasters that its viewers get their messages from, and the
 * viewers themselves, which have nothing to do with those of other feeds but that they share I/O threads. The broadcasters
 * are the caller's, which publishes into them; several feeds may have the same telemetry. A feed belongs to the
 * server it is first given to, which may serve it under several paths.
 */
public final class VideoFeed {

    private final Broadcaster<VideoMessage> video;
    private final LatestValueBroadcaster<String, TelemetryMessage> telemetry;
    /** Nothing is ever published here. */
    private final LatestValueBroadcaster<String, TelemetryMessage> silence = LatestValueBroadcaster.<String, TelemetryMessage>builder()
            .build();
    private final ViewerListener viewerListener;
    private final FeedCounters counters = new FeedCounters();
    private final StreamState state = new StreamState();
    private final AtomicLong viewerNumbers = new AtomicLong();
    /** The publishing thread's. */
    private final WriteContext publisher = WriteContext.ofPublisher();

    /** By the number of their I/O threads; empty while no server has started with this. */
    private volatile ViewerGroup[] groups = {};
    private int inlineClients;
    private volatile boolean ended;

    private VideoFeed(Broadcaster<VideoMessage> video, LatestValueBroadcaster<String, TelemetryMessage> telemetry,
            ViewerListener viewerListener) {
        this.video = Objects.requireNonNull(video);
        this.telemetry = Objects.requireNonNull(telemetry);
        this.viewerListener = Objects.requireNonNull(viewerListener);
    }

    /** A feed from broadcasters with the same clock as the server; nobody is told of its viewers. */
    public static VideoFeed of(Broadcaster<VideoMessage> video, LatestValueBroadcaster<String, TelemetryMessage> telemetry) {
        return of(video, telemetry, ViewerListener.NONE);
    }

    /** The same; the listener is told of viewers who come and go. */
    public static VideoFeed of(Broadcaster<VideoMessage> video, LatestValueBroadcaster<String, TelemetryMessage> telemetry,
            ViewerListener viewerListener) {
        return new VideoFeed(video, telemetry, viewerListener);
    }

    /**
     * Any thread: what those viewers are told who speak sdr.2, each of them first of all and whenever it has changed.
     *
     * @param json an object; the same as before is not told again
     */
    public void announce(String json) {
        if (state.announce(json)) {
            for (ViewerGroup group : groups) {
                group.wake();
            }
        }
    }

    /** Any thread: whether there is a viewer who is told what is {@linkplain #announce announced}. */
    public boolean announces() {
        for (ViewerGroup group : groups) {
            if (group.speaksSdr2()) {
                return true;
            }
        }
        return false;
    }

    /** Any thread: counters since the start. */
    public FeedStatistics statistics() {
        ViewerGroup[] all = groups;
        List<WriteCounters> writers = new ArrayList<>();
        writers.add(publisher.counters());
        for (ViewerGroup group : all) {
            writers.add(group.context().counters());
        }
        return new FeedStatistics(
                viewers(all),
                counters.viewersTotal(),
                counters.closedByReason(),
                writers.stream().mapToLong(WriteCounters::videoMessages).sum(),
                writers.stream().mapToLong(WriteCounters::videoBytes).sum(),
                writers.stream().mapToLong(WriteCounters::telemetryMessages).sum(),
                counters.inboundMessages(),
                counters.feedbackByResult(),
                writers.stream().mapToLong(WriteCounters::passes).sum(),
                DelayHistogram.sum(writers),
                counters.viewerDelays());
    }

    /** Any thread: how its viewers are, of so many at most. */
    public List<ViewerReport> reports(int most) {
        return Arrays.stream(groups).flatMap(group -> Arrays.stream(group.viewers())).limit(most).map(ClientConnection::report)
                .toList();
    }

    /** Once. */
    synchronized void serveOn(EventLoop[] loops, int mostInlineClients) {
        if (groups.length > 0) {
            throw new IllegalStateException("A feed belongs to one server");
        }
        inlineClients = mostInlineClients; // published by the groups
        ViewerGroup[] created = new ViewerGroup[loops.length];
        for (int i = 0; i < loops.length; i++) {
            created[i] = new ViewerGroup(loops[i], this::writeInline);
        }
        groups = created;
    }

    /** Any thread: no viewer is let in any more, and those who are there are sent a close frame, soon. */
    void end() {
        ended = true; // before the groups are told: who is let in before that is there when they are
        for (ViewerGroup group : groups) {
            group.end();
        }
    }

    /** Any thread: whether it is served no more. */
    boolean ended() {
        return ended;
    }

    /** Any thread: whether nothing more can be counted of it. */
    boolean over() {
        for (ViewerGroup group : groups) {
            if (!group.over()) {
                return false;
            }
        }
        return ended;
    }

    /** Those of its viewers that this I/O thread serves. */
    ViewerGroup group(int ioThread) {
        return groups[ioThread];
    }

    StreamSubscription<VideoMessage> subscribeToVideo(ViewerGroup group, SubscriptionOptions options) {
        return video.subscribe(group.videoWakeups(), options);
    }

    /** For a viewer of the group that has had enough of what is kept for newcomers. */
    StreamSubscription<VideoMessage> rejoinVideo(ViewerGroup group, SubscriptionOptions options) {
        return video.rejoin(group.videoWakeups(), options);
    }

    LatestValueSubscription<String, TelemetryMessage> subscribeToTelemetry(ViewerGroup group) {
        return telemetry.subscribe(group.telemetryWakeups());
    }

    /** For who wants no telemetry. */
    LatestValueSubscription<String, TelemetryMessage> subscribeToNothing() {
        return silence.subscribe();
    }

    ViewerListener viewerListener() {
        return viewerListener;
    }

    long nextViewerNumber() {
        return viewerNumbers.incrementAndGet();
    }

    StreamState state() {
        return state;
    }

    FeedCounters counters() {
        return counters;
    }

    /**
     * The publishing thread, after each publication of video: with few viewers it writes to all of them itself, which
     * spares a hand-over to their I/O threads.
     *
     * @return false if the I/O thread has to do it
     */
    private boolean writeInline(ViewerGroup group) {
        return video.subscriberCount() <= inlineClients && group.writeInline(publisher);
    }

    private static int viewers(ViewerGroup[] groups) {
        int viewers = 0;
        for (ViewerGroup group : groups) {
            viewers += group.size();
        }
        return viewers;
    }
}
