package io.sdros.it.support;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that join a stream at random moments, beside one that is always there and is the measure: what it got, at what
 * time, is what could be had.
 */
public final class JoiningClients implements AutoCloseable {

    private static final int FPS = 30;
    private static final int GROUP_FRAMES = 2 * FPS;
    private static final Duration MEAN_PAUSE = Duration.ofMillis(200);
    private static final Duration WATCHED = Duration.ofMillis(1500);
    private static final Duration CATCH_UP = Duration.ofSeconds(1);
    private static final int RECEIVE_BUFFER = 1 << 20;

    private final OpenResources opened = new OpenResources();
    private final ServerProcess server;
    private final AtomicBoolean watched = new AtomicBoolean();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicLong newestKeyframe = new AtomicLong();
    private final ConcurrentSkipListMap<Long, Long> reference = new ConcurrentSkipListMap<>();
    private final Thread groups;
    private final Thread watcher;

    /**
     * One join.
     *
     * @param firstNanos     from the beginning of the TCP connection to the last byte of the first video message
     * @param keyframeBefore the newest keyframe that the client that is always there had when this one began
     * @param frames         frame_seq of all video messages, as they came
     * @param behindNanos    by how much the frames from one second after the join on came later here than there; median
     * @param agesNanos      of those same frames, from commit to the last byte
     */
    public record Join(long firstNanos, boolean keyframeFirst, long keyframeBefore, List<Long> frames, long behindNanos,
            long[] agesNanos) {
    }

    public JoiningClients(int keyframeBytes, int deltaBytes) {
        TempRegion region = opened.add(TempRegion.create());
        server = opened.add(ServerProcess.builder().region(region)
                // On a busy machine nobody is to lag for other reasons.
                .set("SDR_MAX_LATENCY_MS", "0").set("SDR_BROADCAST_CAPACITY", "1024").start());
        RegionWriter writer = RegionWriter.open(region.path());
        server.http().awaitAttached();
        RawStream always = opened.add(RawStream.connect(server, RECEIVE_BUFFER));
        groups = start("group-writer", () -> write(writer, keyframeBytes, deltaBytes));
        watcher = start("reference", () -> {
            while (!watched.get()) {
                note(always.takeVideo());
            }
        });
        Await.until("a whole group has been seen", Deadlines.START, () -> reference.size() > GROUP_FRAMES);
    }

    private static Thread start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void write(RegionWriter writer, int keyframeBytes, int deltaBytes) {
        for (int i = 0; !ended.get(); i++) {
            boolean keyframe = i % GROUP_FRAMES == 0;
            writer.write(System.nanoTime(), keyframe ? VideoFrame.KEYFRAME : 0, VideoFrame.H264,
                    keyframe ? keyframeBytes : deltaBytes);
            Await.pause(Duration.ofSeconds(1).dividedBy(FPS).toNanos());
        }
    }

    private void note(RawStream.Taken taken) {
        VideoFrame frame = taken.frame();
        reference.put(frame.frameSeq(), taken.lastByteNanos());
        if (frame.keyframe()) {
            newestKeyframe.set(frame.frameSeq());
        }
    }

    /** What the client that is always there got from one frame to another, both included. */
    public List<Long> available(long fromSeq, long toSeq) {
        Await.until("it has frame " + toSeq, Deadlines.SOON, () -> reference.containsKey(toSeq));
        return List.copyOf(reference.subMap(fromSeq, true, toSeq, true).keySet());
    }

    /** Joins so many times, at random moments, several at a time. */
    public List<Join> joins(int count) {
        ExecutorService clients = Executors.newCachedThreadPool();
        try {
            List<CompletableFuture<Join>> joins = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                joins.add(CompletableFuture.supplyAsync(this::join, clients));
                Await.pause(ThreadLocalRandom.current().nextLong(2 * MEAN_PAUSE.toNanos()));
            }
            return joins.stream().map(CompletableFuture::join).toList();
        } finally {
            clients.shutdown();
        }
    }

    private Join join() {
        long keyframeBefore = newestKeyframe.get();
        List<Long> frames = new ArrayList<>();
        Map<Long, Long> late = new ConcurrentSkipListMap<>();
        List<Long> ages = new ArrayList<>();
        try (RawStream client = RawStream.connect(server, RECEIVE_BUFFER)) {
            RawStream.Taken first = client.takeVideo();
            long sinceJoin = first.lastByteNanos() - client.connectNanos();
            for (RawStream.Taken taken = first; sinceJoin < WATCHED.toNanos(); taken = client.takeVideo()) {
                VideoFrame frame = taken.frame();
                frames.add(frame.frameSeq());
                sinceJoin = taken.lastByteNanos() - client.connectNanos();
                if (sinceJoin > CATCH_UP.toNanos()) {
                    late.put(frame.frameSeq(), taken.lastByteNanos());
                    ages.add(taken.lastByteNanos() - frame.frameId());
                }
            }
            long[] behind = late.entrySet().stream().mapToLong(this::behindNanos).sorted().toArray();
            return new Join(first.lastByteNanos() - client.connectNanos(), first.frame().keyframe(), keyframeBefore, frames,
                    behind.length == 0 ? Long.MAX_VALUE : behind[behind.length / 2],
                    ages.stream().mapToLong(Long::longValue).toArray());
        }
    }

    private long behindNanos(Map.Entry<Long, Long> here) {
        return here.getValue() - Await.value("frame " + here.getKey(), Deadlines.SOON,
                () -> Optional.ofNullable(reference.get(here.getKey())));
    }

    @Override
    public void close() {
        try {
            watched.set(true); // it sees that at the next frame, so these must go on until then
            watcher.join(Deadlines.SOON.toMillis());
            ended.set(true);
            groups.join(Deadlines.SOON.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        opened.close();
    }
}
