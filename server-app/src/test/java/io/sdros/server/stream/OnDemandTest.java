package io.sdros.server.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OnDemandTest {

    private final List<String> happened = new ArrayList<>();
    private final Set<String> watched = new HashSet<>();
    private long nowNanos = Long.MAX_VALUE - 5;
    private final OnDemand<String> streams = new OnDemand<>(2, Duration.ofNanos(10), name -> !name.startsWith("unknown"),
            this::make, watched::contains,
            stream -> happened.add("-" + stream), stream -> happened.add("closed " + stream), () -> nowNanos);

    private String make(String name) {
        happened.add("+" + name);
        return name;
    }

    private void after(long nanos) {
        nowNanos += nanos;
        streams.sweep();
    }

    @Test
    void aStreamIsMadeOnceWhenItIsAskedFor() {
        streams.ask("a");
        streams.ask("a");
        streams.ask("unknown");
        assertThat(happened).containsExactly("+a");
    }

    @Test
    void itGoesWhenNobodyHasWatchedItForAWhile() {
        streams.ask("a");
        after(10);
        watched.add("a");
        after(100);
        watched.remove("a");
        after(10);
        assertThat(happened).containsExactly("+a");
        after(1);
        assertThat(happened).containsExactly("+a", "-a", "closed a");
        streams.ask("a");
        assertThat(happened).endsWith("+a");
    }

    @Test
    void thoseThatNobodyWatchesMakeRoomForOthers() {
        watched.add("a");
        streams.ask("a");
        streams.ask("b");
        streams.ask("c");
        assertThat(happened).containsExactly("+a", "+b", "-b", "+c");
        after(0);
        assertThat(happened).endsWith("closed b");
    }

    @Test
    void thereAreNeverMoreThanSoMany() {
        watched.addAll(Set.of("a", "b"));
        streams.ask("a");
        streams.ask("b");
        streams.ask("c");
        assertThat(happened).containsExactly("+a", "+b");
        watched.remove("a");
        after(11);
        streams.ask("c");
        assertThat(happened).containsExactly("+a", "+b", "-a", "closed a", "+c");
    }

    @Test
    void whoAsksForOneNameAfterTheOtherDoesNotHaveMoreAndMoreOfThem() {
        for (String name : List.of("a", "b", "c", "d", "e", "f")) {
            streams.ask(name);
        }
        assertThat(happened).containsExactly("+a", "+b", "-a", "+c", "-b", "+d");
        after(0);
        streams.ask("f");
        assertThat(happened).endsWith("closed a", "closed b", "-c", "+f");
    }

    @Test
    void whatIsUnknownDrivesOutNone() {
        streams.ask("a");
        streams.ask("b");
        streams.ask("unknown.c");
        assertThat(happened).containsExactly("+a", "+b");
    }
}
