package io.sdros.transport.undertow;

import io.sdros.fanout.LatestValueSubscription;
import io.sdros.fanout.StreamSubscription;
import io.sdros.transport.undertow.pace.Pace;
import io.sdros.transport.undertow.ws.ControlFrames;
import io.sdros.transport.undertow.ws.OutboundFrame;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.xnio.conduits.ConduitStreamSinkChannel;

/**
 * The sending side of one client. Any thread may call {@link #drain}: one at a time writes, so nobody waits and frames
 * never mix. Fields marked "claim" belong to the holder of the {@linkplain ClaimedWriter write claim}.
 *
 * <p>Order at each message boundary: pongs, close, ping, state, clock, telemetry, video. Before a frame that waits there
 * goes so much telemetry, or one message: what that has too much is made up for before the next ones. After a close frame
 * nothing is sent.
 */
final class ClientWriter extends SocketWriter {

    /** What is told to the connection; on any thread, while the write claim is held. */
    interface Listener {

        /**
         * Nothing can be written any more: the socket failed, or something that is not to fail. May be told more than
         * once.
         */
        void onWriteFailed(Throwable cause);

        /** The close frame is with the kernel. Told once. */
        void onCloseSent();

        /** There is more to write, but others are to be served first. */
        void onYield();

        /** The socket takes no more, after it has taken everything: {@link ClientWriter#retry} is needed. */
        void onBlocked();
    }

    private enum Kind { VIDEO, TELEMETRY, CONTROL, CLOSE }

    /** So much is written to one client in one drain, so that the others are served. */
    static final int BYTES_PER_DRAIN = 512 * 1024;

    /** So much telemetry goes before a frame that waits, on average; more only to finish one message. */
    static final int TELEMETRY_BYTES_PER_FRAME = 16 * 1024;

