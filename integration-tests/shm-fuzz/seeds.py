#!/usr/bin/env python3
"""Writes the inputs that fuzzing starts from into the folders region and history of the given one: frames as they
should be, one after the other, and histories with what can happen to them. For what the bytes mean see
RegionImageFuzzer.java and HistoryFuzzer.java."""

import os
import struct
import sys
import zlib


def store(offset, data):
    return struct.pack("<HB", offset, len(data)) + data


def frame(sequence, payload, flags, frame_seq=None):
    header = struct.pack("<QQIHHII", 7, frame_seq or sequence, len(payload), flags, 1, zlib.crc32(payload), 0)
    return store(0, struct.pack("<QQ", sequence, 32 + len(payload)) + header + payload)


def region_seeds():
    for configuration in range(8):
        start = bytes([configuration, 20])
        steps = [frame(1, b"key", 1), frame(2, b"delta", 0), frame(2, b"delta", 0), frame(9, b"gap", 0),
                 frame(10, b"key again", 1), frame(1, b"restart", 1), store(0, bytes(16)), frame(1, b"", 1)]
        yield start + b"".join(steps)


ATTEMPT = b"\x06"
WHOLE = 73728 // 4


def write(units, how):
    return struct.pack("<BBB", 0, units, how)


def descriptor(index, value):
    return struct.pack("<BBq", 1, index, value)


def near_latest(offset, value):
    return struct.pack("<Bhi", 2, offset, value)


def length(units):
    return struct.pack("<BH", 4, units)


def later(copies):
    return bytes([5, copies])


def ask(what):
    return bytes([7, what])


def history_seeds():
    key, delta = write(20, 1), write(7, 0)
    whole = [key, ATTEMPT, delta, delta, ATTEMPT, ATTEMPT]
    lapped = [key, ATTEMPT] + [write(253, i % 8 == 0) for i in range(24)] + [ATTEMPT] * 4
    cases = [
        whole, lapped,
        whole + [ask(2), ATTEMPT, ask(3), ATTEMPT],
        [write(20, 1 | killed << 1) + ATTEMPT + key + ATTEMPT for killed in (1, 2, 3)],
        [key, ATTEMPT, later(3)] + lapped, [key, ATTEMPT, key, later(4), write(253, 1), ATTEMPT, ATTEMPT],
        whole + [near_latest(0, 0x7fffffff), ATTEMPT, near_latest(48, 5000), key, ATTEMPT, ask(7), ATTEMPT],
        whole + [descriptor(index, value) + key + ATTEMPT for index in (0, 2, 4, 5, 8, 16, 24, 32) for value in (0, -1, 64)],
        whole + [length(1000), ATTEMPT, length(WHOLE), key, ATTEMPT, ask(5), ATTEMPT],
        [key, ATTEMPT, delta, later(3), near_latest(48, 5), ATTEMPT, ATTEMPT],
        [key, ATTEMPT, delta, near_latest(0, 64 * 1024), near_latest(48, 64 * 1023), ATTEMPT, ATTEMPT],
        [key, ATTEMPT, delta, near_latest(0, 640), near_latest(48, 576), ATTEMPT, ATTEMPT],
        whole + [descriptor(8, 1000), descriptor(16, 1000), ATTEMPT, key, ATTEMPT],
        whole + [ask(1), ask(6), ATTEMPT, ask(4), key, ATTEMPT],
    ]
    for case in cases:
        for configuration in (0, 3):
            yield bytes([configuration]) + b"".join(case) + bytes(11)


def main():
    for name, seeds in (("region", region_seeds()), ("history", history_seeds())):
        folder = os.path.join(sys.argv[1], name)
        os.makedirs(folder, exist_ok=True)
        for number, seed in enumerate(seeds):
            with open(os.path.join(folder, "seed-%d" % number), "wb") as file:
                file.write(seed)


if __name__ == "__main__":
    main()
