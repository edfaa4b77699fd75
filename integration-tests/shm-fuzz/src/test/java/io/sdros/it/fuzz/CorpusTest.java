package io.sdros.it.fuzz;

import io.sdros.it.support.FuzzCorpusTest;

/** Replays what {@link RegionImageFuzzer} has kept. See {@link FuzzIT} for the fuzzer. */
final class CorpusTest extends FuzzCorpusTest {

    CorpusTest() {
        super(RegionImageFuzzer::fuzzerTestOneInput, "region");
    }
}
