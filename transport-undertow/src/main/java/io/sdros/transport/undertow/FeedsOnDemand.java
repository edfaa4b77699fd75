package io.sdros.transport.undertow;

/** Feeds that are not there until somebody who may watch asks for one. Called on I/O threads; must not block, nor throw. */
public interface FeedsOnDemand {

    /** There are none. */
    FeedsOnDemand NONE = new FeedsOnDemand() {
        @Override
        public boolean known(String path) {
            return false;
        }

        @Override
        public void wanted(String path) {
            // No path is known, so none is wanted.
        }
    };

    /** Whether there may be a feed under this path, for which anybody may ask; it costs nothing but this look. */
    boolean known(String path);

    /**
     * Somebody who may watch asks for a path that is {@linkplain #known known}: its feed is to be added
     * ({@link StreamServer#addFeed}), and the answer is from it. If it is not, the answer is 404.
     */
    void wanted(String path);
}
