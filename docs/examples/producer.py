#!/usr/bin/env python3
"""Feed an Annex-B video stream from standard input into the server's shared-memory region.

    ffmpeg -i anything -pix_fmt yuv420p -c:v libx264 -profile:v baseline -tune zerolatency -g 30 -bf 0 -f h264 - | producer.py --fps 30

Video that does not say what its colours mean is taken for BT.709. To ffmpeg's options add, each 6 for BT.601:
-bsf:v h264_metadata=colour_primaries=1:transfer_characteristics=1:matrix_coefficients=1

Standard library only. One writer per region. The layout is in docs/protocol.md.
"""
import argparse
import ctypes
import mmap
import os
import socket
import stat
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


class Bell:
    """One byte after each commit to every reader connected to the Unix socket PATH.bell. Never waits, never fails a frame."""

    MAX_READERS = 16
    MAX_PATH_BYTES = 107

    def __init__(self, region):
        self._path = region + ".bell"
        self._readers = {}  # socket: whether it has not read what was sent
        if len(os.fsencode(self._path)) > self.MAX_PATH_BYTES:
            raise OSError(f"{self._path} is longer than the {self.MAX_PATH_BYTES} bytes of a Unix socket's path")
        try:
            if stat.S_ISSOCK(os.lstat(self._path).st_mode):
                os.unlink(self._path)  # of a producer that was killed
        except FileNotFoundError:
            pass
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._listener.bind(self._path)
            os.chmod(self._path, 0o666)
            self._own = os.lstat(self._path)
            self._listener.listen(self.MAX_READERS)
            self._listener.setblocking(False)
        except OSError:
            self._listener.close()
            raise

    def ring(self):
        self._let_in()
        for reader in list(self._readers):
            try:
                reader.send(b"\0")
                self._readers[reader] = False
            except BlockingIOError:
                self._readers[reader] = True
            except OSError:
                self._drop(reader)

    def _let_in(self):
        for _ in range(4):
            try:
                newcomer, _ = self._listener.accept()
            except OSError:  # nobody there, most of the time
                return
            if len(self._readers) >= self.MAX_READERS:
                for reader in [one for one, full in self._readers.items() if full][:1]:
                    self._drop(reader)
            if len(self._readers) >= self.MAX_READERS:
                newcomer.close()
            else:
                newcomer.setblocking(False)
                self._readers[newcomer] = False

    def _drop(self, reader):
        del self._readers[reader]
        reader.close()

    def close(self):
        for reader in list(self._readers):
            self._drop(reader)
        try:
            if os.path.samestat(os.lstat(self._path), self._own):
                os.unlink(self._path)
        except OSError:
            pass
        self._listener.close()


class ShmWriter:
    """The one slot: header, payload, write length, sequence, in this order, marked as in progress meanwhile."""

    def __init__(self, path, size, crc=True):
        folder = os.path.dirname(path)
        if folder:
            os.makedirs(folder, exist_ok=True)
        fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            os.ftruncate(fd, size)
            # Have the memory now: where it runs out later, a store into the mapping kills the process (SIGBUS).
            os.posix_fallocate(fd, 0, size)
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
        self._bell = None
        try:
            self._bell = Bell(path)
        except OSError as failure:
            print(f"no bell, readers will poll: {failure}", file=sys.stderr)

    def write(self, payload, flags, codec, frame_id=None):
        """Commit one frame; False if it does not fit (nothing is written then)."""
        length = HEADER.size + len(payload)
        if HEADER_OFFSET + length > self._size:
            return False
        self.frame_seq += 1
        if frame_id is None:
            frame_id = time.monotonic_ns()
        crc = zlib.crc32(payload) if self._crc else 0
        header = HEADER.pack(frame_id, self.frame_seq, len(payload), flags, codec,
                             crc - (1 << 32) if crc >= 1 << 31 else crc, 0)
        self._write_length.value = 0  # in progress: a reader that sees this knows the slot is being replaced
        self._map[HEADER_OFFSET:PAYLOAD_OFFSET] = header
        self._map[PAYLOAD_OFFSET:PAYLOAD_OFFSET + len(payload)] = payload
        self._write_length.value = length
        self._sequence.value = self.frame_seq
        if self._bell:
            self._bell.ring()
        return True

    def close(self):
        if self._bell:
            self._bell.close()
        del self._sequence, self._write_length  # they hold the map open
        self._map.close()


