package io.sdros.server.settings;

import io.sdros.server.tls.TlsFiles;
import io.sdros.transport.undertow.HostPolicy;
import io.sdros.transport.undertow.TrustedProxies;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the operator has chosen, checked and typed; see {@link SettingDefinitions} for each. Printing it shows no secret.
 *
 * @param shmSizeBytes the size the region is expected to have
 * @param natsUrl absent when there shall be no NATS
 * @param listenAddress resolved; port 0 stands for any free one
 * @param broadcastCapacity frames queued per client
 * @param maxLatency zero when the age of frames does not matter
 * @param gopCacheBytes zero when joining clients wait for a keyframe
 * @param queueBytes what the queues of all clients hold together
 * @param socketSendBufferBytes zero for the kernel's choice
 * @param maxClients zero for no limit
 * @param maxClientsPerAddress zero for no limit
 * @param trustedProxies absent when nobody is one
 * @param authToken from the variable or the file
 * @param idrSubjects at least one; each request goes to all
 * @param telemetryCacheSubjects zero for no cache
 * @param telemetryCacheExclude filters: what matches one is not kept
 * @param idleRead how long reading goes on after the last viewer left; absent for always
 */
public record Settings(
    Path shmPath,
    int shmSizeBytes,
    Optional<NatsUrl> natsUrl,
    InetSocketAddress listenAddress,
    int broadcastCapacity,
    boolean crcEnabled,
    Duration idrCoalesce,
    Duration idrTimeout,
    List<String> telemetrySubjects,
    int telemetryMaxSizeBytes,
    boolean keyframeGating,
    PollModeSetting pollMode,
    Duration maxLatency,
    long gopCacheBytes,
    long queueBytes,
    int socketSendBufferBytes,
    Duration stallTimeout,
    int maxClients,
    int maxClientsPerAddress,
    Optional<TrustedProxies> trustedProxies,
    AllowedOrigins allowedOrigins,
    HostPolicy allowedHosts,
    Optional<Secret> authToken,
    Optional<TlsFiles> tls,
    List<String> idrSubjects,
    Optional<Path> natsCredsFile,
    Optional<Path> natsCaFile,
    int telemetryCacheSubjects,
    List<String> telemetryCacheExclude,
    Duration readyMaxAge,
    Optional<Duration> idleRead,
    int ioThreads,
    LogLevel logLevel) {

    public Settings {
        telemetrySubjects = List.copyOf(telemetrySubjects);
        idrSubjects = List.copyOf(idrSubjects);
        telemetryCacheExclude = List.copyOf(telemetryCacheExclude);
    }
}
