package io.sdros.server.stream;

import io.sdros.fanout.KeyframeRequestReason;
import io.sdros.relay.nats.EdgeStream;
import io.sdros.relay.nats.EdgeStreamConfig;
import io.sdros.relay.nats.EdgeStreams;
import io.sdros.server.bus.Upstream;
import io.sdros.server.rate.RateAdvice;
import io.sdros.server.settings.StreamSettings;
import io.sdros.shm.protocol.RegionLayout;
import io.sdros.transport.undertow.VideoMessage;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.slf4j.Logger;

/** Makes the source of a stream from another machine, and tells that machine what the stream's viewers need. Any thread. */
public final class RelayedSource implements FrameSource.Factory, Upstream {

    /** What is taken of other machines' frames, whatever SDR_SHM_SIZE says of those of this one: a part of the heap between these. */
    private static final int USUAL_FRAME_BYTES = 16 << 20;
    private static final int LEAST_FRAME_BYTES = RegionLayout.DEFAULT_REGION_BYTES;
    private static final int HEAP_PARTS = 32;

    private final StreamSettings settings;
    private final EdgeStreams edges;
    private final Duration maxLag;
    private final IntSupplier viewers;
    private final Logger log;
    private volatile Optional<EdgeStream> stream = Optional.empty();

    /**
     * For one stream.
     *
     * @param maxLag  how late its frames may come before only keyframes are taken; zero: however late
     * @param viewers how many watch it
     */
    public RelayedSource(StreamSettings settings, EdgeStreams edges, Duration maxLag, IntSupplier viewers, Logger log) {
        this.settings = settings;
        this.edges = edges;
        this.maxLag = maxLag;
        this.viewers = viewers;
        this.log = log;
    }

    /** The longest frame that is taken, header and payload, in a heap of this size. */
    public static int mostFrameBytes(StreamSettings settings, long heapBytes) {
        long byHeap = Math.max(LEAST_FRAME_BYTES, Math.min(USUAL_FRAME_BYTES, heapBytes / HEAP_PARTS));
        return (int) Math.max(byHeap, settings.shmSizeBytes());
    }

    @Override
    public FrameSource create(FramePublisher publisher, ReadingDemand demand) {
        int maxFrameBytes = mostFrameBytes(settings, Runtime.getRuntime().maxMemory());
        EdgeStream created = edges.stream(settings.name(), new EdgeStreamConfig(settings.keyframeGating(), maxLag,
                VideoMessage.HEADROOM_BYTES, maxFrameBytes, viewers), demand, new RelayedFrames.Receiver(publisher, log, System::nanoTime));
        stream = Optional.of(created);
        return new RelayedFrames(created);
    }

    @Override
    public boolean requestKeyframe(KeyframeRequestReason reason, int clients, Consumer<Boolean> fate) {
        boolean said = stream.isPresent() && stream.get().requestKeyframe(reason.name().toLowerCase(Locale.ROOT), clients);
        if (said) {
            fate.accept(true);
        }
        return said;
    }

    @Override
    public boolean adviseRate(RateAdvice advice) {
        return stream.isPresent() && stream.get().adviseRate(advice.targetBps(), advice.clients(), advice.carriedBps());
    }
}
