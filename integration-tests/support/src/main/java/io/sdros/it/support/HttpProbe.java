package io.sdros.it.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.openqa.selenium.json.Json;

/** HTTP requests to one server. */
public final class HttpProbe {

    private final ServerProcess server;
    // HTTP/1.1, or the client would ask for an upgrade to HTTP/2 with every request.
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1).connectTimeout(Deadlines.SOON).build();

    HttpProbe(ServerProcess server) {
        this.server = server;
    }

    public HttpResponse<String> get(String path) {
        return send("GET", path, Map.of());
    }

    public HttpResponse<String> send(String method, String path, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.http(path)).timeout(Deadlines.SOON)
                .method(method, HttpRequest.BodyPublishers.noBody());
        headers.forEach(request::header);
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted: " + method + " " + path, e);
        }
    }

    /** Asks for a WebSocket of a version that is no longer spoken, which no client of the JDK does. */
    public void handshakeOfVersion8(String query) {
        String answer = RawHttp.answer(server.port(), "GET /stream/ws" + query + " HTTP/1.1\r\nHost: localhost\r\n"
                + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                + "Sec-WebSocket-Version: 8\r\n\r\n");
        if (!answer.startsWith("HTTP/1.1 426 ")) {
            throw new AssertionError("not refused for its version: " + answer);
        }
    }

    public Map<String, Object> json(String path) {
        return json(get(path));
    }

    public static Map<String, Object> json(HttpResponse<String> response) {
        return new Json().toType(response.body(), Json.MAP_TYPE);
    }

    public Metrics metrics() {
        return Metrics.parse(get("/metrics").body());
    }

    /** The sequence that the server last saw in the region; 0 before the first frame. */
    public long shmSequence() {
        return json("/health").get("shm_seq") instanceof Number number ? number.longValue() : 0;
    }

    /** Waits until the server has seen a sequence: with no client there is nothing else that tells. */
    public void awaitShmSequence(long sequence) {
        Await.until("shm_seq " + sequence, Deadlines.SOON, () -> shmSequence() == sequence);
    }

    /** Waits until the server reads the region, from its count of attaches. */
    public void awaitAttached() {
        Await.until("the server has attached to the region", Deadlines.SOON,
                () -> metrics().sum("sdr_attaches_total") >= 1);
    }

    /** Waits until the server has taken as many frames out of the region. */
    public void awaitFramesRead(long frames) {
        Await.until(frames + " frames read", Deadlines.SOON, () -> metrics().sum("sdr_frames_read_total") == frames);
    }

    /** Waits for a state of the connection to NATS, as /health tells it. */
    public void awaitNats(String state) {
        Await.until("NATS " + state, Deadlines.SOON, () -> state.equals(json("/health").get("nats")));
    }

    public void awaitClients(int clients) {
        Await.until(clients + " clients", Deadlines.SOON,
                () -> json("/health").get("clients") instanceof Number number && number.intValue() == clients);
    }
}
