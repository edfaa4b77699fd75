#!/usr/bin/env python3
"""Writes frames to a region as fast as it can, in the order of the writers out there, until it is killed or its
standard input ends. Arguments: writer kind, region path, region bytes, contents file (see FrameContents.java)."""

import mmap
import os
import struct
import sys
import threading

ENTRIES = 4096
FRAME_HEADER = struct.Struct("<QQIHHII")
U64 = struct.Struct("<Q")


def end_with_standard_input():
    sys.stdin.buffer.read()
    os._exit(0)


def main():
    kind, path, size, contents = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
    with open(contents, "rb") as file:
        everything = memoryview(file.read())
    entries = [struct.unpack_from("<III", everything, 16 * i) for i in range(ENTRIES)]
    block = everything[16 * ENTRIES:]
    frames = [(length, block[offset:offset + length], crc) for length, offset, crc in entries]
    bytewise = kind == "PYTHON_BYTEWISE"

    threading.Thread(target=end_with_standard_input, daemon=True).start()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    os.ftruncate(descriptor, size)
    region = mmap.mmap(descriptor, size)
    os.close(descriptor)
    region[0:16] = bytes(16)
    print("open", flush=True)

    seq = 0
    while True:
        seq += 1
        length, payload, crc = frames[seq % ENTRIES]
        if seq & 256:
            # Up to some times as long as storing the frame takes, so that readers meet whole frames, too.
            for _ in range((seq * 31 & 127) * (1 + length // 8192)):
                pass
        region[16:48] = FRAME_HEADER.pack(3 * seq, seq, length, 1 if seq % 10 == 1 else 0, 1, crc, 0)
        region[48:48 + length] = payload
        if bytewise:
            # With an explicit byte order, CPython stores integers byte by byte, the lowest first.
            U64.pack_into(region, 8, 32 + length)
            U64.pack_into(region, 0, seq)
        else:
            region[8:16] = U64.pack(32 + length)
            region[0:8] = U64.pack(seq)


if __name__ == "__main__":
    main()
