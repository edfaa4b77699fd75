package io.sdros.it.stress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What this process holds: mappings of files under a folder, and open descriptors. Linux. */
record ProcessResources(long mappings, long descriptors) {

    static ProcessResources now(Path folder) throws IOException {
        List<String> maps = Files.readAllLines(Path.of("/proc/self/maps"));
        long mappings = maps.stream().filter(line -> line.contains(folder.toString())).count();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return new ProcessResources(mappings, descriptors.count());
        }
    }
}
