package io.sdros.server.http;

import io.sdros.server.text.Json;
import java.util.List;

/**
 * The answer of /ready for some of a server's streams: ready if each is. What it says besides is of the first that is not,
 * or else of the first.
 */
public record StreamsReady(List<Entry> streams) {

    /** One stream. */
    public record Entry(String name, ReadyReport report) {

        Json json() {
            return new Json().put("name", name).put("status", report.status()).put("why", report.why());
        }
    }

    /** @param streams at least one */
    public StreamsReady {
        streams = List.copyOf(streams);
    }

    private Entry deciding() {
        return streams.stream().filter(stream -> !stream.report.ready()).findFirst().orElse(streams.get(0));
    }

    int httpStatus() {
        return deciding().report.httpStatus();
    }

    String json() {
        Entry deciding = deciding();
        boolean oneOfSeveral = streams.size() > 1 && !deciding.report.ready();
        String why = (oneOfSeveral ? "stream \"" + deciding.name + "\": " : "") + deciding.report.why();
        return deciding.report.json(why).put("streams", streams.stream().map(Entry::json).toList()).toString();
    }
}
