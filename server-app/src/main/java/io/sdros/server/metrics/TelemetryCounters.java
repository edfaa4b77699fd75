package io.sdros.server.metrics;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Telemetry received and dropped, per subject. The first {@value #MOST_SUBJECTS} subjects are counted by name and all
 * others together, since whoever may publish chooses the names and every one of them is a time series for ever. Any
 * thread.
 */
public final class TelemetryCounters {

    static final int MOST_SUBJECTS = 100;
    static final String OTHER = "other";
    /** What a telemetry message can carry; a longer name is not worth a label either. */
    private static final int LONGEST_SUBJECT_BYTES = 256;

    private final Map<String, SubjectCounts> bySubject = new ConcurrentHashMap<>();

    private static final class SubjectCounts {
        private final LongAdder received = new LongAdder();
        private final Map<String, LongAdder> droppedByReason = new ConcurrentHashMap<>();
    }

    public void received(String subject) {
        countsOf(subject).received.increment();
    }

    /** @param reason out of a fixed set: it becomes a label value */
    public void dropped(String subject, String reason) {
        dropped(subject, reason, 1);
    }

    /** As above, for several clients at once. */
    public void dropped(String subject, String reason, int times) {
        countsOf(subject).droppedByReason.computeIfAbsent(reason, name -> new LongAdder()).add(times);
    }

    public Map<String, Long> receivedBySubject() {
        Map<String, Long> counts = new TreeMap<>();
        bySubject.forEach((subject, count) -> counts.put(subject, count.received.sum()));
        return counts;
    }

    /** Reason, then subject. */
    Map<String, Map<String, Long>> droppedByReasonAndSubject() {
        Map<String, Map<String, Long>> counts = new TreeMap<>();
        bySubject.forEach((subject, count) -> count.droppedByReason.forEach(
            (reason, dropped) -> counts.computeIfAbsent(reason, name -> new TreeMap<>()).put(subject, dropped.sum())));
        return counts;
    }

    private SubjectCounts countsOf(String subject) {
        SubjectCounts known = bySubject.get(subject);
        return known != null ? known : admit(subject);
    }

    private synchronized SubjectCounts admit(String subject) {
        boolean full = bySubject.size() - (bySubject.containsKey(OTHER) ? 1 : 0) >= MOST_SUBJECTS;
        boolean tooLong = subject.getBytes(StandardCharsets.UTF_8).length > LONGEST_SUBJECT_BYTES;
        String name = tooLong || full && !bySubject.containsKey(subject) ? OTHER : subject;
        return bySubject.computeIfAbsent(name, key -> new SubjectCounts());
    }
}
