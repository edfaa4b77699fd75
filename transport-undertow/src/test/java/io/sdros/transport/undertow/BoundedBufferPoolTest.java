package io.sdros.transport.undertow;

import io.undertow.connector.PooledByteBuffer;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class BoundedBufferPoolTest {

    @Test
    void thereAreOnlySoManyOutsideTheHeap() {
        BoundedBufferPool pool = new BoundedBufferPool(100, 3);
        List<PooledByteBuffer> lent = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            lent.add(pool.allocate());
        }
        assertThat(lent).extracting(buffer -> buffer.getBuffer().isDirect())
                .containsExactly(true, true, true, false, false);
        assertThat(lent).extracting(buffer -> buffer.getBuffer().remaining()).containsOnly(100);

        lent.get(1).getBuffer().putInt(1);
        lent.forEach(PooledByteBuffer::close);
        lent.get(1).close(); // once more: it is not to be lent twice
        assertThat(lent.get(1).isOpen()).isFalse();
        assertThatThrownBy(() -> lent.get(1).getBuffer()).isInstanceOf(IllegalStateException.class);

        lent.clear();
        for (int i = 0; i < 4; i++) {
            lent.add(pool.allocate());
        }
        assertThat(lent).extracting(buffer -> buffer.getBuffer().isDirect()).containsExactly(true, true, true, false);
        assertThat(lent).extracting(buffer -> buffer.getBuffer().remaining()).containsOnly(100);
        assertThat(pool.direct()).isEqualTo(3);
        pool.close();
        assertThatThrownBy(pool::allocate).isInstanceOf(IllegalStateException.class);
    }
}
