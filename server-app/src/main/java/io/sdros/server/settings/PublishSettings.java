package io.sdros.server.settings;

import java.time.Duration;
import java.util.List;

/**
 * What the operator has chosen for streams that go out to other machines, checked and typed; see {@link SettingDefinitions} for
 * each. How to get there is in the {@link RelaySettings}.
 *
 * @param streams their names; each is one of this server, from a region of this machine
 * @param priority of two servers that publish the same name the higher is taken
 * @param window how old the oldest frame may be that is on its way
 * @param chunkBytes the longest message
 */
public record PublishSettings(List<String> streams, int priority, Duration window, int chunkBytes) {

    public PublishSettings {
        streams = List.copyOf(streams);
    }

    /** With the default of everything else. */
    static PublishSettings standard(List<String> streams) {
        SettingDefinitions table = new SettingDefinitions();
        return new PublishSettings(streams, table.relayPriority.valueByDefault(), table.relayWindow.valueByDefault(),
            table.relayChunkBytes.valueByDefault());
    }
}
