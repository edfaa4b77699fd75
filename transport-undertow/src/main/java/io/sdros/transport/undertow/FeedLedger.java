package io.sdros.transport.undertow;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The feeds of a server, and what was counted of those that it serves no more. Any thread. */
final class FeedLedger {

    private final Set<VideoFeed> feeds = new LinkedHashSet<>();
    private FeedStatistics ofEnded = FeedStatistics.none();

    synchronized void add(VideoFeed feed) {
        settle();
        feeds.add(feed);
    }

    synchronized boolean contains(VideoFeed feed) {
        return feeds.contains(feed);
    }

    /** What nobody is given any more can be let go of: no counter ever goes down, and no feed is kept for its counters. */
    synchronized List<FeedStatistics> statistics() {
        settle();
        List<FeedStatistics> all = new ArrayList<>();
        all.add(ofEnded);
        feeds.forEach(feed -> all.add(feed.statistics()));
        return all;
    }

    /** Those that have ended and whose last viewer has gone. */
    private void settle() {
        feeds.removeIf(feed -> {
            boolean over = feed.over();
            if (over) {
                ofEnded = ofEnded.plus(feed.statistics());
            }
            return over;
        });
    }
}
