package io.sdros.server.settings;

import io.sdros.server.text.Json;
import io.sdros.server.text.Parsed;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Names of streams to be published, or {@link #ALL} of them. */
final class PublishedNames {

    /** Stands for all streams from regions of this machine. */
    static final String ALL = "*";

    private PublishedNames() {
    }

    static ValueType<List<String>> type() {
        return new ValueType<>("* (all from shm:), or a comma-separated list of names of streams", PublishedNames::read);
    }

    private static Parsed<List<String>> read(String text) {
        Set<String> names = new LinkedHashSet<>();
        for (String item : text.split(",", -1)) {
            String name = item.strip();
            if (!name.equals(ALL) && !StreamName.accepts(name)) {
                return Parsed.rejected(name.isEmpty() ? "there is an empty one in the list"
                    : Json.quote(name) + " is not " + StreamName.ACCEPTED);
            }
            names.add(name);
        }
        return Parsed.of(List.copyOf(names));
    }
}
