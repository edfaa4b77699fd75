package io.sdros.server.settings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the operator has chosen for one stream, checked and typed; see {@link SettingDefinitions} for each.
 *
 * @param named whether the operator has named it (SDR_STREAMS): then logs, metrics and keyframe requests name it, too
 * @param title for people
 * @param relayed whether it comes from another machine, and not from a region of this one
 * @param shmSizeBytes the size the region is expected to have
 * @param broadcastCapacity frames queued per client
 * @param idrSubjects at least one; each request goes to all
 * @param rate whose connection decides what the encoder is told, and where
 * @param maxLatency zero when the age of frames does not matter
 * @param gopCacheBytes zero when joining clients wait for a keyframe
 * @param telemetrySubjects filters: what its clients get of the telemetry
 * @param queueBytes what the queues of all its clients hold together
 * @param idleRead how long reading goes on after the last viewer left; absent for always
 */
public record StreamSettings(
    String name,
    boolean named,
    String title,
    boolean relayed,
    Path shmPath,
    int shmSizeBytes,
    int broadcastCapacity,
    boolean crcEnabled,
    Duration idrCoalesce,
    Duration idrTimeout,
    List<String> idrSubjects,
    List<String> telemetrySubjects,
    RateSettings rate,
    boolean keyframeGating,
    ParameterSetsSetting parameterSets,
    boolean lowDelaySps,
    PollModeSetting pollMode,
    Duration maxLatency,
    long gopCacheBytes,
    long queueBytes,
    Duration readyMaxAge,
    Optional<Duration> idleRead) {

    /** The stream there is when nobody has named any. */
    public static final String DEFAULT_NAME = "default";

    public StreamSettings {
        idrSubjects = List.copyOf(idrSubjects);
        telemetrySubjects = List.copyOf(telemetrySubjects);
    }

    /** With the default of everything but these. */
    public static StreamSettings standard(String name, Path shmPath, int shmSizeBytes, PollModeSetting pollMode) {
        SettingDefinitions table = new SettingDefinitions();
        return new StreamSettings(name, false, name, false, shmPath, shmSizeBytes,
            table.broadcastCapacity.valueByDefault(),
            table.crcEnabled.valueByDefault(),
            table.idrCoalesce.valueByDefault(),
            table.idrTimeout.valueByDefault(),
            table.idrSubjects.valueByDefault(),
            table.telemetrySubjects.valueByDefault(),
            new RateSettings(table.rateSubjects.valueByDefault(), table.ratePolicy.valueByDefault()),
            table.keyframeGating.valueByDefault(),
            table.parameterSets.valueByDefault(),
            table.lowDelaySps.valueByDefault(),
            pollMode,
            table.maxLatency.valueByDefault(),
            table.gopCacheBytes.valueByDefault(),
            table.queueBytes.valueByDefault(),
            table.readyMaxAge.valueByDefault(),
            table.idleRead.valueByDefault());
    }

    /** The same stream from another region. */
    public StreamSettings from(Path region) {
        return new StreamSettings(name, named, title, false, region, shmSizeBytes, broadcastCapacity, crcEnabled, idrCoalesce, idrTimeout,
            idrSubjects, telemetrySubjects, rate, keyframeGating, parameterSets, lowDelaySps, pollMode, maxLatency, gopCacheBytes,
            queueBytes, readyMaxAge, idleRead);
    }

    /** The same, named by a program, as one of so many. */
    public StreamSettings named(String otherName, String otherTitle, int streams) {
        StreamShares shares = new StreamShares(streams, Runtime.getRuntime().maxMemory());
        return new StreamSettings(otherName, true, otherTitle, relayed, shmPath, shmSizeBytes, broadcastCapacity, crcEnabled,
            idrCoalesce, idrTimeout, idrSubjects, telemetrySubjects, rate, keyframeGating, parameterSets, lowDelaySps, pollMode, maxLatency,
            shares.gopCacheBytes(gopCacheBytes, false), shares.queueBytes(queueBytes, SettingDefinitions.LEAST_QUEUE_BYTES), readyMaxAge,
            idleRead);
    }

    /** The same from another machine. */
    StreamSettings fromRelay(Duration linger) {
        return new StreamSettings(name, named, title, true, shmPath, shmSizeBytes, broadcastCapacity, crcEnabled, idrCoalesce, idrTimeout,
            idrSubjects, telemetrySubjects, rate, keyframeGating, parameterSets, lowDelaySps, pollMode, maxLatency, gopCacheBytes,
            queueBytes, readyMaxAge, Optional.of(linger));
    }

    /** The same for a stream that has been heard of. */
    public StreamSettings heardOf(String otherName, String otherTitle, boolean gating) {
        return new StreamSettings(otherName, true, otherTitle, relayed, shmPath, shmSizeBytes, broadcastCapacity, crcEnabled, idrCoalesce,
            idrTimeout, idrSubjects, telemetrySubjects, rate, gating, parameterSets, lowDelaySps, pollMode, maxLatency, gopCacheBytes,
            queueBytes, readyMaxAge, idleRead);
    }

    /** How long frames may come without a keyframe; absent if none is needed. */
    public Optional<Duration> keyframeTimeout() {
        return keyframeGating ? Optional.of(idrTimeout) : Optional.empty();
    }
}
