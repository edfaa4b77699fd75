package io.sdros.server.settings;

import java.util.Locale;

/** How much is logged, in the words slf4j-simple uses. */
public enum LogLevel {
    TRACE,
    DEBUG,
    INFO,
    WARN,
    ERROR,
    OFF;

    /**
     * The value for the system property {@code org.slf4j.simpleLogger.defaultLogLevel}, which is read once, before
     * the first logger is made.
     */
    public String simpleLoggerName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
