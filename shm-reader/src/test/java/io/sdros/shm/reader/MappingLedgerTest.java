package io.sdros.shm.reader;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MappingLedgerTest {

    private int collections;

    @Test
    void asksForACollectionOnlyWhenMoreThanAFewAreLeft() {
        MappingLedger ledger = new MappingLedger(() -> collections++);
        List<ByteBuffer> alive = new ArrayList<>();
        for (int i = 0; i < MappingLedger.MAX_STALE + 1; i++) {
            ledger.beforeMapping();
            ByteBuffer mapping = ByteBuffer.allocateDirect(1);
            alive.add(mapping);
            ledger.mapped(mapping);
        }
        assertThat(collections).isZero();
        ledger.beforeMapping();
        assertThat(collections).isEqualTo(1);
        assertThat(alive).hasSize(ledger.outstanding());
    }

    @Test
    void forgetsMappingsThatAreGone() {
        MappingLedger ledger = new MappingLedger(System::gc);
        long deadline = System.nanoTime() + 10_000_000_000L;
        int made = 0;
        do {
            ledger.beforeMapping();
            ledger.mapped(ByteBuffer.allocateDirect(1));
            made++;
        } while ((made < 20 || ledger.outstanding() >= made) && System.nanoTime() < deadline);
        assertThat(ledger.outstanding()).isLessThan(made);
    }
}
