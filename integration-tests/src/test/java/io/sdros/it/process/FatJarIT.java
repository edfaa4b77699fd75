package io.sdros.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.ServerProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is in the jar that users download. */
final class FatJarIT {

    private JarFile jar;

    @BeforeEach
    void open() throws IOException {
        jar = new JarFile(ServerProcess.jar().toFile());
    }

    @AfterEach
    void close() throws IOException {
        jar.close();
    }

    private List<String> names() {
        return jar.stream().map(JarEntry::getName).toList();
    }

    private String text(String name) throws IOException {
        return new String(jar.getInputStream(jar.getJarEntry(name)).readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void theManifestStartsTheServer() throws IOException {
        Attributes manifest = jar.getManifest().getMainAttributes();

        assertThat(manifest.getValue("Main-Class")).isEqualTo("io.sdros.server.Main");
        assertThat(manifest.getValue("Multi-Release")).isEqualTo("true");
        assertThat(manifest.getValue("Implementation-Version")).containsPattern("\\d+\\.\\d+\\.\\d+");
    }

    @Test
    void nothingIsLeftOfOtherJarsSignaturesAndModules() {
        assertThat(names()).noneMatch(name -> name.matches("META-INF/[^/]+\\.(SF|DSA|RSA|EC)"))
                .noneMatch(name -> name.endsWith("module-info.class"))
                .doesNotHaveDuplicates();
    }

    @Test
    void licencesAreIncluded() throws IOException {
        List<String> licences = names().stream().filter(name -> name.matches("(META-INF/)?LICENSE(\\.txt)?")).toList();
        assertThat(licences).isNotEmpty();
        assertThat(text(licences.get(0))).contains("Apache License").contains("Version 2.0");

        List<String> notices =
                names().stream().filter(name -> name.matches("(META-INF/)?THIRD-PARTY(\\.\\w+)?")).toList();
        assertThat(notices).hasSize(1);
        assertThat(text(notices.get(0)).toLowerCase())
                .contains("undertow", "xnio", "jboss", "wildfly", "jctools", "jnats", "simpleclient", "slf4j");
    }

    @Test
    void servicesAreMerged() {
        assertThat(names()).contains("META-INF/services/org.slf4j.spi.SLF4JServiceProvider",
                "META-INF/services/org.xnio.XnioProvider");
    }

    @Test
    void nothingOfTheTestsIsIncluded() {
        assertThat(names()).noneMatch(name -> name.startsWith("io/sdros/it/")
                || name.startsWith("org/junit/") || name.startsWith("org/openqa/"));
    }
}
