package io.sdros.relay.nats;

import io.sdros.relay.nats.link.RelayLink;
import io.sdros.relay.nats.origin.Origin;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The streams that one process publishes for other machines, over one connection. One thread adds, starts and closes. */
public final class OriginStreams implements AutoCloseable {

    private final SecureRandom random = new SecureRandom();
    private final long epochMillis = System.currentTimeMillis();
    private final RelayLink link;
    private final String prefix;
    private final List<OriginStream> streams = new ArrayList<>();

    OriginStreams(RelayLink link, String prefix) {
        this.link = link;
        this.prefix = prefix;
    }

    /**
     * One more, before the start.
     *
     * @param frames   where its frames come from
     * @param listener told what the edges say
     * @param source   how its source is; asked on the stream's thread several times a second
     */
    public OriginStream add(OriginConfig config, OriginFrames frames, OriginListener listener, Supplier<OriginSource> source) {
        OriginStream stream = new OriginStream(link, prefix, config, new Origin.Identity(random.nextLong(), epochMillis), frames,
                listener, source);
        streams.add(stream);
        return stream;
    }

    /** Publishes what is wanted, from now on and as far as there is a connection. Once. */
    public void start() {
        streams.forEach(OriginStream::start);
    }

    /** Publishes nothing any more. */
    @Override
    public void close() {
        streams.forEach(OriginStream::close);
    }
}
