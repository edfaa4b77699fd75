"""A writer as they exist: mmap, no barrier, no mark that a write is in progress.

usage: legacy_writer.py PATH REGION_BYTES FRAMES PAYLOAD_BYTES PAUSE_SECONDS CRC

Every payload byte is the low byte of frame_seq; frame_id is 3 * frame_seq. Waits for a line on stdin between opening
the region and writing, and for another before it exits.
"""
import mmap
import os
import struct
import sys
import time
import zlib

path, region_bytes, frames, payload_bytes, pause, crc = sys.argv[1:]
region_bytes, frames, payload_bytes = int(region_bytes), int(frames), int(payload_bytes)

fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
os.ftruncate(fd, region_bytes)
region = mmap.mmap(fd, region_bytes)
region[0:16] = bytes(16)
print("open", flush=True)
sys.stdin.readline()
for number in range(1, frames + 1):
    size = payload_bytes - number % 3
    payload = bytes([number & 0xFF]) * size
    checksum = zlib.crc32(payload) if crc == "crc" else 0
    signed = struct.unpack("<i", struct.pack("<I", checksum))[0]
    flags = 1 if number % 10 == 1 else 0
    region[16:48] = struct.pack("<QQIHHiI", 3 * number, number, size, flags, 1, signed, 0)
    region[48:48 + size] = payload
    region[8:16] = struct.pack("<Q", 32 + size)
    region[0:8] = struct.pack("<Q", number)
    time.sleep(float(pause))
print("done", flush=True)
sys.stdin.readline()
