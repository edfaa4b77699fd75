package io.sdros.it.fuzz;

import io.sdros.it.support.FuzzCorpusTest;
import io.sdros.shm.reader.HistoryFuzzer;

/** Replays what {@link HistoryFuzzer} has kept. See {@link FuzzIT} for the fuzzer. */
final class HistoryCorpusTest extends FuzzCorpusTest {

    HistoryCorpusTest() {
        super(HistoryFuzzer::fuzzerTestOneInput, "history");
    }
}
