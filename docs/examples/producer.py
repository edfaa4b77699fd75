#!/usr/bin/env python3
"""Feed an Annex-B video stream from standard input into the server's shared-memory region.

    ffmpeg -i anything -c:v libx264 -profile:v baseline -tune zerolatency -g 30 -bf 0 -f h264 - | producer.py --fps 30

Standard library only. One writer per region. The layout is in docs/protocol.md.
"""
import argparse
import ctypes
import mmap
import os
import struct
import sys
import time
import zlib

SEQUENCE_OFFSET = 0
WRITE_LENGTH_OFFSET = 8
HEADER_OFFSET = 16
HEADER = struct.Struct("<QQIHHiI")  # frame_id, frame_seq, size, flags, codec, crc32, reserved
PAYLOAD_OFFSET = HEADER_OFFSET + HEADER.size
FLAG_KEYFRAME = 0x0001
CODECS = {"h264": 1, "hevc": 2, "jpeg": 3}


class ShmWriter:
    """The one slot: header, payload, write length, sequence, in this order, marked as in progress meanwhile."""

    def __init__(self, path, size, crc=True):
        folder = os.path.dirname(path)
        if folder:
            os.makedirs(folder, exist_ok=True)
        fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            os.ftruncate(fd, size)
            self._map = mmap.mmap(fd, size)
        finally:
            os.close(fd)
        self._size = size
        self._crc = crc
        # Aligned 8-byte fields, so that each store is one instruction: struct.pack_into("<Q", …) stores byte by byte,
        # and a reader between two of them would see a number that was never written (255 -> 0 -> 256).
        self._sequence = ctypes.c_uint64.from_buffer(self._map, SEQUENCE_OFFSET)
        self._write_length = ctypes.c_uint64.from_buffer(self._map, WRITE_LENGTH_OFFSET)
        self._sequence.value = 0
        self._write_length.value = 0
        self.frame_seq = 0

    def write(self, payload, keyframe, codec, frame_id=None):
        """Commit one frame; False if it does not fit (nothing is written then)."""
        length = HEADER.size + len(payload)
        if HEADER_OFFSET + length > self._size:
            return False
        self.frame_seq += 1
        if frame_id is None:
            frame_id = time.monotonic_ns()
        crc = zlib.crc32(payload) if self._crc else 0
        header = HEADER.pack(frame_id, self.frame_seq, len(payload), FLAG_KEYFRAME if keyframe else 0, codec,
                             crc - (1 << 32) if crc >= 1 << 31 else crc, 0)
        self._write_length.value = 0  # in progress: a reader that sees this knows the slot is being replaced
        self._map[HEADER_OFFSET:PAYLOAD_OFFSET] = header
        self._map[PAYLOAD_OFFSET:PAYLOAD_OFFSET + len(payload)] = payload
        self._write_length.value = length
        self._sequence.value = self.frame_seq
        return True

    def close(self):
        del self._sequence, self._write_length  # they hold the map open
        self._map.close()


class AccessUnits:
    """Cuts an Annex-B byte stream into access units: all NAL units of one picture, with those that lead it in.

    A picture ends where the next one begins: at a NAL unit that may only stand in front of a picture (delimiter,
    parameter set, SEI), or at the first slice of a picture, after at least one slice was seen. So it needs neither
    access unit delimiters nor one slice per picture.
    """

    def __init__(self, codec):
        self._hevc = codec == CODECS["hevc"]
        self._pending = bytearray()  # from the start code of the NAL unit not yet complete
        self._unit = bytearray()
        self._has_slice = False
        self._keyframe = False

    def feed(self, data):
        """Yield (access unit, keyframe) for every one completed by data."""
        searched = max(0, len(self._pending) - 3)
        self._pending += data
        while True:
            # Behind the start code that _pending begins with.
            at = self._pending.find(b"\x00\x00\x01", max(searched, 4))
            if at < 0:
                return
            start = at - 1 if self._pending[at - 1] == 0 else at
            yield from self._nal(bytes(self._pending[:start]))
            del self._pending[:start]
            searched = 0

    def finish(self):
        """Yield what is left at the end of the stream."""
        if self._pending:
            yield from self._nal(bytes(self._pending))
            self._pending.clear()
        if self._has_slice:
            yield self._take()

    def _nal(self, nal):
        start = nal.find(b"\x00\x00\x01")
        if start < 0 or len(nal) < start + 4:
            return  # bytes in front of the first start code, or an empty NAL unit
        leads, is_slice, first_slice, keyframe = self._classify(nal, start + 3)
        if self._has_slice and (leads or first_slice):
            yield self._take()
        self._unit += nal
        self._has_slice |= is_slice
        self._keyframe |= keyframe

    def _classify(self, nal, at):
        """(may only stand in front of a picture, is a slice, is a picture's first slice, belongs to a keyframe)"""
        def first_bit(index):
            return index < len(nal) and nal[index] & 0x80 != 0

        if self._hevc:
            kind = nal[at] >> 1 & 0x3F
            is_slice = kind < 32
            # first_slice_segment_in_pic_flag is the first bit behind the two header bytes. IDR_W_RADL, IDR_N_LP, CRA.
            return (kind in (32, 33, 34, 35, 39) or 41 <= kind <= 44 or 48 <= kind <= 55,
                    is_slice, is_slice and first_bit(at + 2), kind in (19, 20, 21))
        kind = nal[at] & 0x1F
        is_slice = 1 <= kind <= 5
        # first_mb_in_slice is an Exp-Golomb number; 0 is the single bit 1. Partitions B and C (3, 4) have no such field.
        return (kind in (6, 7, 8, 9) or 14 <= kind <= 18,
                is_slice, kind in (1, 2, 5) and first_bit(at + 1), kind == 5)

    def _take(self):
        taken = bytes(self._unit), self._keyframe
        self._unit.clear()
        self._has_slice = self._keyframe = False
        return taken


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--path", default="/dev/shm/sdr_os_ipc/frames", help="the region's file (%(default)s)")
    parser.add_argument("--size", type=int, default=4 << 20, help="the region's size in bytes (%(default)s)")
    parser.add_argument("--fps", type=float, default=30, help="pace; 0 = as fast as the input comes (%(default)s)")
    parser.add_argument("--codec", choices=("h264", "hevc"), default="h264", help="what the input is (%(default)s)")
    parser.add_argument("--no-crc", action="store_true", help="write 0 instead of the CRC-32")
    options = parser.parse_args()

    codec = CODECS[options.codec]
    writer = ShmWriter(options.path, options.size, crc=not options.no_crc)
    units = AccessUnits(codec)
    refused = 0
    due = time.monotonic()

    def commit(found):
        nonlocal due, refused
        for payload, keyframe in found:
            if options.fps > 0:
                now = time.monotonic()
                if due > now:
                    time.sleep(due - now)
                elif now - due > 1:
                    due = now  # the input paused: go on from now instead of racing
                due += 1 / options.fps
            if not writer.write(payload, keyframe, codec):
                refused += 1
                print(f"refused a frame of {len(payload)} bytes: it does not fit into {options.size} bytes; "
                      "use a larger --size", file=sys.stderr)

    while True:
        data = sys.stdin.buffer.read1(1 << 16)
        if not data:
            break
        commit(units.feed(data))
    commit(units.finish())
    print(f"frames written: {writer.frame_seq}, refused: {refused}", file=sys.stderr)
    writer.close()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
