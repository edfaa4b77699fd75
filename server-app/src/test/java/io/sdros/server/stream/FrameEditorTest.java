package io.sdros.server.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.shm.protocol.Codecs;
import io.sdros.shm.protocol.FrameCrc;
import io.sdros.shm.protocol.FrameFlags;
import io.sdros.shm.protocol.FrameHeader;
import io.sdros.shm.reader.Frame;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** What becomes of a frame: its header says what its payload is. */
class FrameEditorTest {

    static final byte[] SETS = hex("00000001 6742c00ad91e84000003000400000300c83c489920 00000001 68cb83cb20");
    static final byte[] IDR = hex("00000001 6588840a11");
    static final byte[] DELTA = hex("00000001 419a2233");

    private final MemoryRegion region = new MemoryRegion(() -> 1);
    private final FrameEditor editor = new FrameEditor(true, false);

    static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static void edit(FrameEditor editor, Frame frame) {
        editor.edit(frame.array(), frame.headerOffset(), frame.header(), false);
    }

    private Frame edited(int flags, byte[] payload) {
        Frame frame = region.frame(flags, Codecs.H264, payload);
        edit(editor, frame);
        return frame;
    }

    private FrameHeader header() {
        return FrameHeader.decode(editor.array(), editor.headerOffset());
    }

    private byte[] payload() {
        return Arrays.copyOfRange(editor.array(), editor.headerOffset() + 32, editor.array().length);
    }

    private void assertRight(Frame frame, byte[] expected, int flags) {
        assertThat(payload()).isEqualTo(expected);
        assertThat(header()).isEqualTo(new FrameHeader(frame.frameId(), frame.frameSeq(), expected.length, flags,
                Codecs.H264, FrameCrc.of(ByteBuffer.wrap(expected)), 77));
        assertThat(editor.lengthBytes()).isEqualTo(32 + expected.length);
    }

    @Test
    void aFrameThatIsRightStaysWhereAndWhatItIs() {
        byte[] keyframe = joined(SETS, IDR);
        Frame frame = edited(FrameFlags.KEYFRAME | 0x8000, keyframe);
        assertThat(editor.array()).isSameAs(frame.array());
        assertRight(frame, keyframe, FrameFlags.KEYFRAME | 0x8000);
        frame = edited(0, DELTA);
        assertThat(editor.array()).isSameAs(frame.array());
        assertRight(frame, DELTA, 0);
    }

    @Test
    void aWrongFlagIsPutRightWithoutACopy() {
        byte[] keyframe = joined(SETS, IDR);
        Frame frame = edited(FrameFlags.WRAP_MARKER, keyframe);
        assertThat(editor.array()).isSameAs(frame.array());
        assertRight(frame, keyframe, FrameFlags.WRAP_MARKER | FrameFlags.KEYFRAME);
        frame = edited(FrameFlags.KEYFRAME | FrameFlags.WRAP_MARKER, DELTA);
        assertThat(editor.array()).isSameAs(frame.array());
        assertRight(frame, DELTA, FrameFlags.WRAP_MARKER);
    }

    @Test
    void sizeAndCrcFollowWhatIsInserted() {
        edited(FrameFlags.KEYFRAME, joined(SETS, IDR));
        Frame frame = edited(FrameFlags.KEYFRAME, IDR);
        assertThat(editor.headerOffset()).isEqualTo(frame.headerOffset());
        assertRight(frame, joined(SETS, IDR), FrameFlags.KEYFRAME);
        frame = edited(0, IDR);
        assertRight(frame, joined(SETS, IDR), FrameFlags.KEYFRAME);
    }

    @Test
    void lengthsBecomeStartCodesAndTheCrcFollows() {
        Frame frame = edited(FrameFlags.KEYFRAME, hex("00000005 6588840a11"));
        assertThat(editor.array()).isSameAs(frame.array());
        assertRight(frame, IDR, FrameFlags.KEYFRAME);
    }

    @Test
    void jpegGetsItsFlag() {
        byte[] picture = hex("ffd8ffe0");
        Frame frame = region.frame(0, Codecs.JPEG, picture);
        edit(editor, frame);
        assertThat(header().flags()).isEqualTo(FrameFlags.KEYFRAME);
        assertThat(payload()).isEqualTo(picture);
    }

