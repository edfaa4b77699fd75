package io.sdros.relay.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.relay.nats.link.RelayLink;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Somebody says everything that must not harm an origin and an edge, of one kind and of all, in a {@link SimulatedRelay}: each
 * round follows from its number, so that what fails fails again. {@code -Dsdr.relay.rounds=1000} for more of them, from
 * {@code -Dsdr.relay.seed=} on.
 */
class HostileSimulationTest {

    private static final int ROUNDS = Integer.getInteger("sdr.relay.rounds", 1);
    private static final long SEED = Long.getLong("sdr.relay.seed", 1);
    private static final int MESSAGES = 300;
    private static final int PAUSE_MILLIS = 3;
    private static final int WATCHED_MILLIS = 4_000;
    /** After it nothing is left of what somebody said who pretended to be an origin or an edge. */
    private static final int RECOVERED_MILLIS = 20_000;
    private static final int MOST_FRAMES_UNTIL_OVERHEARD = 1_000;

    private final SimulatedRelay relay = new SimulatedRelay();
    private final RelayLink link = relay.connection();

    private HostileMessages hostile(long seed) {
        HostileMessages hostile = new HostileMessages(link, SimulatedRelay.SUBJECTS, SimulatedRelay.ORIGIN, seed);
        for (int i = 0; i < MOST_FRAMES_UNTIL_OVERHEARD && !hostile.hasOverheard(); i++) {
            relay.pass(SimulatedRelay.FRAME_MILLIS);
        }
        assertThat(hostile.hasOverheard()).as("frames to make wrong ones of").isTrue();
        return hostile;
    }

    private void rounds(Consumer<HostileMessages> round) {
        for (int number = 0; number < ROUNDS; number++) {
            try (HostileMessages hostile = hostile(SEED + number)) {
                round.accept(hostile);
            }
        }
    }

    private void say(Runnable message) {
        for (int i = 0; i < MESSAGES; i++) {
            message.run();
            relay.pass(PAUSE_MILLIS);
        }
    }

    /** All frames that are made come, in order, and nothing else does. */
    private boolean undisturbed() {
        long genuine = relay.viewer().genuine();
        long forged = relay.viewer().forged();
        long gaps = relay.viewer().gaps();
        Map<String, Long> lost = new TreeMap<>(relay.atEdge().lostFrames());
        relay.pass(WATCHED_MILLIS);
        return relay.viewer().genuine() - genuine >= WATCHED_MILLIS / SimulatedRelay.FRAME_MILLIS
                && relay.viewer().forged() == forged && relay.viewer().gaps() == gaps && lost.equals(relay.atEdge().lostFrames());
    }

    @ParameterizedTest
    @EnumSource
    void whatAStrangerSaysKeepsNoFrameFromAViewer(HostileMessages.Stranger kind) {
        rounds(hostile -> strangers(hostile, () -> hostile.asAStranger(kind)));
    }

    @Test
    void whateverStrangersSayIsCounted() {
        rounds(hostile -> {
            long atEdge = relay.atEdge().malformedTotal();
            long atOrigin = relay.atOrigin().malformedMessages();
            strangers(hostile, hostile::asAStranger);
            assertThat(relay.atEdge().malformedTotal()).as("malformed at the edge: " + hostile).isGreaterThan(atEdge);
            assertThat(relay.atOrigin().malformedMessages()).as("malformed at the origin: " + hostile).isGreaterThan(atOrigin);
        });
    }

    private void strangers(HostileMessages hostile, Runnable message) {
        NumberedViewer viewer = relay.viewer();
        long genuine = viewer.genuine();
        long forged = viewer.forged();
        long foreign = relay.atEdge().foreignFrames();
        Map<String, Long> lost = new TreeMap<>(relay.atEdge().lostFrames());
        say(message);
        assertThat(viewer.genuine() - genuine).as("frames: " + hostile)
                .isGreaterThanOrEqualTo(MESSAGES * PAUSE_MILLIS / SimulatedRelay.FRAME_MILLIS);
        assertThat(undisturbed()).as("all frames come afterwards: " + hostile).isTrue();
        assertThat(viewer.forged()).as("frames that are not the origin's: " + hostile).isEqualTo(forged);
        assertThat(relay.atEdge().lostFrames()).as("frames lost: " + hostile).isEqualTo(lost);
        assertThat(relay.atEdge().foreignFrames() - foreign).as("foreign: " + hostile).isEqualTo(hostile.foreignFrames());
    }

    @ParameterizedTest
    @EnumSource
    void afterAnImpostorAllIsAsBefore(HostileMessages.Impostor kind) {
        rounds(hostile -> impostors(hostile, () -> hostile.asAnImpostor(kind)));
    }

    @Test
    void afterAllKindsOfImpostorsAllIsAsBefore() {
        rounds(hostile -> impostors(hostile, hostile::asAnImpostor));
    }

    @Test
    void afterImpostorsStrangersAreAsBefore() {
        rounds(hostile -> {
            impostors(hostile, hostile::asAnImpostor);
            strangers(hostile, hostile::asAStranger);
        });
    }

    private void impostors(HostileMessages hostile, Runnable message) {
        say(message);
        for (int millis = 0; !undisturbed(); millis += WATCHED_MILLIS) {
            assertThat(millis).as("ms without all frames after " + hostile).isLessThan(RECOVERED_MILLIS);
        }
    }
}
