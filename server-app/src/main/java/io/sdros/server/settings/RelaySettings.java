package io.sdros.server.settings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What the operator has chosen for the relay between machines, checked and typed; see {@link SettingDefinitions} for each.
 *
 * @param natsUrl absent when there shall be no NATS
 * @param prefix what its subjects begin with
 * @param linger how long a stream is still taken after its last viewer left
 * @param maxLag zero when frames are taken however late they come
 * @param maxStreams how many streams are taken at a time that are not named here
 */
public record RelaySettings(Optional<NatsUrl> natsUrl, Optional<Path> natsCredsFile, Optional<Path> natsCaFile, String prefix,
        Duration linger, Duration maxLag, int maxStreams) {

    /** The same through another server, which asks for no login. */
    RelaySettings through(NatsUrl servers) {
        return new RelaySettings(Optional.of(servers), Optional.empty(), Optional.empty(), prefix, linger, maxLag, maxStreams);
    }
}