    /** An SPS of Baseline that says nothing of the order. */
    @Test
    void anSpsIsMadeToSayThatPicturesComeInOrder() {
        byte[] silent = hex("00000001 6742001fda0280be40");
        byte[] keyframe = joined(joined(silent, hex("00000001 68cb83cb20")), IDR);
        Frame frame = region.frame(FrameFlags.KEYFRAME, Codecs.H264, keyframe);
        edit(editor, frame);
        assertThat(editor.array()).as("not unless it is wished").isSameAs(frame.array());

        FrameEditor lowDelay = new FrameEditor(true, true);
        for (byte[] payload : new byte[][] {keyframe, IDR}) {
            frame = region.frame(FrameFlags.KEYFRAME, Codecs.H264, payload);
            edit(lowDelay, frame);
            byte[] after = Arrays.copyOfRange(lowDelay.array(), lowDelay.headerOffset() + 32, lowDelay.array().length);
            assertThat(after).startsWith(hex("00000001 6742001f")).endsWith(joined(hex("00000001 68cb83cb20"), IDR))
                    .hasSizeGreaterThan(keyframe.length);
            assertThat(FrameHeader.decode(lowDelay.array(), lowDelay.headerOffset())).isEqualTo(new FrameHeader(
                    frame.frameId(), frame.frameSeq(), after.length, 1, Codecs.H264, FrameCrc.of(ByteBuffer.wrap(after)), 77));
        }
        frame = region.frame(0, Codecs.H264, DELTA);
        edit(lowDelay, frame);
        assertThat(lowDelay.array()).isSameAs(frame.array());
    }

    /** Some encoders repeat their sets with every picture. */
    @Test
    void whatIsSaidOfTheOrderHoldsUpToTheNextKeyframe() {
        byte[] sets = hex("00000001 6742001fda0280be40 00000001 68cb83cb20");
        FrameEditor lowDelay = new FrameEditor(true, true);
        edit(lowDelay, region.frame(FrameFlags.KEYFRAME, Codecs.H264, joined(sets, IDR)));
        byte[] bidirectional = hex("00000001 019c2233");
        for (byte[] picture : new byte[][] {DELTA, bidirectional, DELTA}) {
            Frame frame = region.frame(0, Codecs.H264, joined(sets, picture));
            edit(lowDelay, frame);
            assertThat(lowDelay.array()).hasSizeGreaterThan(frame.array().length);
        }
        Frame frame = region.frame(FrameFlags.KEYFRAME, Codecs.H264, joined(sets, IDR));
        edit(lowDelay, frame);
        assertThat(lowDelay.array()).isSameAs(frame.array());
    }

    @Test
    void whatWasSaidOfTheOrderEndsWithTheEncoder() {
        byte[] sets = hex("00000001 6742001fda0280be40 00000001 68cb83cb20");
        FrameEditor lowDelay = new FrameEditor(true, true);
        edit(lowDelay, region.frame(FrameFlags.KEYFRAME, Codecs.H264, joined(sets, IDR)));
        lowDelay.inspector().restart();
        Frame frame = region.frame(0, Codecs.H264, joined(sets, DELTA));
        edit(lowDelay, frame);
        assertThat(lowDelay.array()).isSameAs(frame.array());
    }

    /** Two slices of a CRA picture, the second far behind, and bytes within that only look like one. */
    @Test
    void anOpenKeyframeBehindAGapSaysSoInAllItsSlices() {
        byte[] first = joined(hex("00000001 2a01 af1122002a0001"), new byte[70_000]);
        byte[] cra = joined(first, hex("000001 2a01 2f330001022a"));
        byte[] bla = joined(joined(hex("00000001 2001 af1122002a0001"), new byte[70_000]), hex("000001 2001 2f330001022a"));
        Frame frame = region.frame(FrameFlags.KEYFRAME, Codecs.HEVC, cra);
        edit(editor, frame);
        assertThat(payload()).isEqualTo(cra);
        editor.edit(frame.array(), frame.headerOffset(), frame.header(), true);
        assertThat(payload()).isEqualTo(bla);
        assertThat(header().crc32()).isEqualTo(FrameCrc.of(ByteBuffer.wrap(bla)));
        byte[] believed = hex("99 000001 2a01");
        frame = region.frame(FrameFlags.KEYFRAME, Codecs.HEVC, believed);
        editor.edit(frame.array(), frame.headerOffset(), frame.header(), true);
        assertThat(payload()).as("nothing is known of it").isEqualTo(believed);
        byte[] idr = hex("00000001 2801 af112200");
        frame = region.frame(FrameFlags.KEYFRAME, Codecs.HEVC, idr);
        editor.edit(frame.array(), frame.headerOffset(), frame.header(), true);
        assertThat(payload()).isEqualTo(idr);
    }

    @Test
    void nothingIsInsertedWhereThatIsOff() {
        FrameEditor passing = new FrameEditor(false, false);
        edit(passing, region.frame(1, Codecs.H264, joined(SETS, IDR)));
        Frame frame = region.frame(1, Codecs.H264, IDR);
        edit(passing, frame);
        assertThat(passing.array()).isSameAs(frame.array());
    }
}
