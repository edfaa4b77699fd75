#!/usr/bin/env python3
"""Feed an Annex-B video stream from standard input into the server's shared-memory region.

    ffmpeg -i anything -pix_fmt yuv420p -c:v libx264 -profile:v baseline -tune zerolatency -g 30 -bf 0 -f h264 - | producer.py --fps 30

Video that does not say what its colours mean is taken for BT.709, and of RGB ffmpeg makes BT.601: to its options add
-vf scale=out_color_matrix=bt709:out_range=tv (docs/producers.md says more).

Standard library only. One writer per region. The layout is in docs/protocol.md.

What Python promises about the order of stores: CPython carries them out one by one, as they are written here, and does
not move or merge them. On x86-64 other processes see them in that order. On Arm they may not, and Python has no fence:
leave the CRC on there. A reader that finds a payload of another frame, or half of one, then knows it by its CRC.
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
DEFAULT_HISTORY_BYTES = 8 << 20


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


class History:
    """The last frames, with their times, behind the slot: a ring of records, then a descriptor of 4096 bytes.

    It lets a reader that was not run for a while read on where it stopped. Readers that know only the slot notice
    nothing, and a writer that knows only the slot cuts it off.
    """

    DESCRIPTOR_BYTES = 4096
    MAGIC = int.from_bytes(b"SDRHIST1", "little")
    LAYOUT = struct.Struct("<QIIQQQ")  # magic, version, reserved, slot bytes, ring offset, ring bytes
    EPOCH_OFFSET = LAYOUT.size
    TAIL_INTENT_OFFSET = 64
    TAIL_OFFSET = 128
    LATEST_OFFSET = 192
    LATEST_KEYFRAME_OFFSET = 256
    NONE = (1 << 64) - 1
    RECORD = struct.Struct("<IIQQQ")  # length, type, commit sequence, capture time, commit time; the frame header follows
    RECORD_BYTES = RECORD.size + HEADER.size
    ALIGNMENT = 64
    PADDING = struct.Struct("<II")
    FRAME_TYPE, PADDING_TYPE = 1, 0
    MIN_RING_BYTES, MAX_RING_BYTES = 64 << 10, 1 << 30

    def __init__(self, slot_bytes, ring_bytes):
        if not self.MIN_RING_BYTES <= ring_bytes <= self.MAX_RING_BYTES or ring_bytes & (ring_bytes - 1):
            raise ValueError(f"a history of {ring_bytes} bytes: it takes 0 or a power of two, "
                             f"{self.MIN_RING_BYTES} to {self.MAX_RING_BYTES}")
        self._ring_offset = (slot_bytes + 4095) & ~4095
        self._ring_bytes = ring_bytes
        self._descriptor_offset = self._ring_offset + ring_bytes
        self._layout = self.LAYOUT.pack(self.MAGIC, 1, 0, slot_bytes, self._ring_offset, ring_bytes)
        self._position = 0
        self.file_bytes = self._descriptor_offset + self.DESCRIPTOR_BYTES

    def lies_in(self, fd):
        """Whether the file has a history of just this layout, which may then be begun anew."""
        return (os.fstat(fd).st_size == self.file_bytes
                and os.pread(fd, len(self._layout), self._descriptor_offset) == self._layout)

    def append_to(self, fd):
        """Makes a file that has none longer by a history, empty."""
        descriptor = bytearray(self.DESCRIPTOR_BYTES)
        descriptor[:len(self._layout)] = self._layout
        for offset, value in ((self.EPOCH_OFFSET, self._new_epoch()), (self.LATEST_OFFSET, self.NONE),
                              (self.LATEST_KEYFRAME_OFFSET, self.NONE)):
            struct.pack_into("<Q", descriptor, offset, value)
        # One call, after which the file is longer and has its descriptor: no reader finds one without the other.
        os.pwrite(fd, descriptor, self._descriptor_offset)

    def open(self, region):
        """Takes the mapped file."""
        def field(offset):
            # An aligned 8-byte field, as in ShmWriter.
            return ctypes.c_uint64.from_buffer(region, self._descriptor_offset + offset)

        self._map = region
        self._magic = field(0)
        self._epoch = field(self.EPOCH_OFFSET)
        self._tail_intent = field(self.TAIL_INTENT_OFFSET)
        self._tail = field(self.TAIL_OFFSET)
        self._latest = field(self.LATEST_OFFSET)
        self._latest_keyframe = field(self.LATEST_KEYFRAME_OFFSET)

    def begin_anew(self):
        """Says that there is no record, in a history that an earlier writer has left."""
        self._magic.value = 0  # no descriptor, while it changes
        self._epoch.value = self._new_epoch()
        self._tail_intent.value = 0
        self._tail.value = 0
        self._latest.value = self.NONE
        self._latest_keyframe.value = self.NONE
        self._magic.value = self.MAGIC

    @staticmethod
    def _new_epoch():
        return int.from_bytes(os.urandom(8), "little") or 1

    def append(self, sequence, header, payload, keyframe, capture_nanos):
        """Commits a record; nothing for a frame that takes more than a quarter of the ring."""
        length = (self.RECORD_BYTES + len(payload) + self.ALIGNMENT - 1) & -self.ALIGNMENT
        if length > self._ring_bytes // 4:
            return
        to_end = self._ring_bytes - self._position % self._ring_bytes
        padding = to_end if to_end < length else 0
        start = self._position + padding
        # Before anything is overwritten: a reader that looks at this after its copy knows whether it was lapped.
        self._tail_intent.value = start + length
        if padding:
            self._store(self._position, self.PADDING.pack(padding, self.PADDING_TYPE))
        self._store(start + self.RECORD_BYTES, payload)
        # Last, so that the commit time is that of the commit.
        self._store(start, self.RECORD.pack(length, self.FRAME_TYPE, sequence, capture_nanos,
                                            time.monotonic_ns()) + header)
        self._latest.value = start
        if keyframe:
            self._latest_keyframe.value = start
        self._tail.value = self._position = start + length

    def _store(self, position, data):
        at = self._ring_offset + position % self._ring_bytes
        self._map[at:at + len(data)] = data

    def close(self):
        # They hold the map open.
        del self._magic, self._epoch, self._tail_intent, self._tail, self._latest, self._latest_keyframe


class ShmWriter:
    """The slot: header, payload, write length, sequence, in this order, marked as in progress meanwhile. And the history.

    history is the size of its ring in bytes, a power of two, 64 KiB or more; 0: none. A file system without room for the
    slot is an OSError here, never a signal later; one without room for the history, too, leaves it out and says so.
    """

    def __init__(self, path, size, crc=True, history=DEFAULT_HISTORY_BYTES):
        self._size = size
        self._crc = crc
        self._history = History(size, history) if history else None
        folder = os.path.dirname(path)
        if folder:
            os.makedirs(folder, exist_ok=True)
        fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            # First of all: a file that was cut short and is made longer below would look like its old frame, with zeros.
            os.pwrite(fd, bytes(HEADER_OFFSET), 0)
            reused = self._history is not None and self._history.lies_in(fd)
            self._map = mmap.mmap(fd, self._size_file(fd, reused))
        finally:
            os.close(fd)
        # Aligned 8-byte fields, so that each store is one instruction: struct.pack_into("<Q", …) stores byte by byte,
        # and a reader between two of them would see a number that was never written (255 -> 0 -> 256).
        self._sequence = ctypes.c_uint64.from_buffer(self._map, SEQUENCE_OFFSET)
        self._write_length = ctypes.c_uint64.from_buffer(self._map, WRITE_LENGTH_OFFSET)
        self._sequence.value = 0
        self._write_length.value = 0
        if self._history:
            self._history.open(self._map)
            if reused:
                self._history.begin_anew()
        self.frame_seq = 0
        self._bell = None
        try:
            self._bell = Bell(path)
        except OSError as failure:
            print(f"no bell, readers will poll: {failure}", file=sys.stderr)

    def _size_file(self, fd, reused):
        """Gives the file its size and its memory, and returns the size.

        Where memory runs out later, a store into the mapping kills the process (SIGBUS): so have it now.
        """
        if self._history:
            try:
                if not reused:
                    os.ftruncate(fd, self._size)
                    self._history.append_to(fd)
                os.posix_fallocate(fd, 0, self._history.file_bytes)
                return self._history.file_bytes
            except OSError as failure:
                print(f"no history, readers may miss frames: {failure.strerror} for {self._history.file_bytes} bytes",
                      file=sys.stderr)
                self._history = None
        os.ftruncate(fd, self._size)
        os.posix_fallocate(fd, 0, self._size)
        return self._size

    def write(self, payload, flags, codec, frame_id=None, capture_nanos=0):
        """Commit one frame; False if it does not fit (nothing is written then).

        capture_nanos: when the picture was taken, by time.monotonic_ns(); 0 = unknown. Only the history carries it.
        """
        length = HEADER.size + len(payload)
        if HEADER_OFFSET + length > self._size:
            return False
        self.frame_seq += 1
        if frame_id is None:
            frame_id = time.monotonic_ns()
        crc = zlib.crc32(payload) if self._crc else 0
        header = HEADER.pack(frame_id, self.frame_seq, len(payload), flags, codec,
                             crc - (1 << 32) if crc >= 1 << 31 else crc, 0)
        if self._history:
            keyframe = bool(flags & FLAG_KEYFRAME) or codec == CODECS["jpeg"]
            self._history.append(self.frame_seq, header, payload, keyframe, capture_nanos)
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
        if self._history:
            self._history.close()
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
    parser.add_argument("--size", type=int, default=4 << 20, help="the slot's size in bytes (%(default)s)")
    parser.add_argument("--history", type=int, default=DEFAULT_HISTORY_BYTES, metavar="BYTES",
                        help="size of the history of the last frames, a power of two; 0 = none (%(default)s)")
    parser.add_argument("--fps", type=float, default=30, help="pace; 0 = as fast as the input comes (%(default)s)")
    parser.add_argument("--codec", choices=("h264", "hevc"), default="h264", help="what the input is (%(default)s)")
    parser.add_argument("--no-crc", action="store_true", help="write 0 instead of the CRC-32")
    options = parser.parse_args()

    codec = CODECS[options.codec]
    try:
        writer = ShmWriter(options.path, options.size, crc=not options.no_crc, history=options.history)
    except (OSError, ValueError) as failure:
        sys.exit(f"{options.path}: {failure}")
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
