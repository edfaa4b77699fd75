package io.sdros.transport.undertow;

import io.sdros.fanout.DropReason;
import io.sdros.fanout.LatestValueSubscription;
import io.sdros.fanout.StreamSubscription;
import io.sdros.fanout.SubscriptionOptions;
import io.sdros.transport.undertow.http.Sockets;
import io.sdros.transport.undertow.sdr2.Subprotocol;
import io.sdros.transport.undertow.ws.FrameEvents;
import io.sdros.transport.undertow.ws.FrameParser;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.channels.SslChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;

/**
 * One upgraded client: receives, keeps time, and ends the connection. On its group's I/O thread except where noted;
 * sending is {@link ClientWriter}'s.
 */
final class ClientConnection implements FrameEvents, ClientWriter.Listener {

    /** Reads in a row before the other clients of the thread are served. */
    private static final int READS_PER_EVENT = 4;

    /** The shortest time a timer can tell. */
    private static final long READ_PAUSE_NANOS = 1_000_000;

    private final StreamConnection channel;
    private final InetAddress address;
    private final ViewerListener listener;
    private final ConduitStreamSourceChannel source;
    private final ViewerGroup group;
    private final EventLoop loop;
    private final SubscriptionOptions videoOptions;
    private final LatestValueSubscription<String, TelemetryMessage> telemetry;
    private final FeedCounters counters;
    private final ConnectionTimeouts timeouts;
    private final LongSupplier nanoClock;
    private final FrameParser parser;
    /** Of a client that speaks sdr.2. */
    private final Optional<Sdr2Session> session;
    private final ClientWriter writer;
    private final boolean anyThreadMayWrite;

    private final long joinedNanos;

    private long ignoredMessages;
    private long lastInboundNanos;
    private long lastPingNanos;
    private boolean inputEnded;
    private boolean peerClosed;
    private boolean terminated;
    private volatile long closeSentNanos;
    private volatile boolean closeSent;

    /**
     * @param request what it asked for
     * @param group   where it is to belong, of this feed and on the channel's I/O thread
     */
    ClientConnection(StreamConnection channel, ViewerRequest request, VideoFeed feed, ViewerGroup group,
            StreamServerConfig config) {
        this.channel = channel;
        address = request.address();
        parser = new FrameParser(this, request.sdr2() ? Subprotocol.MAX_INBOUND_BYTES : 0);
        this.listener = feed.viewerListener();
        this.source = channel.getSourceChannel();
        this.group = group;
        this.loop = group.loop();
        this.counters = feed.counters();
        this.timeouts = config.timeouts();
        this.nanoClock = config.nanoClock();
        // A TLS layer keeps one unguarded state for both directions: only its I/O thread may touch it.
        anyThreadMayWrite = !(channel instanceof SslChannel);
        videoOptions = request.videoOptions();
        StreamSubscription<VideoMessage> video = feed.subscribeToVideo(group, videoOptions);
        try {
            telemetry = request.telemetry() ? feed.subscribeToTelemetry(group) : feed.subscribeToNothing();
        } catch (RuntimeException | Error e) {
            video.close();
            throw e;
        }
        try {
            Optional<Sdr2Sending> sending = request.sdr2()
                    ? Optional.of(Sdr2Sending.of(feed.state(), config.sendWindow().toNanos())) : Optional.empty();
            writer = new ClientWriter(channel.getSinkChannel(), video, telemetry, sending, this, config.socketSendBufferBytes(),
                    nanoClock);
            session = sending.map(own -> new Sdr2Session(feed.nextViewerNumber(), own, counters, listener, nanoClock,
                    new ViewerVideo(feed, group, videoOptions, writer), this::ignore));
        } catch (RuntimeException | Error e) {
            video.close();
            telemetry.close();
            throw e;
        }
        joinedNanos = nanoClock.getAsLong();
        lastInboundNanos = joinedNanos;
        lastPingNanos = joinedNanos;
    }

    void start() {
        counters.viewerJoined();
        try {
            begin();
        } catch (RuntimeException | Error e) {
            fail("The start of a client", e);
        }
    }

