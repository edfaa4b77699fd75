package io.sdros.shm.reader;

import io.sdros.shm.reader.HistoryImage.Killed;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * What the fuzzer calls: takes its bytes for a reader's configuration and for what is done to a file with a history and to
 * its reader, also in the middle of attempts. Its package is the reader's, since a stream asks more of a reader than others
 * can; both are on the class path.
 *
 * <p>Checked: nothing is thrown; nothing before the file's first byte is asked for, nor more memory than the file has bytes;
 * a frame is one copy out of ring or slot, whole by the looks that followed it, with its CRC; an attempt ends, and so does
 * reading on; and a sound file is read afterwards as if nothing had been.
 *
 * <pre>
 *   byte 0   bit 0 CRC on, bit 1 keyframe gating, bits 2 to 4 headroom
 *   then, again and again, a byte of which the low three bits say what is done:
 *     0   a frame is written: u8 payload in units of 16 bytes, u8 bit 0 keyframe, bits 1 and 2 where the writer is killed
 *     1   u8 which number of the descriptor, i64 what it becomes
 *     2   i16 where near the last record, i32 what is stored there
 *     3   u16 where in the file, in units of 4 bytes, i32 what is stored there
 *     4   u16 how long the file is, in units of 4 bytes
 *     5   the next of the above is done in the attempt that follows: u8 after how many of its copies
 *     6   an attempt
 *     7   u8 something else a stream asks of its reader
 * </pre>
 */
public final class HistoryFuzzer {

    /** More than any attempt makes: three comparisons with the slot, a padding record, a skip, the frame. */
    private static final int MOST_COPIES = 100;
    /** More than a ring has records. */
    private static final int MOST_ATTEMPTS = 2_000;
    private static final int USED_DESCRIPTOR_BYTES = 264;
    private static final int RING_LENGTH = 32;
    private static final int TAIL_INTENT = 64;
    private static final int TAIL = 128;
    private static final long MILLI = 1_000_000;
    private static final byte[] NONE = {};

    private final boolean crcEnabled;
    private final int headroomBytes;
    private final FrameReader reader;
    private HistoryImage image = new HistoryImage(1);
    private long nanos;
    /** Whether the last attempt did. */
    private boolean failed;

    private int copies;
    private Runnable later = () -> { };
    private int laterAfter = -1;
    private byte[] frameCopy = NONE;
    private long frameCopiedFrom;
    private int frameCopyBytes;
    /** What was copied last before the frame. */
    private byte[] descriptorBefore = NONE;
    /** What was copied behind the frame; empty if nothing was. */
    private byte[] descriptor = NONE;
    private byte[] slotNumbers = NONE;
    private byte[] slotHeader = NONE;

    private HistoryFuzzer(int configuration) {
        crcEnabled = (configuration & 1) != 0;
        headroomBytes = configuration >> 2 & 7;
        // Every question for the time moves it on, so that what waits for milliseconds gets there.
        reader = FrameReader.builder(source()).crcEnabled(crcEnabled).keyframeGating((configuration & 2) != 0)
                .headroomBytes(headroomBytes).nanoClock(() -> nanos += MILLI).allocator(this::allocate).build();
    }

