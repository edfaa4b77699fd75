package io.sdros.fanout;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The keys known, and the last message of those that are kept. Of the others so many are remembered as can be in a
 * queue at the same time, several times over; one that is forgotten earlier only loses its place among equals.
 *
 * <p>Threading: under the broadcaster's lock.
 */
final class Topics<K, M> {

    private static final int MOST_UNKEPT = 1024;

    private final int mostKept;

    // In the order of the last publication, the longest silent key first.
    private final Map<K, Topic<K, M>> kept = new LinkedHashMap<>();
    private final Map<K, Topic<K, M>> unkept = new LinkedHashMap<>();

    /** @param mostKept for how many keys the last message is kept; 0 for none */
    Topics(int mostKept) {
        this.mostKept = mostKept;
    }

    /** The key's topic, for a message that is being published. */
    Topic<K, M> published(K key, boolean keep) {
        Topic<K, M> known = kept.remove(key);
        if (known == null) {
            known = unkept.remove(key);
        }
        Topic<K, M> topic = known == null ? new Topic<>(key) : known;
        if (keep && mostKept > 0) {
            kept.put(key, topic);
            if (kept.size() > mostKept) {
                Topic<K, M> silent = removeFirst(kept);
                silent.latest = null;
                addUnkept(silent);
            }
        } else {
            addUnkept(topic);
        }
        return topic;
    }

    /** The message is its topic's last, if that is one whose last message is kept. */
    void keep(KeyedMessage<K, M> message) {
        if (kept.containsKey(message.topic().key)) {
            message.topic().latest = message;
        }
    }

    private void addUnkept(Topic<K, M> topic) {
        unkept.put(topic.key, topic);
        if (unkept.size() > MOST_UNKEPT) {
            removeFirst(unkept);
        }
    }

    private static <K, M> Topic<K, M> removeFirst(Map<K, Topic<K, M>> topics) {
        Iterator<Topic<K, M>> all = topics.values().iterator();
        Topic<K, M> first = all.next();
        all.remove();
        return first;
    }

    /** @return the topics whose last message is kept, the longest silent one first */
    List<Topic<K, M>> kept() {
        return new ArrayList<>(kept.values());
    }

    int keptCount() {
        return kept.size();
    }
}
