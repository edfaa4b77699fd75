package io.sdros.fanout;

import java.util.Arrays;

/**
 * What waits for one subscriber, in the order in which it is to be polled: the keys round-robin, each key's messages in
 * the order they came. So many messages and bytes at most; who exceeds that pushes out the oldest message of the key
 * that holds most of what there is too much of.
 *
 * <p>A message gets a round: the one after its key's last that waits, or else the one after the current. In a round
 * each key has one message, so a key that floods waits for its own. All is kept in one array, since what usually waits
 * is nothing or a message or two; with the most messages an addition looks at each of them a few times, about 1 µs.
 *
 * <p>Threading: one at a time, under the subscription's lock; additions under the broadcaster's, too.
 */
final class RoundRobinQueue<K, M> {

    private static final int FIRST_CAPACITY = 8;

    private final int maxMessages;
    private final long maxBytes;
    private KeyedMessage<K, M>[] messages = newArray(FIRST_CAPACITY);
    private long[] rounds = new long[FIRST_CAPACITY];
    private int head;
    private int size;
    private long bytes;
    private long currentRound;

    RoundRobinQueue(int maxMessages, long maxBytes) {
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
    }

    int size() {
        return size;
    }

    void add(KeyedMessage<K, M> message, EvictedKeys<K> lost) {
        makeRoom();
        long round = roundOf(message.topic());
        int at = head + size;
        while (at > head && rounds[at - 1] > round) {
            messages[at] = messages[at - 1];
            rounds[at] = rounds[at - 1];
            at--;
        }
        messages[at] = message;
        rounds[at] = round;
        size++;
        bytes += message.sizeBytes();
        while (size > maxMessages || bytes > maxBytes && size > 1) {
            Topic<K, M> topic = largest(size > maxMessages);
            evictOldest(topic);
            lost.add(topic.key);
        }
    }

    private long roundOf(Topic<K, M> topic) {
        for (int i = head + size - 1; i >= head; i--) {
            if (messages[i].topic() == topic) {
                return rounds[i] + 1;
            }
        }
        return currentRound + 1;
    }

    private void makeRoom() {
        if (head + size < messages.length) {
            return;
        }
        if (size * 2 > messages.length) {
            messages = Arrays.copyOf(messages, messages.length * 2);
            rounds = Arrays.copyOf(rounds, rounds.length * 2);
        } else {
            System.arraycopy(messages, head, messages, 0, size);
            System.arraycopy(rounds, head, rounds, 0, size);
            Arrays.fill(messages, Math.max(head, size), head + size, null);
            head = 0;
        }
    }

    /** The key that holds most messages or bytes; among equals the one that is next. */
    private Topic<K, M> largest(boolean byMessages) {
        int end = head + size;
        for (int i = head; i < end; i++) {
            messages[i].topic().held = 0;
        }
        for (int i = head; i < end; i++) {
            messages[i].topic().held += byMessages ? 1 : messages[i].sizeBytes();
        }
        Topic<K, M> most = messages[head].topic();
        for (int i = head + 1; i < end; i++) {
            if (messages[i].topic().held > most.held) {
                most = messages[i].topic();
            }
        }
        return most;
    }

    /** The key keeps its place: each of its messages takes the place of the one before. */
    private void evictOldest(Topic<K, M> topic) {
        KeyedMessage<K, M> later = null;
        int last = head;
        for (int at = head + size - 1; at >= head; at--) {
            KeyedMessage<K, M> message = messages[at];
            if (message.topic() == topic) {
                if (later == null) {
                    last = at;
                } else {
                    messages[at] = later;
                }
                later = message;
            }
        }
        bytes -= later.sizeBytes();
        removeSlot(last);
    }

    /** @return the next message, null if there is none or it is larger than this */
    KeyedMessage<K, M> poll(int mostBytes) {
        if (size == 0 || messages[head].sizeBytes() > mostBytes) {
            return null;
        }
        currentRound = rounds[head];
        return remove(head);
    }

    private KeyedMessage<K, M> remove(int at) {
        KeyedMessage<K, M> removed = messages[at];
        bytes -= removed.sizeBytes();
        removeSlot(at);
        return removed;
    }

    private void removeSlot(int at) {
        if (at == head) {
            messages[head++] = null;
        } else {
            int behind = head + size - at - 1;
            System.arraycopy(messages, at + 1, messages, at, behind);
            System.arraycopy(rounds, at + 1, rounds, at, behind);
            messages[head + size - 1] = null;
        }
        size--;
        if (size == 0) {
            head = 0;
        }
    }

    /** Lets go of the messages before this number. */
    void forgetBefore(long number, EvictedKeys<K> lost) {
        for (int at = head; at < head + size;) {
            if (messages[at].number() < number) {
                boolean first = at == head;
                lost.add(remove(at).topic().key);
                at = first ? head : at;
            } else {
                at++;
            }
        }
    }

    void clear() {
        Arrays.fill(messages, null);
        head = 0;
        size = 0;
        bytes = 0;
    }

    @SuppressWarnings("unchecked") // nothing else is put into it
    private static <K, M> KeyedMessage<K, M>[] newArray(int length) {
        return (KeyedMessage<K, M>[]) new KeyedMessage<?, ?>[length];
    }
}
