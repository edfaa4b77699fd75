#!/usr/bin/env python3
"""Writes the inputs that fuzzing starts from into the given folder: frames as they should be, one after the other.
For what the bytes mean see RegionImageFuzzer.java."""

import os
import struct
import sys
import zlib


def store(offset, data):
    return struct.pack("<HB", offset, len(data)) + data


def frame(sequence, payload, flags, frame_seq=None):
    header = struct.pack("<QQIHHII", 7, frame_seq or sequence, len(payload), flags, 1, zlib.crc32(payload), 0)
    return store(0, struct.pack("<QQ", sequence, 32 + len(payload)) + header + payload)


def main():
    os.makedirs(sys.argv[1], exist_ok=True)
    for configuration in range(8):
        start = bytes([configuration, 20])
        steps = [frame(1, b"key", 1), frame(2, b"delta", 0), frame(2, b"delta", 0), frame(9, b"gap", 0),
                 frame(10, b"key again", 1), frame(1, b"restart", 1), store(0, bytes(16)), frame(1, b"", 1)]
        with open(os.path.join(sys.argv[1], "seed-%d" % configuration), "wb") as file:
            file.write(start + b"".join(steps))


if __name__ == "__main__":
    main()
