package io.sdros.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class MemoryWindowTest {

    @Test
    void holdsNoMoreThanTheLimitAndNearlyAsMuch() {
        Random random = new Random(7);
        for (int largest : new int[] {1, 10, 100, 1000, 5000}) {
            MemoryWindow window = new MemoryWindow(1000);
            int[] sizes = new int[3000];
            for (int i = 0; i < sizes.length; i++) {
                sizes[i] = 1 + random.nextInt(largest);
                window.add(i, sizes[i]);
                long held = 0;
                for (int k = (int) window.firstIndex(); k <= i; k++) {
                    held += sizes[k];
                }
                int newest = sizes[i];
                assertThat(held).isLessThanOrEqualTo(Math.max(1000, newest + 125));
                if (i > 1000 && largest <= 100) {
                    assertThat(held).isGreaterThan(1000 - 125 - 2 * largest);
                }
            }
        }
    }

    @Test
    void theNewestIsHeldHoweverLarge() {
        MemoryWindow window = new MemoryWindow(1);
        for (int i = 0; i < 100; i++) {
            window.add(i, 1_000_000);
            assertThat(window.firstIndex()).isEqualTo(i);
        }
    }

    @Test
    void emptyEntriesDoNotGoOnForEver() {
        MemoryWindow window = new MemoryWindow(10);
        for (int i = 0; i < 1000; i++) {
            window.add(i, 0);
        }
        assertThat(window.firstIndex()).isGreaterThanOrEqualTo(990);
    }
}
