#!/usr/bin/env python3
"""Writes the frames that standard input lists through the writer of docs/examples/producer.py.

    write_frames.py FOLDER_OF_PRODUCER PATH REGION_BYTES on|off

A line is a frame: frame_id, flags, codec, payload in hexadecimal (- for none). The answer is "written N" or
"refused"; the first line of output is "ready".
"""
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
import producer  # noqa: E402


def main():
    path, size, crc = sys.argv[2:5]
    writer = producer.ShmWriter(path, int(size), crc=crc == "on")
    print("ready", flush=True)
    for line in sys.stdin:
        frame_id, flags, codec, payload = line.split()
        data = b"" if payload == "-" else bytes.fromhex(payload)
        fits = writer.write(data, int(flags), int(codec), int(frame_id))
        print("written %d" % writer.frame_seq if fits else "refused", flush=True)
    writer.close()


if __name__ == "__main__":
    main()
