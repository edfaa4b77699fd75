package io.sdros.server.settings;

import java.util.regex.Pattern;

/** What a stream may be called: fit for a path of the web, a NATS subject and a metric's label as it is. */
final class StreamName {

    static final String ACCEPTED = "1 to 4 words of A-Z a-z 0-9 _ - with dots between, at most 64 characters";

    private static final int MOST_CHARACTERS = 64;
    private static final Pattern WORDS = Pattern.compile("[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+){0,3}");

    private StreamName() {
    }

    static boolean accepts(String name) {
        return name.length() <= MOST_CHARACTERS && WORDS.matcher(name).matches();
    }
}