    /** The entry point Jazzer looks for. Throws {@link IllegalStateException} if something is not as documented. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        HistoryFuzzer fuzzer = new HistoryFuzzer(input[0]);
        ByteBuffer steps = ByteBuffer.wrap(input, 1, input.length - 1).slice().order(ByteOrder.LITTLE_ENDIAN);
        while (steps.remaining() > Byte.BYTES + Byte.BYTES + Long.BYTES) {
            fuzzer.step(steps);
        }
        fuzzer.readOn();
        fuzzer.startOver();
    }

    private void step(ByteBuffer steps) {
        int what = steps.get() & 7;
        switch (what) {
            case 5 -> laterAfter = steps.get() & 15;
            case 6 -> attempt();
            case 7 -> ask(steps.get());
            default -> {
                Runnable change = change(what, steps);
                if (laterAfter < 0) {
                    change.run();
                } else {
                    later = change;
                }
            }
        }
    }

    private Runnable change(int what, ByteBuffer steps) {
        switch (what) {
            case 0 -> {
                int payloadBytes = Math.min(16 * (steps.get() & 0xff), HistoryImage.MAX_PAYLOAD_BYTES);
                int how = steps.get();
                return () -> image.write(payloadBytes, (how & 1) != 0, nanos, Killed.values()[how >> 1 & 3]);
            }
            case 1 -> {
                int offset = (steps.get() & 0xff) % (USED_DESCRIPTOR_BYTES / Long.BYTES) * Long.BYTES;
                long value = steps.getLong();
                return () -> image.putInDescriptor(offset, value);
            }
            case 2 -> {
                int offset = steps.getShort();
                int value = steps.getInt();
                return () -> image.putNearLatest(offset, value);
            }
            case 3 -> {
                int offset = (steps.getShort() & 0xffff) * Integer.BYTES;
                int value = steps.getInt();
                return () -> image.put(offset, value);
            }
            default -> {
                int bytes = (steps.getShort() & 0xffff) * Integer.BYTES;
                return () -> image.length(bytes);
            }
        }
    }

    private void ask(int what) {
        copies = 0;
        switch (what & 7) {
            case 0 -> reader.look();
            case 1 -> reader.reexamine();
            case 2 -> reader.resume(true);
            case 3 -> reader.resume(false);
            case 4 -> reader.forgetContinuity();
            case 5 -> reader.regionGrew();
            case 6 -> reader.attach(source());
            default -> {
                if (failed) {
                    reader.giveUp();
                    failed = false;
                }
            }
        }
    }

    private RegionSource source() {
        return new RegionSource() {
            @Override
            public int copy(long position, byte[] target, int targetOffset, int lengthBytes) {
                return copied(position, target, targetOffset, lengthBytes);
            }

            @Override
            public long sizeBytes() {
                return image.length();
            }
        };
    }

    private int copied(long position, byte[] target, int targetOffset, int lengthBytes) {
        check(position >= 0 && lengthBytes >= 0, "copy of " + lengthBytes + " bytes from " + position);
        check(++copies <= MOST_COPIES, "an attempt without an end");
        int count = image.copy(position, target, targetOffset, lengthBytes);
        byte[] copy = Arrays.copyOfRange(target, targetOffset, targetOffset + count);
        if (targetOffset == headroomBytes && target.length == headroomBytes + lengthBytes && lengthBytes >= 32
                && target == frameCopy) {
            frameCopiedFrom = position;
            frameCopyBytes = count;
            descriptorBefore = descriptor.length == 0 ? descriptorBefore : descriptor;
            descriptor = NONE;
            slotNumbers = NONE;
            slotHeader = NONE;
        } else if (lengthBytes == USED_DESCRIPTOR_BYTES) {
            descriptor = copy;
        } else if (position == 0) {
            slotNumbers = copy;
        } else if (position == 16) {
            slotHeader = copy;
        }
        if (copies == laterAfter) {
            doLater();
        }
        return count;
    }

    private void doLater() {
        Runnable change = later;
        later = () -> { };
        laterAfter = -1;
        change.run();
    }

    private byte[] allocate(int bytes) {
        check(bytes <= headroomBytes + HistoryImage.FILE_BYTES, "asked for " + bytes + " bytes");
        frameCopy = new byte[bytes];
        return frameCopy;
    }

    private ReadOutcome attempt() {
        copies = 0;
        if (laterAfter == 0) {
            doLater();
        }
        ReadOutcome outcome = reader.attempt();
        failed = outcome.failure();
        if (laterAfter >= 0) {
            doLater();
        }
        check(outcome != ReadOutcome.OUT_OF_MEMORY, "there is memory enough");
        check(reader.lostFrames() >= 0 && reader.lostFrames() < Continuity.MAX_GAP_FRAMES + 1, "lost " + reader.lostFrames());
        if (outcome == ReadOutcome.FRAME) {
            checkFrame(reader.frame());
        }
        return outcome;
    }

    private void checkFrame(Frame frame) {
        int lengthBytes = frame.lengthBytes();
        check(frame.array() == frameCopy && frame.headerOffset() == headroomBytes
                && frameCopy.length == headroomBytes + lengthBytes, "not what was copied");
        check(frameCopyBytes == lengthBytes && lengthBytes == 32 + frame.sizeBytes(), "not all of it was copied");
        if (crcEnabled) {
            CRC32 crc = new CRC32();
            crc.update(frame.payload());
            check((int) crc.getValue() == frame.header().crc32(), "not its CRC");
        }
        if (frameCopiedFrom == 16) {
            ByteBuffer numbers = numbers(slotNumbers);
            check(numbers.capacity() == 16 && numbers.getLong(0) == reader.sequence() && numbers.getLong(8) == lengthBytes,
                    "the slot's numbers have changed");
            check(Arrays.equals(slotHeader, 0, slotHeader.length, frameCopy, headroomBytes, headroomBytes + 32),
                    "the slot's header has changed");
        } else {
            checkRecord((64 + frame.sizeBytes() + 63) / 64 * 64);
        }
    }

    private void checkRecord(long recordBytes) {
        long begin = reader.history().attempted(0) - recordBytes;
        check(begin >= 0 && begin % 64 == 0, "a record at " + begin);
        check(frameCopiedFrom - 32 - HistoryImage.SLOT_BYTES == begin % HistoryImage.RING_BYTES, "copied from elsewhere");
        check(begin % HistoryImage.RING_BYTES + recordBytes <= HistoryImage.RING_BYTES, "a record over the end of the ring");
        check(begin + recordBytes <= numbers(descriptorBefore).getLong(TAIL), "a record beyond the tail");
        ByteBuffer numbers = numbers(descriptor);
        check(numbers.capacity() == USED_DESCRIPTOR_BYTES && numbers.getLong(0) == HistoryImage.MAGIC
                && numbers.getLong(RING_LENGTH) == HistoryImage.RING_BYTES, "no history afterwards");
        check(numbers.getLong(TAIL_INTENT) - HistoryImage.RING_BYTES <= begin, "overwritten");
    }

    private static ByteBuffer numbers(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Nothing happens any more: all there is is read or given up. */
    private void readOn() {
        for (int i = 0; i < MOST_ATTEMPTS; i++) {
            ReadOutcome outcome = attempt();
            if (outcome == ReadOutcome.NO_NEW_FRAME && (!reader.unread() || reader.cutShort())) {
                return;
            }
            if (outcome.failure()) {
                reader.giveUp();
            }
        }
        throw new IllegalStateException("it never comes to an end");
    }

    private void startOver() {
        image = new HistoryImage(2);
        reader.attach(source());
        image.write(100, true, nanos, Killed.NOT);
        check(attempt() == ReadOutcome.FRAME && reader.history().active(), "a sound history is not read");
        check(reader.frame().sizeBytes() == 100, "another frame");
        image.write(0, false, nanos, Killed.NOT);
        check(attempt() == ReadOutcome.FRAME && attempt() == ReadOutcome.NO_NEW_FRAME, "nor is the next frame");
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }
}
