#!/usr/bin/env python3
"""Lists the frames of a region; written from the contract's table and its list of steps alone.

    read_frames.py PATH on|off

Runs until standard input ends. Lines: "ready", then "frame HEADER SHA256" for each frame (32 header bytes; digest of
the payload; both in hexadecimal).
"""
import ctypes
import hashlib
import mmap
import select
import struct
import sys
import zlib

SEQUENCE = 0
WRITE_LENGTH = 8
HEADER = 16
HEADER_BYTES = 32
PAYLOAD = 48


class Region:
    def __init__(self, path):
        with open(path, "rb") as file:
            # A private mapping shows what other processes store, as long as this one stores nothing; ctypes wants
            # memory that could be written.
            self._map = mmap.mmap(file.fileno(), 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_WRITE)
        self._sequence = ctypes.c_uint64.from_buffer(self._map, SEQUENCE)
        self._write_length = ctypes.c_uint64.from_buffer(self._map, WRITE_LENGTH)

    def attempt(self, consumed, check_crc):
        """(outcome, sequence, header and payload)"""
        sequence = self._sequence.value
        if sequence in (0, consumed):
            return "no new frame", sequence, b""
        length = self._write_length.value
        if length < HEADER_BYTES or length > len(self._map) - HEADER:
            return "invalid length", sequence, b""
        copy = self._map[HEADER:HEADER + length]
        if (self._sequence.value != sequence or self._write_length.value != length
                or self._map[HEADER:PAYLOAD] != copy[:HEADER_BYTES]):
            return "torn", sequence, b""
        number, size, crc = struct.unpack_from("<QI4xi", copy, 8)
        if size != length - HEADER_BYTES:
            return "bad header", sequence, b""
        if check_crc and zlib.crc32(copy[HEADER_BYTES:]) != crc & 0xFFFFFFFF:
            return "crc mismatch", sequence, b""
        if not check_crc and number != sequence:
            return "not committed yet", sequence, b""
        return "frame", sequence, copy


def main():
    path, crc = sys.argv[1:3]
    region = Region(path)
    consumed = 0
    print("ready", flush=True)
    while not select.select([sys.stdin], [], [], 0.001)[0]:
        outcome, sequence, frame = region.attempt(consumed, crc == "on")
        if outcome == "frame":
            consumed = sequence
            print("frame", frame[:HEADER_BYTES].hex(), hashlib.sha256(frame[HEADER_BYTES:]).hexdigest(), flush=True)


if __name__ == "__main__":
    main()
