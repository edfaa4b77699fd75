package io.sdros.it.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.shm.protocol.Codecs;
import io.sdros.shm.protocol.FrameFlags;
import io.sdros.shm.protocol.RegionLayout;
import io.sdros.shm.protocol.ShmWriter;
import io.sdros.shm.reader.ShmFrameStream;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A file the reader may not open. Nothing is forbidden to root, so there the reader runs as another user, with
 * classes that user may read.
 */
class ForbiddenRegionIT {

    private static final String NOBODY = "65534";
    private static final String DENIED =
            "UNREADABLE: (replaced by another file; )?permission denied by %s \\(owner \\S+:\\S+, mode %s\\); this process runs as .*uid \\d+.*";

    @Test
    @Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void isWaitedForAndReadOnceItIsAllowed() throws Exception {
        try (TempFolder folder = TempFolder.create()) {
            permit(folder.path(), "rwxr-xr-x");
            Path region = folder.resolve("frames");
            write(region, 1);
            permit(region, "---------");
            try (Child reader = Child.start(command(folder, region))) {
                assertThat(reader.expectStart("UNREADABLE: ")).matches(DENIED.formatted("the file", "0000"));
                permit(region, "rw-r--r--");
                reader.expectStart("ATTACHED: ");
                reader.expect("frame 1");

                Path next = folder.resolve("next");
                write(next, 2);
                permit(next, "---------");
                Files.move(next, region, StandardCopyOption.ATOMIC_MOVE);
                assertThat(reader.expectStart("UNREADABLE: ")).matches(DENIED.formatted("the file", "0000"));
                permit(region, "r--r--r--");
                reader.expectStart("ATTACHED: ");
                reader.expect("frame 2");
            }
        }
    }

    @Test
    @Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aFolderThatLetsNobodyPassIsNamed() throws Exception {
        try (TempFolder folder = TempFolder.create()) {
            permit(folder.path(), "rwxr-xr-x");
            Path closed = Files.createDirectory(folder.resolve("closed"));
            Path region = closed.resolve("frames");
            write(region, 1);
            permit(region, "rw-r--r--");
            permit(closed, "rw-------");
            try (Child reader = Child.start(command(folder, region))) {
                assertThat(reader.expectStart("UNREADABLE: ")).matches(DENIED.formatted("the folder " + closed, "0600"));
                permit(closed, "rwxr-xr-x");
                reader.expectStart("ATTACHED: ");
                reader.expect("frame 1");

                permit(closed, "-wx------");
                assertThat(reader.expectStart("UNREADABLE: ")).matches(DENIED.formatted("the folder " + closed, "0300"));
                permit(closed, "rwxr-xr-x");
                reader.expectStart("ATTACHED: ");
                reader.expect("frame 1");
            } finally {
                permit(closed, "rwxr-xr-x");
            }
        }
    }

    private static void write(Path region, long frameId) throws IOException {
        try (ShmWriter writer = ShmWriter.builder(region).regionBytes(RegionLayout.DEFAULT_REGION_BYTES).open()) {
            writer.write(ByteBuffer.wrap(new byte[100]), frameId, FrameFlags.KEYFRAME, Codecs.H264);
        }
    }

    private static void permit(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    private static List<String> command(TempFolder folder, Path region) throws Exception {
        List<String> command = new ArrayList<>();
        if (Files.getAttribute(folder.path(), "unix:uid").equals(0)) {
            command.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
        }
        List<String> classPath = new ArrayList<>();
        for (Class<?> type : List.of(AttachPrinter.class, ShmFrameStream.class, ShmWriter.class)) {
            classPath.add(readableCopy(location(type), folder.resolve(type.getSimpleName())).toString());
        }
        command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                String.join(File.pathSeparator, classPath), AttachPrinter.class.getName(), region.toString()));
        return command;
    }

    private static Path location(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    /** A copy of a jar or of a folder of classes: the original may lie where nobody else may go. */
    private static Path readableCopy(Path source, Path target) throws IOException {
        try (Stream<Path> walk = Files.walk(source)) {
            for (Path each : walk.toList()) {
                Path copy = target.resolve(source.relativize(each).toString());
                Files.copy(each, copy);
                permit(copy, Files.isDirectory(each) ? "rwxr-xr-x" : "rw-r--r--");
            }
        }
        return target;
    }
}
