package io.sdros.fanout;

/**
 * Counts the members that wait for a keyframe. Each keyframe empties it at once, without touching the members: whether
 * one was counted since is told by the keyframe index noted with it.
 *
 * <p>Threading: producer thread only.
 */
final class WaitingRoom {

    private long sinceKeyframe = StreamPosition.NO_KEYFRAME;
    private int waiting;

    /** @return false if the member had been counted already */
    boolean enter(Member<?> member) {
        if (isIn(member)) {
            return false;
        }
        member.waitingSinceKeyframe = sinceKeyframe;
        waiting++;
        return true;
    }

    void leave(Member<?> member) {
        if (isIn(member)) {
            member.waitingSinceKeyframe = Long.MIN_VALUE;
            waiting--;
        }
    }

    void keyframe(long index) {
        sinceKeyframe = index;
        waiting = 0;
    }

    int count() {
        return waiting;
    }

    /** A request has been made for all who wait; called seldom enough to look at every member. */
    void requested(long nowNanos, Roster<?> roster) {
        for (int i = 0; i < roster.size(); i++) {
            Member<?> member = roster.get(i);
            if (isIn(member)) {
                member.backoff.requested(nowNanos);
            }
        }
    }

    private boolean isIn(Member<?> member) {
        return member.waitingSinceKeyframe == sinceKeyframe;
    }
}
