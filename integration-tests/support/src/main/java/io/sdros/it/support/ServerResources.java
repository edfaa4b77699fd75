package io.sdros.it.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What a server holds at one moment.
 *
 * @param heapBytes used right after a full collection
 */
public record ServerResources(long threads, long descriptors, long heapBytes, long residentBytes) {

    private static final int KIB = 1024;

    public static ServerResources of(ServerProcess server) {
        long pid = server.process().pid();
        String jcmd = Path.of(Tool.java()).resolveSibling("jcmd").toString();
        ChildProcess.run("jcmd", List.of(jcmd, Long.toString(pid), "GC.run"), Deadlines.SOON);
        Path process = Path.of("/proc", Long.toString(pid));
        return new ServerResources(entries(process.resolve("task")), entries(process.resolve("fd")),
                (long) server.http().metrics().samples().get("jvm_memory_bytes_used{area=\"heap\",}").doubleValue(),
                residentBytes(process.resolve("status")));
    }

    /**
     * The same once something is true of it, or after a while at the latest: of those who have just left the server may still
     * have to let go, and what is used on a busy machine between the collection and the look at the heap is no leak.
     */
    public static ServerResources settled(ServerProcess server, Predicate<ServerResources> expected) {
        long beganNanos = System.nanoTime();
        ServerResources held = of(server);
        while (!expected.test(held) && System.nanoTime() - beganNanos < Deadlines.SOON.toNanos()) {
            held = of(server);
        }
        return held;
    }

    private static long entries(Path folder) {
        try (Stream<Path> list = Files.list(folder)) {
            return list.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long residentBytes(Path status) {
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).sum() * KIB;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%d threads, %d descriptors, heap %.1f MB after a collection, RSS %.0f MB",
                threads, descriptors, heapBytes / 1e6, residentBytes / 1e6);
    }
}
