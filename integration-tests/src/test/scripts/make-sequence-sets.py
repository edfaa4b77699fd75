#!/usr/bin/env python3
"""Makes server-app/src/test/resources/io/sdros/server/bitstream/sequence-sets.tsv: SPS of many kinds, encoded by ffmpeg
with x264 and x265, and what ffprobe says of each. Needs both programs. Argument: the file to write.

A line: name, codec, SPS in hex with its header, then what ffprobe says: width, height, profile, level, pixel format, shape
of a pixel ("-" for none), pictures held for their order, and "frames" or "fields".
"""
import json
import os
import subprocess
import sys
import tempfile

X264 = "aud=1:repeat-headers=1:log-level=error:threads=1"
X265 = "log-level=error:pools=1:frame-threads=1:repeat-headers=1"


def h264(name, size="640x360", pixels="yuv420p", options="", flags=(), sar="1"):
    return name, "h264", size, pixels, "libx264", "-x264-params", X264 + (":" + options if options else ""), flags, sar


def hevc(name, size="640x360", pixels="yuv420p", options="", flags=(), sar="1"):
    return name, "hevc", size, pixels, "libx265", "-x265-params", X265 + (":" + options if options else ""), flags, sar


CASES = (
    [h264(f"h264 {s}", s) for s in ("16x16", "98x66", "176x144", "322x242", "642x362", "854x480", "1280x720", "1366x768",
                                    "1920x1080", "2048x1536", "4096x64")]
    + [h264(f"h264 {p} {s}", s, p) for p, s in (
        ("yuv422p", "322x241"), ("yuv422p", "1920x1080"), ("yuv422p10le", "322x243"), ("yuv444p", "321x241"),
        ("yuv444p", "1919x1079"), ("yuv444p10le", "323x245"), ("yuv420p10le", "642x362"),
        ("gray", "322x242"), ("gray10le", "320x240"))]
    + [h264(f"h264 {p}", "352x288", flags=("-profile:v", p)) for p in ("baseline", "main", "high")]
    + [h264(f"h264 level {n}", "176x144", flags=("-level", n)) for n in ("1.0", "1b", "3.1", "5.2", "6.2")]
    + [h264(f"h264 SAR {s}", "720x576", sar=s) for s in ("0", "12/11", "64/33", "4/3", "2/1", "123/119")]
    + [h264(f"h264 {o}", "720x576", options=o) for o in (
        "tff=1", "bff=1", "fake-interlaced=1", "bframes=0", "bframes=1", "bframes=3:b-pyramid=normal", "cqm=jvt",
        "ref=16:bframes=0", "open-gop=1", "overscan=show", "fullrange=on:colorprim=bt709:transfer=bt709:colormatrix=bt709",
        "chromaloc=2", "nal-hrd=vbr:vbv-maxrate=1000:vbv-bufsize=1000", "nal-hrd=cbr:vbv-maxrate=1000:vbv-bufsize=1000:"
        "bitrate=1000", "pic-struct=1", "intra-refresh=1:bframes=0", "keyint=1")]
    + [h264("h264 interlaced 1080", "1920x1080", options="tff=1")]
    + [h264("h264 interlaced 4:2:2 1080", "1920x1080", "yuv422p10le", options="tff=1")]
    + [h264(f"h264 without VUI {s} {p}", s, options="bframes=0" if p == "baseline" else "", flags=("-profile:v", p))
       for s, p in (("642x362", "baseline"), ("1920x1080", "main"), ("176x144", "baseline"))]
    + [hevc(f"hevc {s}", s) for s in ("64x64", "322x242", "416x240", "642x362", "1280x720", "1920x1080")]
    + [hevc(f"hevc {p} {s}", s, p) for p, s in (
        ("yuv422p", "322x241"), ("yuv422p10le", "642x362"), ("yuv444p", "321x241"), ("yuv444p12le", "324x246"),
        ("yuv420p10le", "642x362"), ("yuv420p12le", "320x240"), ("gray", "322x242"))]
    + [hevc(f"hevc SAR {s}", "720x576", sar=s) for s in ("0", "12/11", "123/119")]
    + [hevc(f"hevc {o}", "416x240", options=o) for o in (
        "bframes=0", "bframes=4:b-pyramid=1", "temporal-layers=2", "scaling-list=default", "interlace=tff", "ctu=16",
        "keyint=1", "range=full:colorprim=bt709:transfer=bt709:colormatrix=bt709", "overscan=show", "chromaloc=2",
        "hrd=1:vbv-maxrate=1000:vbv-bufsize=1000:bitrate=900", "level-idc=5.1", "ref=5", "lossless=1", "open-gop=1")]
)


