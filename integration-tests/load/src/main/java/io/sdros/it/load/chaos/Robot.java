package io.sdros.it.load.chaos;

import io.sdros.it.support.NatsProcess;
import java.util.Map;

/** A robot: a leaf node of the hub, and a server that publishes its streams over that. One thread. */
final class Robot implements AutoCloseable {

    private final Site site;
    private final int leafPort = Hub.freePort();
    private final String leafConfiguration;
    private NatsProcess leaf;

    /** @param site whose paths lead to the ports for leaf nodes */
    Robot(Site site, int firstNode) {
        this.site = site;
        leafConfiguration = "max_payload: 1MB\nleafnodes { remotes: [ { urls: [ "
                + site.urls("nats-leaf", firstNode).replace(",", ", ") + " ] } ] }\n";
    }

    void startLeaf() {
        leaf = NatsProcess.start(leafPort, leafConfiguration);
    }

    void startServer() {
        site.start(Map.of("SDR_RELAY_NATS_URL", "nats://127.0.0.1:" + leafPort));
    }

    Site site() {
        return site;
    }

    NatsProcess leaf() {
        return leaf;
    }

    @Override
    public void close() {
        site.close();
        if (leaf != null) {
            leaf.close();
        }
    }
}
