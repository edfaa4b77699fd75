package io.sdros.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GopCacheTest {

    private final GopCache<String> cache = new GopCache<>(100);
    private long nextIndex;

    private void add(boolean keyframe, int sizeBytes) {
        cache.add(Entry.of("m", nextIndex++, 0, keyframe ? MessageKind.KEYFRAME : MessageKind.DELTA, sizeBytes, 0));
    }

    private List<Long> replayed() {
        List<Long> indexes = new ArrayList<>();
        Replay<String> replay = cache.replay();
        for (Entry<String> entry = replay.poll(); entry != null; entry = replay.poll()) {
            indexes.add(entry.index());
        }
        return indexes;
    }

    @Test
    void keepsNothingBeforeTheFirstKeyframe() {
        add(false, 1);
        assertThat(replayed()).isEmpty();
    }

    @Test
    void keepsWhatCameSinceTheLastKeyframe() {
        add(true, 10);
        add(false, 10);
        add(true, 10);
        add(false, 10);
        assertThat(replayed()).containsExactly(2L, 3L);
    }

    @Test
    void isFilledToTheLastByte() {
        add(true, 60);
        add(false, 40);
        assertThat(replayed()).containsExactly(0L, 1L);
        add(false, 0);
        assertThat(replayed()).containsExactly(0L, 1L, 2L);
    }

    @Test
    void letsAGroupThatOutgrowsItGoWholeAndWaitsForTheNext() {
        add(true, 60);
        add(false, 41);
        assertThat(replayed()).isEmpty();
        add(false, 1);
        assertThat(replayed()).as("a part of a GOP is of no use").isEmpty();
        add(true, 60);
        assertThat(replayed()).containsExactly(3L);
    }

    @Test
    void doesNotKeepAKeyframeThatIsTooLarge() {
        add(true, 101);
        add(false, 1);
        assertThat(replayed()).isEmpty();
    }

    @Test
    void keepsNothingAtAllWhenOff() {
        GopCache<String> off = new GopCache<>(0);
        off.add(Entry.of("m", 0, 0, MessageKind.KEYFRAME, 0, 0));
        assertThat(off.replay().size()).isZero();
    }

    @Test
    void startsAgainAfterClear() {
        add(true, 60);
        cache.clear();
        add(false, 1);
        assertThat(replayed()).isEmpty();
        add(true, 100);
        assertThat(replayed()).containsExactly(2L);
    }

    @Test
    void aReplayIsNotChangedByWhatComesLater() {
        add(true, 10);
        Replay<String> replay = cache.replay();
        add(false, 10);
        assertThat(replay.size()).isEqualTo(1);
    }
}
