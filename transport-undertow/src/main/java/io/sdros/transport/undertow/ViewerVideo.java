package io.sdros.transport.undertow;

import io.sdros.fanout.DropReason;
import io.sdros.fanout.StreamSubscription;
import io.sdros.fanout.SubscriptionOptions;
import io.sdros.fanout.SubscriptionState;

/**
 * The video of a client that speaks sdr.2: its writer has one subscription after the other, as the client pauses and joins
 * anew. On the client's I/O thread.
 */
final class ViewerVideo implements Sdr2Session.Video {

    private final VideoFeed feed;
    private final ViewerGroup group;
    private final SubscriptionOptions options;
    private final ClientWriter writer;

    /** @param writer what has the first subscription already */
    ViewerVideo(VideoFeed feed, ViewerGroup group, SubscriptionOptions options, ClientWriter writer) {
        this.feed = feed;
        this.group = group;
        this.options = options;
        this.writer = writer;
    }

    @Override
    public boolean streaming() {
        return writer.video().state() == SubscriptionState.STREAMING;
    }

    @Override
    public boolean reduced() {
        return writer.video().dropped(DropReason.UNWANTED) > 0;
    }

    @Override
    public void pause() {
        writer.video().close();
    }

    @Override
    public void join(boolean replay) {
        if (!writer.closing()) {
            StreamSubscription<VideoMessage> before = writer.video();
            writer.switchVideo(replay ? feed.subscribeToVideo(group, options) : feed.rejoinVideo(group, options));
            before.close(); // last: with nobody subscribed meanwhile, the source might not be read any more
        }
    }
}