def nal_units(data):
    for part in data.split(b"\0\0\1")[1:]:
        yield part.rstrip(b"\0")


def plain(nal):
    """Without emulation prevention."""
    out = bytearray()
    zeros = 0
    for byte in nal:
        if zeros >= 2 and byte == 3:
            zeros = 0
            continue
        zeros = zeros + 1 if byte == 0 else 0
        out.append(byte)
    return out


def without_vui(sps):
    """Of a Baseline or Main SPS with a picture order count of type 0 or 2."""
    bits = "".join(f"{byte:08b}" for byte in plain(sps[1:]))
    at = 24

    def code():
        nonlocal at
        zeros = bits.index("1", at) - at
        value = int(bits[at + zeros:at + 2 * zeros + 1], 2) - 1
        at += 2 * zeros + 1
        return value

    code(), code()
    kind = code()
    assert kind in (0, 2), kind
    if kind == 0:
        code()
    code()
    at += 1
    code(), code()
    assert bits[at] == "1"
    at += 2
    at += 1
    if bits[at - 1] == "1":
        for _ in range(4):
            code()
    cut = bits[:at] + "0" + "1"
    cut += "0" * (-len(cut) % 8)
    content = bytes(int(cut[i:i + 8], 2) for i in range(0, len(cut), 8))
    assert b"\0\0" not in content
    return sps[:1] + content


def encode(case, path):
    name, codec, size, pixels, encoder, option, parameters, flags, sar = case
    subprocess.run(["ffmpeg", "-y", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25", "-frames:v", "8",
                    "-vf", f"format=yuv444p,scale={size.replace('x', ':')},setsar={sar}", "-pix_fmt", pixels,
                    "-c:v", encoder, "-preset", "fast" if ":" in parameters[len(X264):] or flags else "ultrafast",
                    option, parameters, *flags, "-f", codec, path], check=True)


def described(case, folder):
    name, codec = case[:2]
    path = os.path.join(folder, "clip")
    encode(case, path)
    with open(path, "rb") as file:
        data = file.read()
    sps = next(nal for nal in nal_units(data)
               if (nal[0] & 31 == 7 if codec == "h264" else nal[0] >> 1 == 33))
    if "without VUI" in name:
        bare = without_vui(sps)
        data = data.replace(sps, bare)
        sps = bare
        with open(path, "wb") as file:
            file.write(data)
    probe = json.loads(subprocess.run(
        ["ffprobe", "-v", "error", "-f", codec, "-of", "json", "-show_streams", path],
        check=True, capture_output=True).stdout)["streams"][0]
    fields = "fields" if probe.get("field_order", "progressive") not in ("progressive", "unknown") else "frames"
    return "\t".join(str(value) for value in (
        name, codec, sps.hex(), probe["width"], probe["height"], probe["profile"], probe["level"], probe["pix_fmt"],
        probe.get("sample_aspect_ratio", "-"), probe["has_b_frames"], fields))


def main():
    with tempfile.TemporaryDirectory() as folder, open(sys.argv[1], "w") as file:
        for case in CASES:
            print(described(case, folder), file=file, flush=True)
    print(len(CASES), "SPS")


main()
