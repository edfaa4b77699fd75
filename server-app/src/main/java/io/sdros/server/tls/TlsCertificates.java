package io.sdros.server.tls;

import io.sdros.server.text.Parsed;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's certificate, read again when its files change: connections that are open keep theirs, new ones get the
 * new one. Files that do not belong together, or cannot be read, change nothing.
 */
public final class TlsCertificates implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TlsCertificates.class);
    private static final long LOOK_INTERVAL_SECONDS = 2;

    private final TlsFiles files;
    private final CurrentIdentity current;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "tls-reload");
        thread.setDaemon(true);
        return thread;
    });
    private String lastProblem = "";

    /** @throws IllegalStateException if the files, which the settings found sound, have gone bad since */
    public TlsCertificates(TlsFiles files) {
        this.files = files;
        Parsed<TlsIdentity> identity = TlsIdentity.load(files);
        current = new CurrentIdentity(identity.value().orElseThrow(
                () -> new IllegalStateException("TLS certificate or key: " + identity.detail())));
    }

    public SSLContext context() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {current}, null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("TLS is not available in this JVM", e);
        }
    }

    /** Begins to watch the files. */
    public void start() {
        executor.scheduleWithFixedDelay(this::look, LOOK_INTERVAL_SECONDS, LOOK_INTERVAL_SECONDS, TimeUnit.SECONDS);
    }

    /**
     * Reads the files again; they are small, and reading them beats trusting time stamps. Throws nothing: that would end
     * the watch, and the certificate in use would run out one day although the files had a new one.
     */
    void look() {
        try {
            Parsed<TlsIdentity> read = TlsIdentity.load(files);
            read.value().ifPresent(this::use);
            complain(read.detail());
        } catch (RuntimeException | Error e) {
            complain(e.toString());
        }
    }

    /** Once per problem: while files are being replaced they may not belong together for a moment. */
    private void complain(String problem) {
        if (!problem.isEmpty() && !problem.equals(lastProblem)) {
            log.warn("The certificate in use stays: {}", problem);
        }
        lastProblem = problem;
    }

    private void use(TlsIdentity identity) {
        if (!identity.chain().equals(current.identity().chain())
                || !Arrays.equals(identity.privateKey().getEncoded(), current.identity().privateKey().getEncoded())) {
            current.use(identity);
            log.info("New connections get the certificate of {}, valid until {}",
                    identity.chain().get(0).getSubjectX500Principal(),
                    identity.chain().get(0).getNotAfter().toInstant());
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
