package io.sdros.shm.reader;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Says who keeps this process from a file: the file itself or a folder on the way, whose it is, and its mode. */
final class AccessDenial {

    private static final int MAX_LINKS = 40;
    private static final int PERMISSION_BITS = 0_7777;

    private AccessDenial() {
    }

    /** For people, without the path that was asked for unless a folder is to blame. */
    static String reason(Path path) {
        return "permission denied by " + culprit(path.toAbsolutePath(), 0) + "; this process runs as " + ownUser();
    }

    /** The last one on the way that can be looked at: it lets nobody pass, or is what was wanted. */
    private static String culprit(Path path, int links) {
        Path reached = path.getRoot();
        for (Path name : path) {
            Path next = reached.resolve(name);
            try {
                Files.readAttributes(next, "unix:mode");
            } catch (AccessDeniedException e) {
                return links < MAX_LINKS && Files.isSymbolicLink(next)
                        ? culprit(target(next), links + 1)
                        : "the folder " + reached + described(reached);
            } catch (IOException | UnsupportedOperationException e) {
                // It went away meanwhile, or there is no telling here.
                break;
            }
            reached = next;
        }
        return (reached.equals(path) ? "the file" : reached.toString()) + described(reached);
    }

    private static Path target(Path link) {
        try {
            return link.resolveSibling(Files.readSymbolicLink(link)).normalize();
        } catch (IOException e) {
            return link;
        }
    }

    private static String described(Path path) {
        try {
            Map<String, Object> attributes = Files.readAttributes(path, "unix:owner,group,mode");
            return String.format(Locale.ROOT, " (owner %s:%s, mode %04o)",
                    attributes.get("owner"), attributes.get("group"), (int) attributes.get("mode") & PERMISSION_BITS);
        } catch (IOException | UnsupportedOperationException e) {
            return "";
        }
    }

    /** Not every user has a name, least of all in a container. */
    private static String ownUser() {
        String name = System.getProperty("user.name", "?");
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"), StandardCharsets.ISO_8859_1)) {
                if (line.startsWith("Uid:")) {
                    String effective = line.split("\\s+")[2];
                    return "?".equals(name) ? "uid " + effective : name + " (uid " + effective + ")";
                }
            }
        } catch (IOException e) {
            return name;
        }
        return name;
    }
}
