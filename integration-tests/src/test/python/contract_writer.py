#!/usr/bin/env python3
"""Feeds an H.264 Annex-B file into a shared memory region, one access unit per frame.

Written from the contract's table alone, the way the writers already out there do it: header, payload,
write length, sequence, in that order, with no mark that a write is in progress.

Lines on standard output (each flushed), for whoever started this:
    region ready PATH BYTES
    first frame written
    wrote N frames
"""

import argparse
import mmap
import os
import struct
import sys
import time
import zlib

SEQUENCE = 0
WRITE_LENGTH = 8
HEADER = 16
PAYLOAD = 48
FRAME_HEADER = struct.Struct("<QQIHHiI")

FLAG_KEYFRAME = 0x0001
CODEC_H264 = 1

NAL_SLICE, NAL_IDR, NAL_AUD = 1, 5, 9
# What may only stand in front of a picture's first slice: SEI, SPS, PPS, AUD and 14 to 18 (H.264, 7.4.1.2.3).
NAL_OPENS_ACCESS_UNIT = {6, 7, 8, NAL_AUD, 14, 15, 16, 17, 18}
# Slices and data partition A carry first_mb_in_slice; partitions B and C (3, 4) follow their A.
NAL_WITH_FIRST_MB = {NAL_SLICE, 2, NAL_IDR}
NAL_VCL = {1, 2, 3, 4, 5}


def nal_units(stream):
    """Yields (offset of the start code, offset of the NAL unit's first byte)."""
    at = stream.find(b"\x00\x00\x01")
    while at >= 0:
        # The zero byte of a four-byte start code belongs to the unit that follows.
        start = at - 1 if at > 0 and stream[at - 1] == 0 else at
        yield start, at + 3
        at = stream.find(b"\x00\x00\x01", at + 3)


def access_units(stream):
    """Yields (bytes, is keyframe) of each access unit. Joined together they are the stream again."""
    begin = 0
    picture_seen = False
    keyframe = False
    for start, first in nal_units(stream):
        kind = stream[first] & 0x1F
        # first_mb_in_slice is the slice header's first ue(v): zero is the single bit 1.
        first_slice = kind in NAL_WITH_FIRST_MB and stream[first + 1] & 0x80
        if picture_seen and (kind in NAL_OPENS_ACCESS_UNIT or first_slice):
            yield stream[begin:start], keyframe
            begin, picture_seen, keyframe = start, False, False
        if kind in NAL_VCL:
            picture_seen = True
            keyframe = keyframe or kind == NAL_IDR
    if picture_seen:
        yield stream[begin:], keyframe


class Region:
    def __init__(self, path, size):
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            os.ftruncate(descriptor, size)
            self._map = mmap.mmap(descriptor, size)
        finally:
            os.close(descriptor)
        self._size = size
        self._map[0:16] = bytes(16)

    def write(self, frame_id, frame_seq, payload, flags, crc):
        length = FRAME_HEADER.size + len(payload)
        if HEADER + length > self._size:
            sys.exit("a frame of %d bytes does not fit the region" % len(payload))
        # Slices are copied whole; struct.pack_into would store byte by byte and tear the sequence itself.
        self._map[HEADER:PAYLOAD] = FRAME_HEADER.pack(
            frame_id, frame_seq, len(payload), flags, CODEC_H264, crc, 0)
        self._map[PAYLOAD:PAYLOAD + len(payload)] = payload
        self._map[WRITE_LENGTH:WRITE_LENGTH + 8] = struct.pack("<Q", length)
        self._map[SEQUENCE:SEQUENCE + 8] = struct.pack("<Q", frame_seq)


def signed_crc(payload):
    return struct.unpack("<i", struct.pack("<I", zlib.crc32(payload)))[0]


def say(text):
    print(text, flush=True)


def frames(units, loop):
    while True:
        yield from units
        if not loop:
            return


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clip", help="Annex-B H.264 file")
    parser.add_argument("region", nargs="?", help="path of the region; not needed with --list")
    parser.add_argument("--size", type=int, default=4 * 1024 * 1024, help="bytes of the region")
    parser.add_argument("--fps", type=float, default=30.0)
    parser.add_argument("--loop", action="store_true", help="start the clip again at its end, for ever")
    parser.add_argument("--start-seq", type=int, default=1, help="frame_seq and sequence of the first frame")
    parser.add_argument("--start-id", type=int, default=1, help="frame_id of the first frame")
    parser.add_argument("--crc", choices=("on", "off"), default="on", help="off: the crc32 field is 0")
    parser.add_argument("--hold", action="store_true", help="leave the region in place at the end")
    parser.add_argument("--wait", action="store_true",
                        help="after creating the region, wait for a line on standard input")
    parser.add_argument("--tell-keyframes", action="store_true",
                        help="print the frame_id of each keyframe and the monotonic clock's nanoseconds after its store")
    parser.add_argument("--list", action="store_true",
                        help="write nothing; print offset, bytes and K or - of each access unit")
    chosen = parser.parse_args()
    if not chosen.list and not chosen.region:
        parser.error("the path of the region is missing")
    return chosen


def main():
    chosen = arguments()
    with open(chosen.clip, "rb") as clip:
        units = list(access_units(clip.read()))
    if not units:
        sys.exit("no access unit in " + chosen.clip)

    if chosen.list:
        offset = 0
        for payload, keyframe in units:
            print(offset, len(payload), "K" if keyframe else "-")
            offset += len(payload)
        return

    region = Region(chosen.region, chosen.size)
    say("region ready %s %d" % (chosen.region, chosen.size))
    if chosen.wait:
        sys.stdin.readline()

    due = time.monotonic()
    written = 0
    for payload, keyframe in frames(units, chosen.loop):
        pause = due - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        # Never closer together than the interval: there is one slot, and frames in a burst would replace each other.
        due = time.monotonic() + 1 / chosen.fps
        crc = signed_crc(payload) if chosen.crc == "on" else 0
        region.write(chosen.start_id + written, chosen.start_seq + written, payload,
                     FLAG_KEYFRAME if keyframe else 0, crc)
        if keyframe and chosen.tell_keyframes:
            say("keyframe %d at %d" % (chosen.start_id + written, time.monotonic_ns()))
        written += 1
        if written == 1:
            say("first frame written")
    say("wrote %d frames" % written)

    if not chosen.hold:
        os.unlink(chosen.region)


if __name__ == "__main__":
    main()
