#!/usr/bin/env python3
"""Writes the seeds of the corpus: streams made of the NAL units that encoders send, in the form PayloadFuzzer reads."""
import pathlib
import struct

CORPUS = pathlib.Path(__file__).parent / "corpus"
SPS = bytes.fromhex("6742c00ad91e84000003000400000300c83c489920")
BARE_SPS = bytes.fromhex("6742c00bdb0b1390")
RICH_SPS = bytes.fromhex("67f4000d919681508784210c0440000003004000000c83c50aa8")
PPS = bytes.fromhex("68cb83cb20")
IDR = bytes.fromhex("6588840a1122")
LATER_IDR = bytes.fromhex("65448840a112")
DELTA = bytes.fromhex("419a2233")
B_PICTURE = bytes.fromhex("41aa2233")
DELIMITER = bytes.fromhex("09f0")
RECOVERY = bytes.fromhex("0606018480")
END = bytes.fromhex("0a")
VPS = bytes.fromhex("40010c01ffff016000000300900000030000031e")
HEVC_SPS = bytes.fromhex("42010101600000030090000003000003001ea0208105965654a4c2f0168080000003008000000c84")
HEVC_PPS = bytes.fromhex("4401c172b46240")
HEVC_IDR = bytes.fromhex("2601af1d8055")
CRA = bytes.fromhex("2a01af1d8055")
HEVC_DELTA = bytes.fromhex("0201d01d8055")
HEVC_DELIMITER = bytes.fromhex("460150")


def annex_b(*units, code=b"\0\0\0\1"):
    return b"".join(code + unit for unit in units)


def prefixed(*units):
    return b"".join(struct.pack(">I", len(unit)) + unit for unit in units)


def stream(options, *payloads):
    return bytes([options]) + b"".join(struct.pack("<BH", flag, len(data)) + data for flag, data in payloads)


H264, HEVC, PASS = 0, 1, 2
SEEDS = [
    stream(H264, (1, annex_b(DELIMITER, SPS, PPS, IDR)), (0, annex_b(DELIMITER, DELTA)), (1, annex_b(DELIMITER, IDR))),
    stream(H264, (1, annex_b(SPS, PPS)), (1, annex_b(IDR)), (1, annex_b(SPS, IDR)), (1, annex_b(PPS, IDR))),
    stream(H264, (1, annex_b(SPS, PPS, IDR, code=b"\0\0\1")), (0, annex_b(IDR, LATER_IDR, code=b"\0\0\1"))),
    stream(H264, (1, prefixed(SPS, PPS, IDR)), (0, prefixed(DELTA)), (0, prefixed(DELTA + bytes(300)))),
    stream(H264, (0, annex_b(DELIMITER)), (0, annex_b(RECOVERY, DELTA)), (0, annex_b(LATER_IDR)), (0, annex_b(END))),
    stream(H264, (1, annex_b(BARE_SPS, PPS, IDR)), (0, annex_b(B_PICTURE)), (0, annex_b(DELTA, DELTA))),
    stream(H264, (1, annex_b(RICH_SPS, PPS, IDR)), (1, annex_b(IDR)), (1, bytes(200)), (1, b"\xff" * 50)),
    stream(H264, (1, annex_b(SPS, PPS, IDR)), (1, annex_b(BARE_SPS)), (1, annex_b(IDR)), (1, annex_b(PPS)), (1, annex_b(IDR))),
    stream(PASS, (1, annex_b(SPS, PPS, IDR)), (1, annex_b(IDR))),
    stream(HEVC, (1, annex_b(HEVC_DELIMITER, VPS, HEVC_SPS, HEVC_PPS, HEVC_IDR)), (0, annex_b(HEVC_DELTA)), (1, annex_b(CRA))),
    stream(HEVC, (1, annex_b(VPS)), (1, annex_b(HEVC_SPS)), (1, annex_b(HEVC_PPS)), (1, annex_b(HEVC_IDR))),
    stream(HEVC, (1, prefixed(VPS, HEVC_SPS, HEVC_PPS, HEVC_IDR)), (0, prefixed(HEVC_DELTA + bytes(260)))),
]

for number, seed in enumerate(SEEDS):
    (CORPUS / f"seed-{number:02}").write_bytes(seed)
