package io.sdros.it.bitstream;

import io.sdros.it.support.Await;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A producer on a thread of its own, until closed: 30 commits a second, each once the server has read the one before, so
 * that none is lost on a busy machine.
 */
final class Playback implements AutoCloseable {

    private static final long INTERVAL_NANOS = 1_000_000_000L / 30;

    private final ServerProcess server;
    private final RegionWriter writer;
    private final int codec;
    private final List<Commit> commits;
    private final AtomicBoolean fromStart = new AtomicBoolean();
    private final AtomicBoolean oneLost = new AtomicBoolean();
    private final Thread thread;
    private volatile boolean ended;

    private Playback(ServerProcess server, RegionWriter writer, int codec, List<Commit> commits) {
        this.server = server;
        this.writer = writer;
        this.codec = codec;
        this.commits = commits;
        thread = new Thread(this::write, "playback");
        thread.setDaemon(true);
    }

    /** After the last commit comes the first again. */
    static Playback start(ServerProcess server, RegionWriter writer, int codec, List<Commit> commits) {
        Playback playback = new Playback(server, writer, codec, commits);
        playback.thread.start();
        return playback;
    }

    /** What comes next is the first commit again. */
    void begin() {
        fromStart.set(true);
    }

    /** The next commit is never seen; the sequence goes on as if it had been. */
    void lose() {
        oneLost.set(true);
    }

    private void write() {
        for (int i = 0; !ended; i++) {
            if (fromStart.getAndSet(false)) {
                i = 0;
            }
            if (oneLost.getAndSet(false)) {
                writer.continueAt(writer.sequence() + 2);
                continue;
            }
            long beganNanos = System.nanoTime();
            Commit commit = commits.get(i % commits.size());
            writer.write(i, commit.flags(), codec, commit.payload());
            server.http().awaitShmSequence(writer.sequence());
            Await.pause(beganNanos + INTERVAL_NANOS - System.nanoTime());
        }
    }

    @Override
    public void close() {
        ended = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
