#!/usr/bin/env python3
"""Writes the frames that standard input lists through the writer of docs/examples/producer.py.

    write_frames.py FOLDER_OF_PRODUCER PATH REGION_BYTES on|off [HISTORY_BYTES]

A line is a frame: frame_id, flags, codec, payload in hexadecimal (- for none), and its capture time or nothing. Without
HISTORY_BYTES there is no history.
The answer is "written N" or "refused"; the first line of output is "ready".
"""
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
import producer  # noqa: E402


def main():
    path, size, crc, *history = sys.argv[2:]
    writer = producer.ShmWriter(path, int(size), crc=crc == "on", history=int(history[0]) if history else 0)
    print("ready", flush=True)
    for line in sys.stdin:
        frame_id, flags, codec, payload, *capture = line.split()
        data = b"" if payload == "-" else bytes.fromhex(payload)
        fits = writer.write(data, int(flags), int(codec), int(frame_id), *map(int, capture))
        print("written %d" % writer.frame_seq if fits else "refused", flush=True)
    writer.close()


if __name__ == "__main__":
    main()
