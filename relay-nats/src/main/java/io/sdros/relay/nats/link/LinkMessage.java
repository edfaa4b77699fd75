package io.sdros.relay.nats.link;

import java.util.Optional;

/**
 * What has come over a {@link RelayLink}.
 *
 * @param replyTo      where an answer goes, if one is wanted
 * @param payload      nobody else's
 * @param noResponders whether the server says with this that nobody subscribes to the subject of the message whose reply subject
 *                     this is
 */
public record LinkMessage(String subject, Optional<String> replyTo, byte[] payload, boolean noResponders) {
}
