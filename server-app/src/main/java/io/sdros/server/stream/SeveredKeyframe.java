package io.sdros.server.stream;

import io.sdros.server.bitstream.StreamInspector;
import io.sdros.shm.protocol.FrameCrc;
import io.sdros.shm.protocol.FrameHeader;
import io.sdros.shm.protocol.FrameHeaderLayout;
import io.sdros.transport.undertow.FrameReferences;
import io.sdros.transport.undertow.FrameTimes;
import io.sdros.transport.undertow.VideoMessage;
import java.util.function.Supplier;

/**
 * Makes of an HEVC CRA picture that has been sent as it is a BLA picture for those who lagged: they have not got what the
 * pictures behind it may refer to, and their decoders leave these out then. Any thread.
 *
 * @param frame        spare bytes, header and payload, and nothing behind it; not changed
 * @param headerOffset where the header begins
 */
record SeveredKeyframe(byte[] frame, int headerOffset, FrameTimes times, FrameReferences references)
        implements Supplier<VideoMessage> {

    @Override
    public VideoMessage get() {
        byte[] array = marked();
        return VideoMessage.wrap(array, headerOffset, array.length - headerOffset, times, references);
    }

    /** A copy that says so, as long as the frame is. */
    byte[] marked() {
        byte[] array = frame.clone();
        int payloadOffset = headerOffset + FrameHeaderLayout.HEADER_BYTES;
        int sizeBytes = array.length - payloadOffset;
        StreamInspector.breakLink(array, payloadOffset);
        FrameHeader header = FrameHeader.decode(array, headerOffset);
        new FrameHeader(header.frameId(), header.frameSeq(), sizeBytes, header.flags(), header.codec(),
                new FrameCrc().sum(array, payloadOffset, sizeBytes), header.reserved()).encode(array, headerOffset);
        return array;
    }
}
