#!/usr/bin/env python3
"""Makes golden-region.bin, what a region of 256 bytes holds while golden-frames.txt is written; from the contract alone.

    golden_region.py golden-frames.txt > golden-region.bin

256 bytes as they are after the writer has started, then 256 bytes after every frame.
"""
import struct
import sys
import zlib

REGION_BYTES = 256


def main():
    region = bytearray(REGION_BYTES)
    images = [bytes(region)]
    number = 0
    with open(sys.argv[1]) as frames:
        for line in frames:
            frame_id, flags, codec, payload = line.split()
            data = b"" if payload == "-" else bytes.fromhex(payload)
            if 48 + len(data) <= REGION_BYTES:
                number += 1
                struct.pack_into("<QQ", region, 0, number, 32 + len(data))
                struct.pack_into("<QQIHHII", region, 16, int(frame_id), number, len(data), int(flags), int(codec),
                                 zlib.crc32(data), 0)
                region[48:48 + len(data)] = data
            images.append(bytes(region))
    sys.stdout.buffer.write(b"".join(images))


if __name__ == "__main__":
    main()
