package io.sdros.transport.undertow.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.undertow.connector.PooledByteBuffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

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

    @Test
    void withoutRoomOutsideTheHeapTheyAreOfTheHeap() {
        AtomicInteger attempts = new AtomicInteger();
        BoundedBufferPool pool = new BoundedBufferPool(100, 3, bytes -> {
            if (attempts.incrementAndGet() > 1) {
                throw new OutOfMemoryError("no room");
            }
            return ByteBuffer.allocateDirect(bytes);
        });
        List<PooledByteBuffer> lent = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            lent.add(pool.allocate());
        }
        assertThat(lent).extracting(buffer -> buffer.getBuffer().isDirect()).containsExactly(true, false, false, false);
        assertThat(lent).extracting(buffer -> buffer.getBuffer().remaining()).containsOnly(100);
        assertThat(attempts).as("each takes the JDK half a second").hasValue(2);
        assertThat(pool.direct()).isEqualTo(1);
        lent.forEach(PooledByteBuffer::close);
        assertThat(pool.allocate().getBuffer().isDirect()).as("what there is, is used again").isTrue();
    }
}
