package io.sdros.server.stream;

import io.sdros.fanout.Broadcaster;
import io.sdros.fanout.KeyframeRequestReason;
import io.sdros.relay.nats.OriginListener;
import java.util.OptionalLong;

/** What edges say for their viewers, heard together with the viewers of this server. */
record EdgeVoices(Broadcaster<?> broadcaster, RateAdvising rates) implements OriginListener {

    @Override
    public void onKeyframeNeeded(String reason, int clients) {
        broadcaster.needKeyframe(switch (reason) {
            case "join" -> KeyframeRequestReason.JOIN;
            case "timeout" -> KeyframeRequestReason.TIMEOUT;
            default -> KeyframeRequestReason.LAG;
        }, Math.max(1, clients));
    }

    @Override
    public void onRateAdvised(long edge, OptionalLong targetBps, int clients, long carriedBps) {
        rates.edge(edge, targetBps, clients, carriedBps);
    }

    @Override
    public void onEdgeGone(long edge) {
        rates.edgeGone(edge);
    }

    @Override
    public void onDelivered(long sentNanos, long sentBytes, long nowNanos) {
        rates.delivered(sentNanos, sentBytes, nowNanos);
    }
}
