package io.sdros.shm.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Executable;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What other modules can reach. Whatever stores into a region has to be done in order, so only the writer is public. */
class PublicTypesTest {

    private static List<Class<?>> types() throws IOException, URISyntaxException {
        Path classes = Path.of(ShmWriter.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (Stream<Path> files = Files.list(classes.resolve("io/sdros/shm/protocol"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".class") && !name.equals("package-info.class"))
                    .<Class<?>>map(name -> load(name.substring(0, name.length() - ".class".length())))
                    .toList();
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(ShmWriter.class.getPackageName() + "." + name);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static Stream<Executable> publicMembers(Class<?> type) {
        return Stream.<Executable>concat(
                        Arrays.stream(type.getDeclaredConstructors()), Arrays.stream(type.getDeclaredMethods()))
                .filter(member -> Modifier.isPublic(member.getModifiers()));
    }

    @Test
    void theseAreAll() throws IOException, URISyntaxException {
        assertThat(types().stream().filter(type -> Modifier.isPublic(type.getModifiers())).map(Class::getSimpleName))
                .containsExactlyInAnyOrder("ShmWriter", "Builder", "FrameHeader", "FrameHeaderLayout", "FrameCrc",
                        "FrameFlags", "Codecs", "RegionLayout", "HistoryLayout", "HistoryRecordLayout", "BellAddress");
    }

    @Test
    void onlyTheWriterStoresAndOnlyWholeFrames() {
        assertThat(publicMembers(ShmWriter.class).map(Executable::getName)).containsExactlyInAnyOrder("builder", "write",
                "write", "framesWritten", "framesRefused", "framesNotInHistory", "bellReaders", "bell", "maxPayloadBytes", "close");
        assertThat(publicMembers(RegionSink.class).map(Executable::getName)).contains("store");
        assertThat(Modifier.isPublic(RegionSink.class.getModifiers())).isFalse();
    }

    @Test
    void noPublicMemberSpeaksOfATypeThatIsNotPublic() throws IOException, URISyntaxException {
        assertThat(types().stream().filter(type -> Modifier.isPublic(type.getModifiers()))
                .flatMap(PublicTypesTest::publicMembers)
                .flatMap(member -> Arrays.stream(member.getParameterTypes()))
                .filter(type -> !type.isPrimitive() && !type.isArray() && !Modifier.isPublic(type.getModifiers())))
                .isEmpty();
    }
}
