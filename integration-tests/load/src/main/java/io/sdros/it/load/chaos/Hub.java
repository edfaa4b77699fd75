package io.sdros.it.load.chaos;

import io.sdros.it.support.NatsProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Three nats-servers that make a cluster, each with a port for leaf nodes. One thread, but for the ports. */
final class Hub implements AutoCloseable {

    static final int NODES = 3;

    private final List<Integer> clientPorts = freePorts();
    private final List<Integer> leafPorts = freePorts();
    private final List<Integer> clusterPorts = freePorts();
    private final NatsProcess[] nodes = new NatsProcess[NODES];

    private Hub() {
    }

    static Hub start() {
        Hub hub = new Hub();
        try {
            IntStream.range(0, NODES).forEach(hub::start);
            return hub;
        } catch (RuntimeException | Error e) {
            hub.close();
            throw e;
        }
    }

    private static List<Integer> freePorts() {
        return Stream.generate(Hub::freePort).limit(NODES).toList();
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** On the ports that it had before. */
    void start(int node) {
        String routes = clusterPorts.stream().map(port -> "nats-route://127.0.0.1:" + port).collect(Collectors.joining(", "));
        // What docs/deploy/relay has, but for accounts.
        nodes[node] = NatsProcess.start(clientPorts.get(node), "server_name: n" + (node + 1) + "\nwrite_deadline: \"2s\"\n"
                + "max_payload: 1MB\nleafnodes { listen: \"127.0.0.1:" + leafPorts.get(node) + "\" }\n"
                + "cluster { name: hub, listen: \"127.0.0.1:" + clusterPorts.get(node) + "\", routes: [" + routes + "] }\n");
    }

    NatsProcess node(int node) {
        return nodes[node];
    }

    int clientPort(int node) {
        return clientPorts.get(node);
    }

    int leafPort(int node) {
        return leafPorts.get(node);
    }

    /** Whether each node is connected to all others. */
    boolean whole() {
        return Stream.of(nodes).allMatch(node -> node.routes() >= NODES - 1);
    }

    @Override
    public void close() {
        Stream.of(nodes).filter(node -> node != null).forEach(NatsProcess::close);
    }
}
