package io.sdros.server.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoClipTest {
    private static final byte[] KEYFRAME = {0, 0, 0, 1, 9, 16, 0, 0, 0, 1, 0x67, 1, 0, 0, 1, 0x65, 2, 3};
    private static final byte[] DELTA = {0, 0, 0, 1, 9, 48, 0, 0, 1, 0x41, 4, 5, 6};

    @Test
    void theBuiltInClipIsAtLeastTenSecondsLongAndLosesNoByte() throws IOException {
        DemoClip clip = DemoClip.front();

        assertThat(clip.length()).isGreaterThanOrEqualTo(10 * DemoClip.FRAMES_PER_SECOND);
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (int i = 0; i < clip.length(); i++) {
            joined.write(bytes(clip.at(i).annexB()));
        }
        try (InputStream in = DemoClip.class.getResourceAsStream("demo.h264")) {
            assertThat(joined.toByteArray()).isEqualTo(in.readAllBytes());
        }
    }

    @Test
    void theBuiltInClipsHaveAKeyframeEverySecond() {
        for (DemoClip clip : List.of(DemoClip.front(), DemoClip.wrist())) {
            assertThat(clip.length() % DemoClip.FRAMES_PER_SECOND).isZero();
            for (int i = 0; i < clip.length(); i++) {
                assertThat(clip.at(i).keyframe()).as("frame %d", i).isEqualTo(i % DemoClip.FRAMES_PER_SECOND == 0);
            }
        }
    }

    @Test
    void theSecondClipIsSmall() throws IOException {
        try (InputStream in = DemoClip.class.getResourceAsStream("demo-wrist.h264")) {
            assertThat(in.readAllBytes().length).isLessThan(300_000);
        }
    }

    @Test
    void cutsBeforeEachDelimiterWithItsWholeStartCode() {
        DemoClip clip = DemoClip.parse(concat(KEYFRAME, DELTA, DELTA));

        assertThat(clip.length()).isEqualTo(3);
        assertThat(bytes(clip.at(0).annexB())).isEqualTo(KEYFRAME);
        assertThat(bytes(clip.at(1).annexB())).isEqualTo(DELTA);
        assertThat(clip.at(0).keyframe()).isTrue();
        assertThat(clip.at(1).keyframe()).isFalse();
    }

    @Test
    void findsTheNextKeyframeAlsoRoundTheEnd() {
        DemoClip clip = DemoClip.parse(concat(KEYFRAME, DELTA, KEYFRAME, DELTA));

        assertThat(clip.nextKeyframe(0)).isZero();
        assertThat(clip.nextKeyframe(1)).isEqualTo(2);
        assertThat(clip.nextKeyframe(3)).isZero();
    }

    @Test
    void refusesAClipThatCannotBePlayedInALoop() {
        assertThatThrownBy(() -> DemoClip.parse(DELTA)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> DemoClip.parse(new byte[100])).isInstanceOf(IllegalArgumentException.class);
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
