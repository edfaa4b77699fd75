#!/usr/bin/env python3
"""Writes the seeds of the corpus: short streams of client frames, right and wrong."""

import pathlib
import struct

MASK = bytes.fromhex("a53c007e")


def frame(first, payload, mask=MASK):
    length = len(payload)
    size = bytes([0x80 | length]) if length < 126 else bytes([0x80 | 126]) + struct.pack(">H", length)
    return bytes([first]) + size + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


TEXT = "Hello-µ@κόσμε-水-🚀".encode()
STREAMS = [
    frame(0x81, TEXT) + frame(0x82, bytes(200)),
    frame(0x89, b"ping") + frame(0x8A, b"") + frame(0x89, bytes(125)),
    frame(0x01, TEXT[:9]) + frame(0x89, b"x") + frame(0x00, TEXT[9:14]) + frame(0x80, TEXT[14:]),
    frame(0x88, struct.pack(">H", 1000) + TEXT) + frame(0x89, b"late"),
    frame(0x88, b"") + b"\xff",
    frame(0x88, struct.pack(">H", 1005)),
    frame(0x88, b"\x03"),
    frame(0x88, struct.pack(">H", 4999) + b"\xed\xa0\x80"),
    frame(0x81, b"\xf0\x9f\x9a\x80\xf4\x8f\xbf\xbf\xed\x9f\xbf\xe0\xa0\x80"),
    frame(0x81, b"\xf4\x90\x80\x80"),
    frame(0x81, TEXT[:9]),
    frame(0x02, b"") + frame(0x00, b"") + frame(0x80, b""),
    frame(0x80, b"no start"),
    frame(0x01, b"a") + frame(0x81, b"b"),
    bytes.fromhex("82ff0000000000010001") + MASK,
    bytes.fromhex("82ff8000000000000000") + MASK,
    bytes.fromhex("82fe007d") + MASK,
    frame(0xC1, b"rsv"),
    frame(0x83, b"reserved"),
    frame(0x09, b"fragmented"),
    bytes.fromhex("8902616200"),
]

folder = pathlib.Path(__file__).parent / "corpus"
folder.mkdir(exist_ok=True)
for number, stream in enumerate(STREAMS):
    (folder / ("seed-%02d" % number)).write_bytes(bytes([2, 3]) + stream)
