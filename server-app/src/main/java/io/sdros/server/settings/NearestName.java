package io.sdros.server.settings;

import java.util.Collection;
import java.util.Optional;

/** Finds the name somebody probably meant. */
final class NearestName {

    /** More edits than this and the hint would rather puzzle than help. */
    private static final int MOST_EDITS = 3;

    private NearestName() {
    }

    /** The candidate fewest edits away, the first of equals; empty if none is near. */
    static Optional<String> of(String name, Collection<String> candidates) {
        String nearest = "";
        int fewest = MOST_EDITS + 1;
        for (String candidate : candidates) {
            int edits = edits(name, candidate);
            if (edits < fewest) {
                fewest = edits;
                nearest = candidate;
            }
        }
        return fewest > MOST_EDITS ? Optional.empty() : Optional.of(nearest);
    }

    /** Insertions, deletions and replacements of one character it takes to turn one text into the other (Levenshtein). */
    static int edits(String from, String to) {
        int[] previous = new int[to.length() + 1];
        for (int j = 0; j < previous.length; j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] current = new int[previous.length];
            current[0] = i;
            for (int j = 1; j < current.length; j++) {
                int replaced = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[to.length()];
    }
}
