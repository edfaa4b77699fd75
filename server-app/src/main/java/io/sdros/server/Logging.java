package io.sdros.server;

import java.util.Locale;
import org.slf4j.simple.SimpleLogger;

/**
 * Configures slf4j-simple, which reads system properties once, when the first logger is made.
 *
 * <p>Properties given with {@code -D} on the command line win over what is set here.
 */
final class Logging {

    private Logging() {
    }

    /** Must run before any class that holds a logger is loaded; {@code level} as slf4j-simple names it. */
    static void configure(String level) {
        // slf4j-simple writes the date, and so all else is written, as the machine's language has it: with Arabic digits, or
        // in the year 2569. A log is read by programs.
        Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
        // JBoss Logging, which Undertow and XNIO use, picks its backend when its first class loads.
        setIfAbsent("org.jboss.logging.provider", "slf4j");
        setIfAbsent(SimpleLogger.DEFAULT_LOG_LEVEL_KEY, level);
        setIfAbsent(SimpleLogger.SHOW_DATE_TIME_KEY, "true");
        setIfAbsent(SimpleLogger.DATE_TIME_FORMAT_KEY, "yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
        setIfAbsent(SimpleLogger.SHOW_THREAD_NAME_KEY, "false");
        setIfAbsent(SimpleLogger.SHOW_SHORT_LOG_NAME_KEY, "true");
        if (level.equals("info")) {
            // At info both say only which version they are.
            setIfAbsent(SimpleLogger.LOG_KEY_PREFIX + "org.xnio", "warn");
            setIfAbsent(SimpleLogger.LOG_KEY_PREFIX + "io.undertow", "warn");
            setIfAbsent(SimpleLogger.LOG_KEY_PREFIX + "org.jboss.threads", "warn");
        }
    }

    private static void setIfAbsent(String key, String value) {
        if (System.getProperty(key) == null) {
            System.setProperty(key, value);
        }
    }
}
