package io.sdros.it.load.chaos;

import java.util.ArrayList;
import java.util.List;

/** What should not have happened. Any thread. */
public final class Violations {

    /** One fault can make thousands; the first ones tell. */
    private static final int KEPT = 100;

    private final List<String> kept = new ArrayList<>();
    private long count;
    private String round = "";

    /** Those from now on are of this round. */
    synchronized void round(String name) {
        round = name;
    }

    synchronized void add(String violation) {
        count++;
        if (kept.size() < KEPT) {
            kept.add(round + ": " + violation);
            System.out.println("VIOLATION: " + round + ": " + violation);
        }
    }

    public synchronized long count() {
        return count;
    }

    public synchronized List<String> kept() {
        return List.copyOf(kept);
    }
}