class AccessUnits:
    """Cuts an Annex-B byte stream into access units: all NAL units of one picture, with those that lead it in.

    A picture ends where the next one begins: at a NAL unit that may only stand in front of a picture (delimiter,
    parameter set, SEI), or at the first slice of a picture, after at least one slice was seen. So it needs neither
    access unit delimiters nor one slice per picture. That next beginning is recognized by its first bytes, so a
    picture leaves as soon as the first few bytes behind it have come. The units, joined, are the stream again.

    Interlaced H.264 coded as field pictures (PAFF) has an access unit per field, so --fps is the number of fields then,
    and a decoder that wants both fields at once needs them joined: have ffmpeg encode anew, or deinterlace. Frames of
    interlaced macroblocks (MBAFF, what x264 makes) are frames like others. Slices in arbitrary order (an extension of
    H.264 hardly anybody uses) need access unit delimiters.
    """

    START_CODE = b"\x00\x00\x01"
    NAL_START = 6  # bytes: start code, and as much of the NAL unit as _classify() looks at

    def __init__(self, codec):
        self._hevc = codec == CODECS["hevc"]
        self._unit = bytearray()  # from the start code of the picture's first NAL unit
        self._searched = 0  # up to here, all start codes in _unit have been dealt with
        self._has_slice = False
        self._keyframe = False

    def feed(self, data):
        """Yield (access unit, keyframe) for every one completed by data."""
        self._unit += data
        yield from self._cut(self.NAL_START)

    def finish(self):
        """Yield what is left at the end of the stream, where a NAL unit may be as short as one byte."""
        yield from self._cut(len(self.START_CODE) + 1)
        if self._has_slice:
            yield bytes(self._unit), self._keyframe
        self._unit.clear()
        self._searched = 0
        self._has_slice = self._keyframe = False

    def _cut(self, needed):
        while True:
            at = self._unit.find(self.START_CODE, self._searched)
            if at < 0:
                self._searched = max(self._searched, len(self._unit) - len(self.START_CODE) + 1)
                return
            if len(self._unit) < at + needed:
                self._searched = at
                return
            leads, is_slice, first_slice, keyframe = self._classify(self._unit, at + len(self.START_CODE))
            # The zero byte of a four-byte start code belongs to the NAL unit that follows.
            start = at - 1 if at > 0 and self._unit[at - 1] == 0 else at
            if self._has_slice and (leads or first_slice):
                yield bytes(self._unit[:start]), self._keyframe
                del self._unit[:start]
                at -= start
                self._has_slice = self._keyframe = False
            self._has_slice |= is_slice
            self._keyframe |= keyframe
            self._searched = at + len(self.START_CODE)

    def _classify(self, nal, at):
        """(may only stand in front of a picture, is a slice, is a picture's first slice, belongs to a keyframe)"""
        def first_bit(index):
            return index < len(nal) and nal[index] & 0x80 != 0

        if self._hevc:
            kind = nal[at] >> 1 & 0x3F
            is_slice = kind < 32
            # first_slice_segment_in_pic_flag is the first bit behind the two header bytes. BLA, IDR and CRA pictures.
            return (kind in (32, 33, 34, 35, 39) or 41 <= kind <= 44 or 48 <= kind <= 55,
                    is_slice, is_slice and first_bit(at + 2), 16 <= kind <= 21)
        kind = nal[at] & 0x1F
        is_slice = 1 <= kind <= 5
        # first_mb_in_slice is an Exp-Golomb number; 0 is the single bit 1. Partitions B and C (3, 4) have no such field.
        return (kind in (6, 7, 8, 9) or 14 <= kind <= 18,
                is_slice, kind in (1, 2, 5) and first_bit(at + 1), kind == 5)


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
                # What came late is caught up with at twice the pace, never at once: there is one slot, and frames
                # in a burst would replace each other unread. After a pause, go on from now.
                due = now if now - due > 1 else due
                due = max(due + 1 / options.fps, now + 0.5 / options.fps)
            if not writer.write(payload, FLAG_KEYFRAME if keyframe else 0, codec):
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