    private void begin() {
        listener.onJoined(address);
        group.add(this); // after that: from now on the publishing thread may write to it
        channel.getSinkChannel().setWriteListener(sink -> {
            writer.socketWritable();
            writer.drain(group.context());
        });
        source.setReadListener(readable -> receive());
        source.resumeReads(); // which also brings up frames that came with the handshake
        writer.drain(group.context());
    }

    /** Any thread. */
    ViewerReport report() {
        long nowNanos = nanoClock.getAsLong();
        StreamSubscription<VideoMessage> video = writer.video();
        Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);
        for (DropReason reason : DropReason.values()) {
            dropped.put(reason, video.dropped(reason));
        }
        return new ViewerReport(address, Duration.ofNanos(nowNanos - joinedNanos), video.state(), writer.videoMessages(),
                writer.sentBytes(), videoOptions.mostPerSecond(), dropped, video.lagEvents(),
                writer.pace().carriedBps(nowNanos), writer.pace().sendBufferBytes(), session.isPresent(),
                session.flatMap(speaking -> speaking.said(nowNanos)));
    }

    /** Any thread, with its own context. */
    void drain(WriteContext context) {
        writer.drain(context);
    }

    /** Any thread. */
    boolean speaksSdr2() {
        return session.isPresent();
    }

    /** Any thread: see {@link ClientWriter#prefetch}. */
    int prefetch() {
        return writer.prefetch();
    }

    /** Any thread. */
    boolean anyThreadMayWrite() {
        return anyThreadMayWrite;
    }

    void close(CloseRequest request) {
        if (writer.close(request)) {
            // What is queued will not be sent any more; the message in flight will.
            unsubscribe();
        }
        writer.drain(group.context());
    }

    /** Ends the connection at once, without a close frame. */
    void cut(ClosedReason fallback) {
        Sockets.abortAtClose(channel);
        terminate(fallback);
    }

    /** One client's mistake is not to keep the timers of the others from running. */
    void tickOrEnd(long nowNanos) {
        try {
            tick(nowNanos);
        } catch (RuntimeException | Error e) {
            fail("A client's timer", e);
        }
    }

    /** Whether there is something for {@link #tickOrEnd} to do that does not wait for seconds. */
    boolean needsTimers() {
        return writer.blocked() || writer.closing() || writer.failure() != null;
    }

    private void tick(long nowNanos) {
        writer.retry(group.context());
        if (writer.failure() != null) {
            endAfter(writer.failure()); // if it is still there: that could not even be asked for
        } else if (closeSent) {
            if (nowNanos - closeSentNanos >= timeouts.closeReplyNanos()) {
                terminate(ClosedReason.DISCONNECTED);
            }
        } else if (writer.stalled(nowNanos, timeouts.stallNanos())) {
            cut(ClosedReason.STALLED);
        } else if (!writer.closing()) {
            writer.pace().resizeSendBuffer(nowNanos, bytes -> Sockets.setSendBuffer(channel, bytes));
            if (nowNanos - lastInboundNanos >= timeouts.idleNanos()
                    && !writer.fetching(nowNanos, timeouts.idleNanos())) {
                close(CloseRequest.IDLE);
            } else if (nowNanos - lastPingNanos >= timeouts.pingIntervalNanos()) {
                lastPingNanos = nowNanos;
                writer.ping();
                writer.drain(group.context());
            }
        }
    }

    @Override
    public void onPing(byte[] payload) {
        if (!writer.closing() && writer.pong(payload)) {
            writer.drain(group.context());
        }
    }

    @Override
    public void onPong() {
        // That bytes came is all that counts, and receive() has noted it.
    }

    @Override
    public void onMessage(int lengthBytes) {
        if (mayGoOn()) {
            ignore(lengthBytes);
        }
    }

    @Override
    public void onBinary(byte[] start, int lengthBytes) {
        if (mayGoOn()) {
            session.ifPresent(speaking -> speaking.message(start, lengthBytes));
        }
    }

    /** A client that speaks sdr.2 is listened to, so it has to keep to a rate. */
    private boolean mayGoOn() {
        if (session.isEmpty() || session.get().mayGoOn()) {
            return true;
        }
        close(CloseRequest.TOO_MANY);
        return false;
    }

    private void ignore(int lengthBytes) {
        counters.inboundMessage();
        ignoredMessages++;
        if (ignoredMessages == 1) {
            listener.onMessageIgnored(address, lengthBytes);
        }
    }

    @Override
    public void onClose(int code) {
        peerClosed = true;
        writer.finish();
        close(CloseRequest.reply(code));
    }

    @Override
    public void onViolation(int closeCode, String reason) {
        writer.finish();
        close(CloseRequest.violation(closeCode, reason));
    }

    @Override
    public void onWriteFailed(Throwable cause) {
        loop.execute(() -> endAfter(cause));
    }

    private void endAfter(Throwable cause) {
        if (cause instanceof ForgottenFrameException) {
            cut(ClosedReason.MEMORY);
        } else if (cause instanceof IOException) {
            receive(); // a close frame may have come before the socket failed, and is then the reason
            terminate(ClosedReason.DISCONNECTED);
        } else {
            fail("Writing to a client", cause);
        }
    }

    @Override
    public void onCloseSent() {
        closeSentNanos = nanoClock.getAsLong();
        closeSent = true; // after the time it guards
        loop.execute(this::closeSent);
    }

    @Override
    public void onYield() {
        group.wake();
    }

    @Override
    public void onBlocked() {
        loop.timersNeeded();
    }

    private void receive() {
        try {
            for (int reads = 0; reads < READS_PER_EVENT && !terminated; reads++) {
                ByteBuffer buffer = loop.receiveBuffer();
                int count = source.read(buffer);
                if (count <= 0) {
                    if (count < 0) {
                        endOfInput();
                    }
                    return;
                }
                lastInboundNanos = nanoClock.getAsLong();
                parser.feed(buffer.flip());
                writer.drain(group.context()); // pongs
            }
            if (!terminated && !anyThreadMayWrite) {
                // There may be more in the TLS layer, where no event tells. Not at once: the thread looks at its sockets
                // only when it has run out of tasks. Without TLS the socket itself tells again.
                if (!loop.executeAfterNanos(source::wakeupReads, READ_PAUSE_NANOS)) {
                    terminate(ClosedReason.SHUTDOWN);
                }
            }
        } catch (IOException e) {
            terminate(ClosedReason.DISCONNECTED); // a reset: expected whenever a client goes away
        } catch (RuntimeException | Error e) {
            fail("Receiving from a client", e);
        }
    }

    /** Something went wrong that is not to go wrong: it costs this client its connection and nobody anything else. */
    private void fail(String what, Throwable cause) {
        loop.failures().failed(what, cause);
        cut(ClosedReason.FAILED);
    }

    /** A client that only ended its sending direction after a close frame still gets the answer to it. */
    private void endOfInput() {
        inputEnded = true;
        if (!peerClosed) {
            terminate(ClosedReason.DISCONNECTED);
        } else {
            endIfOver();
        }
    }

    private void closeSent() {
        loop.timersNeeded();
        unsubscribe();
        endIfOver();
    }

    private void endIfOver() {
        if (inputEnded && closeSent) {
            writer.drain(group.context());
            terminate(ClosedReason.DISCONNECTED);
        }
    }

    private void unsubscribe() {
        try {
            writer.video().close();
        } finally {
            telemetry.close();
        }
    }

    private void terminate(ClosedReason fallback) {
        if (terminated) {
            return;
        }
        terminated = true;
        writer.end();
        try {
            unsubscribe();
        } finally {
            try {
                group.remove(this);
                counters.viewerClosed(writer.reasonOr(fallback));
            } finally {
                IoUtils.safeClose(channel); // and with it this client is counted no more
            }
        }
        OptionalLong viewer = session.map(speaking -> OptionalLong.of(speaking.viewer())).orElse(OptionalLong.empty());
        listener.onLeft(new ViewerLeft(viewer, address, writer.reasonOr(fallback),
                Duration.ofNanos(nanoClock.getAsLong() - joinedNanos), writer.videoMessages(), writer.sentBytes(), ignoredMessages));
    }
}
