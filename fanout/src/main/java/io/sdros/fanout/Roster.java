package io.sdros.fanout;

import java.util.ArrayList;
import java.util.List;

/**
 * The admitted members, in no particular order.
 *
 * <p>Threading: producer thread only.
 */
final class Roster<M> {

    private final List<Member<M>> members = new ArrayList<>();

    void add(Member<M> member) {
        members.add(member);
        member.seat = members.size() - 1; // after what may throw
    }

    void remove(Member<M> member) {
        Member<M> last = members.remove(members.size() - 1);
        if (last != member) {
            members.set(member.seat, last);
            last.seat = member.seat;
        }
        member.seat = Member.NO_SEAT;
    }

    /** The hot loop: per member one queue, and nothing of the subscription unless that queue is full. */
    void offer(Entry<M> entry) {
        for (int i = 0, size = members.size(); i < size; i++) {
            Member<M> member = members.get(i);
            if (member.queue.offer(entry) != null) {
                member.subscription.evicted();
            }
        }
    }

    void forgetBefore(long index) {
        for (int i = 0, size = members.size(); i < size; i++) {
            members.get(i).subscription.forgetBefore(index);
        }
    }

    Member<M> get(int seat) {
        return members.get(seat);
    }

    int size() {
        return members.size();
    }

    boolean isEmpty() {
        return members.isEmpty();
    }
}
