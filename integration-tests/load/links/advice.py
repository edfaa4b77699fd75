#!/usr/bin/python3
"""Prints what an encoder is told over NATS as it comes: when, by CLOCK_MONOTONIC in ns, and bit/s, None for no limit, or
"keyframe" if one is asked for.

    advice.py nats://HOST:PORT
"""
import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "docs/examples"))
import gst_producer  # noqa: E402

RATE, KEYFRAMES = "control.video_rate", "control.request_idr"


def told(payload):
    print(time.monotonic_ns(), json.loads(payload)["target_bps"], flush=True)


def requested(_payload):
    print(time.monotonic_ns(), "keyframe", flush=True)


if __name__ == "__main__":
    listener = gst_producer.Nats(sys.argv[1], {RATE: told, KEYFRAMES: requested})
    listener.start()
    listener.join()
