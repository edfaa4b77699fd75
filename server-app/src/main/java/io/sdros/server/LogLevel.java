package io.sdros.server;

import java.util.Locale;

/** How much is logged, in the words slf4j-simple uses. */
enum LogLevel {
    TRACE,
    DEBUG,
    INFO,
    WARN,
    ERROR,
    OFF;

    /** The value for the system property {@code org.slf4j.simpleLogger.defaultLogLevel}, which is read once, before the first logger is made. */
    String simpleLoggerName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
