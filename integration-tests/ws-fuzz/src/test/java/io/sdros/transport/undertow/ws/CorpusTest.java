package io.sdros.transport.undertow.ws;

import io.sdros.it.support.FuzzCorpusTest;

/** Replays what {@link FrameParserFuzzer} has kept. The fuzzer itself is run by command. */
final class CorpusTest extends FuzzCorpusTest {

    CorpusTest() {
        super(FrameParserFuzzer::fuzzerTestOneInput);
    }
}
