package io.sdros.telemetry.nats;

import java.util.Map;

/**
 * The relay's counters at one moment, all since it was made.
 *
 * @param connected        whether there is a connection now
 * @param connects         connections made; all but the first are reconnects
 * @param received         messages taken from NATS, each once however many filters it matches, dropped ones included
 * @param dropped          messages dropped, with an entry for every reason
 * @param listenerFailures calls of a listener that ended in an exception
 * @param published        messages handed to a connection
 * @param publishFailures  messages that could not be published because there was no connection, it did not take them, or
 *                         the server is known not to allow it
 * @param refusals         errors by which servers refused a subscription or a message, with an entry for every operation
 * @param slowConsumerCuts connections that ended because what the server sent was not taken in time; how much was lost with
 *                         them is not known
 */
public record NatsStatistics(
        boolean connected,
        long connects,
        long received,
        Map<DropReason, Long> dropped,
        long listenerFailures,
        long published,
        long publishFailures,
        Map<NatsDenial.Operation, Long> refusals,
        long slowConsumerCuts) {

    public NatsStatistics {
        dropped = Map.copyOf(dropped);
        refusals = Map.copyOf(refusals);
    }

    public long reconnects() {
        return Math.max(0, connects - 1);
    }
}
