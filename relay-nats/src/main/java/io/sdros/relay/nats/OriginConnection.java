package io.sdros.relay.nats;

import io.sdros.relay.nats.link.RelayLink;
import io.sdros.relay.nats.origin.OriginLink;
import io.sdros.relay.nats.wire.RelaySubjects;

/** The connection, as one stream of an origin uses it. On the stream's thread. */
final class OriginConnection implements OriginLink {

    private final RelayLink link;
    private final RelaySubjects subjects;
    private final String noRespondersInbox;
    private final Runnable refused;

    /**
     * @param noRespondersInbox what the subjects begin with on which the server says that nobody has heard a keyframe; behind
     *                          it stands the keyframe's number
     * @param refused           called for each answer that is wanted where none may go
     */
    OriginConnection(RelayLink link, RelaySubjects subjects, String noRespondersInbox, Runnable refused) {
        this.link = link;
        this.subjects = subjects;
        this.noRespondersInbox = noRespondersInbox;
        this.refused = refused;
    }

    @Override
    public boolean publishKeyframe(byte[] message) {
        return link.publish(subjects.keyframes(), message);
    }

    @Override
    public boolean publishKeyframeEnd(byte[] message, long sequence) {
        return link.publish(subjects.keyframes(), noRespondersInbox + sequence, message);
    }

    @Override
    public boolean publishOther(byte[] message) {
        return link.publish(subjects.others(), message);
    }

    @Override
    public boolean publishReplay(byte[] message) {
        return link.publish(subjects.replay(), message);
    }

    @Override
    public void publishInfo(byte[] json) {
        link.publish(subjects.info(), json);
    }

    @Override
    public void answer(String replyTo, byte[] json) {
        // Anybody who may speak to an origin could have it speak to anybody else.
        if (replyTo.startsWith(RelayLink.INBOX_PREFIX)) {
            link.publish(replyTo, json);
        } else {
            refused.run();
        }
    }

    @Override
    public boolean connected() {
        return link.connected();
    }

    @Override
    public long pendingBytes() {
        return link.pendingBytes();
    }

    @Override
    public int maxPayloadBytes() {
        return link.maxPayloadBytes();
    }
}
