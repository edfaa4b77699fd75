package io.sdros.it.load.chaos;

import io.sdros.it.support.ServerProcess;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A packaged server that can be killed and started again, and the paths from its machine to the hub's nodes: an edge's own,
 * or those of the leaf node on a robot. One thread, but for the address.
 */
final class Site implements AutoCloseable {

    private final String name;
    private final List<CuttablePath> paths;
    private final Map<String, String> settings;
    private volatile ServerProcess server;

    private Site(String name, List<CuttablePath> paths, Map<String, String> settings) {
        this.name = name;
        this.paths = paths;
        this.settings = settings;
    }

    /**
     * One that has not been started.
     *
     * @param targets by node, the port to which the path leads
     */
    static Site of(String name, IntUnaryOperator targets, Map<String, String> settings) {
        List<CuttablePath> paths = new ArrayList<>();
        IntStream.range(0, Hub.NODES).forEach(node -> paths.add(CuttablePath.to(targets.applyAsInt(node))));
        return new Site(name, paths, settings);
    }

    void start(Map<String, String> more) {
        server = ServerProcess.builder().set(settings).set(more).start();
    }

    /** The addresses of all nodes, this one first. */
    String urls(String scheme, int first) {
        return IntStream.range(0, Hub.NODES).mapToObj(i -> scheme + "://127.0.0.1:" + paths.get((first + i) % Hub.NODES).port())
                .collect(Collectors.joining(","));
    }

    String name() {
        return name;
    }

    ServerProcess server() {
        return server;
    }

    URI stream(String stream) {
        return URI.create("ws://127.0.0.1:" + server.port() + "/streams/" + stream + "/ws");
    }

    /** Whether it, or its leaf node, is connected to that node. */
    boolean uses(int node) {
        return paths.get(node).used();
    }

    void cut() {
        paths.forEach(CuttablePath::cut);
    }

    void mend() {
        paths.forEach(CuttablePath::mend);
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
        paths.forEach(CuttablePath::close);
    }
}