    private static final VarHandle CLOSE_REQUEST;
    private static final VarHandle VIDEO_MESSAGES;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            VIDEO_MESSAGES = lookup.findVarHandle(ClientWriter.class, "videoMessages", long.class);
            CLOSE_REQUEST = lookup.findVarHandle(ClientWriter.class, "closeRequest", CloseRequest.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile StreamSubscription<VideoMessage> video; // another one only if the client speaks sdr.2 and joins anew
    private final LatestValueSubscription<String, TelemetryMessage> telemetry;
    private final Listener listener;
    private final LongSupplier nanoClock;
    private final long joinedNanos;

    private final Sdr2Sending sdr2; // null unless the client speaks sdr.2

    /** Null for a client that does not speak sdr.2 until its first ping, which most never send. */
    private volatile Outbox outbox;
    private volatile CloseRequest closeRequest; // null until one is made
    private volatile boolean pingDue;
    private volatile boolean ended;
    private volatile Throwable failure; // null until there is one

    private OutboundFrame outgoing; // claim; null between messages
    private Kind outgoingKind = Kind.CONTROL; // claim
    private StreamSubscription<VideoMessage> outgoingFrom; // claim; of outgoing, if it is video
    private int outgoingMessages; // claim; in outgoing, if it is telemetry
    private int written; // claim; bytes of outgoing
    private int telemetryCreditBytes = TELEMETRY_BYTES_PER_FRAME; // claim; what may go before the next frame
    private boolean telemetrySinceFrame; // claim
    private long commitNanos; // claim; of the outgoing video message
    private long videoMessages; // claim; stored opaquely, for a reader who only wants whole numbers
    private boolean closeSent; // claim

    /**
     * Makes one.
     *
     * @param sdr2            for a client that speaks sdr.2
     * @param sendBufferBytes what the socket's is, as asked for; 0 if that is the kernel's choice
     */
    ClientWriter(ConduitStreamSinkChannel sink, StreamSubscription<VideoMessage> video,
            LatestValueSubscription<String, TelemetryMessage> telemetry, Optional<Sdr2Sending> sdr2, Listener listener,
            int sendBufferBytes, LongSupplier nanoClock) {
        super(sink, new Pace(sendBufferBytes, sdr2.map(Sdr2Sending::carried)), nanoClock);
        this.video = video;
        this.telemetry = telemetry;
        this.sdr2 = sdr2.orElse(null);
        outbox = sdr2.map(Sdr2Sending::outbox).orElse(null);
        this.listener = listener;
        this.nanoClock = nanoClock;
        joinedNanos = nanoClock.getAsLong();
    }

    /**
     * I/O thread: sends at the next drain, ahead of everything else, as many as there are in one write.
     *
     * @return whether one more would push out the oldest, so that a drain had better come first
     */
    boolean pong(byte[] payload) {
        if (outbox == null) {
            outbox = Outbox.ofPongs();
        }
        return outbox.pong(payload);
    }

    /** Any thread. */
    StreamSubscription<VideoMessage> video() {
        return video;
    }

    /** I/O thread: after a frame that was begun, what is sent comes from here; a drain has to follow. */
    void switchVideo(StreamSubscription<VideoMessage> anew) {
        video = anew;
    }

    /** Sends a ping at the next drain. */
    void ping() {
        pingDue = true;
    }

    /** Sends a close frame at the next drain and nothing after it. The first request wins. */
    boolean close(CloseRequest request) {
        return CLOSE_REQUEST.compareAndSet(this, null, request);
    }

    /** Makes every later drain a no-op. */
    void end() {
        ended = true;
    }

    boolean closing() {
        return closeRequest != null;
    }

    /** The reason given with the close request, or else the fallback. */
    ClosedReason reasonOr(ClosedReason fallback) {
        CloseRequest request = closeRequest;
        return request == null ? fallback : request.reason();
    }

    /** Handed to the kernel completely. Any thread; of what is being sent, some may be missing. */
    long videoMessages() {
        return (long) VIDEO_MESSAGES.getOpaque(this);
    }

    /** What keeps everything from being written any more; null as long as nothing does. */
    Throwable failure() {
        return failure;
    }

    /**
     * Something of each object that a drain goes through: {@link ViewerGroup} asks for it to bring them into the cache. What it is
     * does not matter. Any thread.
     */
    int prefetch() {
        return prefetchSocket() + (telemetry.ready() ? 1 : 0) + (video.ready() ? 1 : 0);
    }

    @Override
    void write(WriteContext context) {
        try {
            writeAll(context);
        } catch (IOException | RuntimeException | Error e) {
            // The first is expected whenever a client goes away; what was being written does not matter any more. The
            // others are a mistake of ours, or of a layer below. Whatever it was, what has been sent may end in the
            // middle of a message, so this client can be sent nothing else.
            failure = e;
            ended = true;
            outgoing = null;
            listener.onWriteFailed(e);
        }
    }

    @Override
    void writeLater() {
        listener.onYield();
    }

    @Override
    void onFull() {
        listener.onBlocked();
    }

    private void writeAll(WriteContext context) throws IOException {
        if (ended) {
            return;
        }
        if (waitsForSocket()) {
            if (outgoing != null && outgoingKind == Kind.VIDEO && outgoingFrom.lastIsForgotten()) {
                throw new ForgottenFrameException();
            }
            return;
        }
        int bytesLeft = BYTES_PER_DRAIN;
        int writesLeft = context.writesPerDrain();
        while (!ended && (outgoing != null || next(context))) {
            if (bytesLeft <= 0 || writesLeft-- == 0) {
                listener.onYield();
                return;
            }
            ByteBuffer bytes = context.scratch().bytes(outgoing, written);
            int count = send(bytes);
            if (count == 0) {
                return;
            }
            bytesLeft -= count;
            written += count;
            if (written == outgoing.lengthBytes()) {
                completed(context.counters());
            }
        }
        flush(closeSent);
    }

    private boolean next(WriteContext context) {
        written = 0;
        if (closeSent) {
            return false;
        }
        CloseRequest request = closeRequest;
        Outbox box = outbox;
        OutboundFrame small;
        TelemetryMessage value;
        VideoMessage frame;
        if (box != null && (small = box.nextPongs()) != null) {
            // Also before a close frame: no new ones are accepted once that is due.
            take(Kind.CONTROL, small);
        } else if (request != null) {
            take(Kind.CLOSE, request.frame());
        } else if (pingDue) {
            pingDue = false;
            take(Kind.CONTROL, ControlFrames.ping());
        } else if (sdr2 != null && (small = sdr2.next(nanoClock)) != null) {
            take(Kind.CONTROL, small);
        } else if (telemetryCreditBytes > 0 && (value = telemetry.poll(mostTelemetryBytes())) != null) {
            takeTelemetry(value, telemetryCreditBytes, context.telemetry(sdr2 != null));
            telemetryCreditBytes -= outgoing.lengthBytes();
        } else if ((frame = nextFrame()) != null) {
            telemetryCreditBytes = Math.min(TELEMETRY_BYTES_PER_FRAME, telemetryCreditBytes + TELEMETRY_BYTES_PER_FRAME);
            telemetrySinceFrame = false;
            takeVideo(frame);
        } else if ((value = telemetry.poll()) != null) {
            // No frame waits, so it delays none; but the one that comes meanwhile is not to wait for another.
            takeTelemetry(value, TELEMETRY_BYTES_PER_FRAME, context.telemetry(sdr2 != null));
            telemetryCreditBytes = -outgoing.lengthBytes();
        } else if (video.timedOut() && close(CloseRequest.KEYFRAME_TIMEOUT)) {
            return next(context);
        } else {
            return false;
        }
        return true;
    }

    private VideoMessage nextFrame() {
        VideoMessage frame = polledFrame();
        return frame != null && videoMessages > 0 && outgoingFrom.lastBeganAnew() ? frame.severed() : frame;
    }

    private VideoMessage polledFrame() {
        outgoingFrom = video;
        if (sdr2 == null) {
            return outgoingFrom.poll(); // what its socket takes says too little about when a frame would arrive
        }
        long nowNanos = nanoClock.getAsLong();
        if (!sdr2.window().open(nowNanos)) {
            return null;
        }
        if (!blocked() && !sdr2.window().delayGrown()) {
            return outgoingFrom.poll(); // who keeps up is not judged, nor are the objects for that brought into the cache
        }
        double nanosPerByte = pace().nanosPerByte(nowNanos);
        return nanosPerByte == 0 ? outgoingFrom.poll() : outgoingFrom.poll(pace().aheadNanos(sentBytes(), nowNanos), nanosPerByte);
    }

    private void takeVideo(VideoMessage frame) {
        commitNanos = frame.times().commitTimeNanos();
        take(Kind.VIDEO, frame.timesAndFrame());
        if (sdr2 == null) {
            written = VideoMessage.TIMES_BYTES;
        } else {
            sdr2.begin(frame, nanoClock.getAsLong(), sentBytes() + outgoing.lengthBytes());
        }
    }

    /** One message may have any size, or a large one would never go. */
    private int mostTelemetryBytes() {
        return telemetrySinceFrame ? telemetryCreditBytes : Integer.MAX_VALUE;
    }

    private void takeTelemetry(TelemetryMessage first, int mostBytes, TelemetryBatch batch) {
        telemetrySinceFrame = true;
        take(Kind.TELEMETRY, batch.take(first, telemetry, mostBytes));
        outgoingMessages = batch.count();
    }

    private void take(Kind kind, OutboundFrame frame) {
        outgoingKind = kind;
        outgoing = frame;
    }

    private void completed(WriteCounters counters) {
        switch (outgoingKind) {
            case VIDEO -> {
                counters.videoSent(outgoing.lengthBytes() - VideoMessage.TIMES_BYTES);
                VIDEO_MESSAGES.setOpaque(this, videoMessages + 1);
                long nowNanos = nanoClock.getAsLong();
                if (commitNanos - joinedNanos >= 0) { // not a replay
                    counters.videoDelay(nowNanos - commitNanos);
                }
                if (sdr2 != null) {
                    sdr2.sent().handedOver(nowNanos);
                }
            }
            case TELEMETRY -> counters.telemetrySent(outgoingMessages);
            case CLOSE -> {
                closeSent = true;
                listener.onCloseSent();
            }
            default -> { }
        }
        outgoing = null;
    }
}
