package io.sdros.server.stream;

import org.slf4j.Logger;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** Says of which stream a line is, and leaves everything else to another logger. Any thread. */
public final class StreamLogger extends LegacyAbstractLogger {

    private static final long serialVersionUID = 1L;

    private final transient Logger target;
    private final String prefix;

    private StreamLogger(Logger target, String stream) {
        this.target = target;
        name = target.getName();
        prefix = "[" + stream + "] ";
    }

    /** Lines of the stream of this name. */
    public static Logger of(String stream, Logger target) {
        return new StreamLogger(target, stream);
    }

    @Override
    public boolean isTraceEnabled() {
        return target.isTraceEnabled();
    }

    @Override
    public boolean isDebugEnabled() {
        return target.isDebugEnabled();
    }

    @Override
    public boolean isInfoEnabled() {
        return target.isInfoEnabled();
    }

    @Override
    public boolean isWarnEnabled() {
        return target.isWarnEnabled();
    }

    @Override
    public boolean isErrorEnabled() {
        return target.isErrorEnabled();
    }

    @Override
    protected String getFullyQualifiedCallerName() {
        return null; // no place is logged
    }

    @Override
    protected void handleNormalizedLoggingCall(Level level, Marker marker, String pattern, Object[] arguments, Throwable thrown) {
        target.atLevel(level).setCause(thrown).log(prefix + MessageFormatter.basicArrayFormat(pattern, arguments));
    }
}
