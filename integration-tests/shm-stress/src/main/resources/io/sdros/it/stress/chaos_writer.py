#!/usr/bin/env python3
"""Writes paced frames to a region in the order of the writers out there, until it is killed or its standard input
ends. Arguments: region path, region bytes, life number, pause in microseconds, largest payload. Waits for a line on
standard input before it opens the region. For the frames' contents see LifeFrame.java."""

import mmap
import os
import struct
import sys
import threading
import time
import zlib

FRAME_HEADER = struct.Struct("<QQIHHII")
U64 = struct.Struct("<Q")
START = struct.Struct("<QQ")


def end_with_standard_input():
    while sys.stdin.readline():
        pass
    os._exit(0)


def main():
    path, size, life = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    pause, largest = int(sys.argv[4]) / 1e6, int(sys.argv[5])
    print("ready", flush=True)
    if not sys.stdin.readline():
        return
    threading.Thread(target=end_with_standard_input, daemon=True).start()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    os.ftruncate(descriptor, size)
    region = mmap.mmap(descriptor, size)
    os.close(descriptor)
    region[0:16] = bytes(16)

    began = 0
    seq = 0
    while True:
        seq += 1
        length = 16 + (seq * 7919 + life) % (largest - 16)
        if began == 0:
            began = time.monotonic_ns()
        payload = START.pack(began, life) + bytes([(seq + life) & 255]) * (length - 16)
        keyframe = 1 if seq % 10 == 1 else 0
        region[16:48] = FRAME_HEADER.pack(life, seq, length, keyframe, 1, zlib.crc32(payload), 0)
        region[48:48 + length] = payload
        region[8:16] = U64.pack(32 + length)
        region[0:8] = U64.pack(seq)
        # A healthy start for everybody; some then go as fast as they can.
        if pause or seq <= 20:
            time.sleep(max(pause, 0.004) if seq <= 20 else pause)


if __name__ == "__main__":
    main()
