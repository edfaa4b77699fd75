package io.sdros.transport.undertow;

import io.sdros.fanout.Broadcaster;
import io.sdros.fanout.LatestValueBroadcaster;

/** Where clients get their messages from. */
record StreamFeeds(Broadcaster<VideoMessage> video, LatestValueBroadcaster<String, TelemetryMessage> telemetry) {
}
