package io.sdros.server.http;

import io.sdros.server.bitstream.BitstreamCondition;
import io.sdros.server.bitstream.SequenceInfo;
import io.sdros.server.text.Json;
import io.sdros.shm.protocol.Codecs;
import java.util.List;

/** What the reports say about what is in the frames. */
final class StreamWords {

    private static final String[] CHROMA = {"4:0:0", "4:2:0", "4:2:2", "4:4:4"};

    private StreamWords() {
    }

    static List<Json> conditions(List<BitstreamCondition> conditions) {
        return conditions.stream()
            .map(condition -> new Json().put("condition", condition.label()).put("why", condition.words()))
            .toList();
    }

    static Json video(SequenceInfo info) {
        return new Json()
            .put("codec", Codecs.name(info.codec()))
            .put("width", info.width())
            .put("height", info.height())
            .put("profile_idc", info.profile())
            .put("level_idc", info.level())
            .put("chroma", CHROMA[info.chroma()])
            .put("bits", info.bitDepth())
            .put("pixel", info.sarWidth() == 0 ? "" : info.sarWidth() + ":" + info.sarHeight());
    }
}
