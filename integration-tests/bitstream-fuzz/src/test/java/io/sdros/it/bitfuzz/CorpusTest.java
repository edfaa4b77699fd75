package io.sdros.it.bitfuzz;

import io.sdros.it.support.FuzzCorpusTest;

/** The fuzzer itself is run by command. */
class CorpusTest extends FuzzCorpusTest {

    CorpusTest() {
        super(PayloadFuzzer::fuzzerTestOneInput);
    }
}
