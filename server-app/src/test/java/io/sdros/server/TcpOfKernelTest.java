package io.sdros.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TcpOfKernelTest {

    @TempDir
    private Path settings;

    @Test
    void bbrNeedsNoAdvice() throws IOException {
        TcpOfKernel found = found("bbr\n", "16384\n");

        assertThat(found.line()).isEqualTo("TCP sends with congestion control bbr, tcp_notsent_lowat 16384");
        assertThat(found.advice()).isEmpty();
    }

    @Test
    void anythingElseIsNamedWithTheSysctlInOneLine() throws IOException {
        assertThat(found("cubic\n", "4294967295\n").advice()).hasValueSatisfying(line -> assertThat(line)
                .contains("congestion control is cubic", "net.ipv4.tcp_congestion_control=bbr").doesNotContain("\n"));
    }

    @Test
    void aKernelThatDoesNotSayIsNotAdvised() {
        TcpOfKernel found = TcpOfKernel.find(settings);

        assertThat(found.line()).contains("congestion control unknown", "tcp_notsent_lowat unknown");
        assertThat(found.advice()).isEmpty();
    }

    @Test
    void thisKernelsNumberIsReadWhole() throws IOException {
        Path file = Path.of("/proc/sys/net/ipv4/tcp_notsent_lowat");
        assumeTrue(Files.exists(file), "only Linux has " + file);
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            assertThat(TcpOfKernel.find().notSentLowat()).contains(reader.readLine());
        }
    }

    private TcpOfKernel found(String congestionControl, String notSentLowat) throws IOException {
        Files.writeString(settings.resolve("tcp_congestion_control"), congestionControl);
        Files.writeString(settings.resolve("tcp_notsent_lowat"), notSentLowat);
        return TcpOfKernel.find(settings);
    }
}
