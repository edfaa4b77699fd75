package io.sdros.server.stream;

import io.sdros.server.metrics.MetricSource;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where a stream's frames come from. It has one thread, the stream's producer: that hands what comes to a
 * {@link FramePublisher}, asks the stream's {@link ReadingDemand} whether frames are wanted, and lets the publisher see
 * to the viewers now and then. All methods are for any thread.
 */
public interface FrameSource extends AutoCloseable {

    /** How a source is made for a stream. */
    @FunctionalInterface
    interface Factory {

        /**
         * A source that has not been started.
         *
         * @param publisher called on the source's thread only
         * @param demand    likewise
         */
        FrameSource create(FramePublisher publisher, ReadingDemand demand);
    }

    /**
     * How the source is at one moment.
     *
     * @param detail            what it is, and what is wrong with it if anything is
     * @param sequence          of the last frame committed, unsigned; 0 if there is none
     * @param lastFrameAgeNanos since that was seen to be committed, read or not; absent before the first
     * @param relayed           what there is instead of a region; absent: there is a region, or should be
     */
    record Condition(StreamCondition.Region region, String detail, long sequence, OptionalLong lastFrameAgeNanos,
            Optional<StreamCondition.Relayed> relayed) {

        /** Of a region. */
        Condition(StreamCondition.Region region, String detail, long sequence, OptionalLong lastFrameAgeNanos) {
            this(region, detail, sequence, lastFrameAgeNanos, Optional.empty());
        }
    }

    /** Starts the thread. Once. */
    void start();

    /** Somebody has joined or left, which the thread is to see to soon. Never blocks; harmless before the start. */
    void wakeUp();

    Condition condition();

    MetricSource metrics();

    /** Ends the thread and lets go of what is read from. */
    @Override
    void close();
}
