#!/usr/bin/env python3
"""An encoder as far as the server can tell: a process of its own that writes pictures into a region at its pace, hears
keyframe requests from NATS, and answers with an IDR picture.

ffmpeg cannot be told to insert one while it encodes, so the stream was encoded before, with one IDR picture at its
start and none after it. A request makes the next picture that IDR: the content jumps to its beginning, the decoder is
given what a real encoder would give it. Every picture carries its own number in frame_id.

Lines on standard output (each flushed):
    region ready PATH BYTES
    listening on SUBJECT
    answered PAYLOAD
"""

import argparse
import json
import socket
import sys
import threading
import time

import contract_writer


class Requests(threading.Thread):
    """A NATS subscription that comes back when it was lost."""

    def __init__(self, port, subject):
        super().__init__(daemon=True)
        self._port = port
        self._subject = subject
        self._pending = []
        self._lock = threading.Lock()

    def take(self):
        with self._lock:
            pending, self._pending = self._pending, []
        return pending

    def run(self):
        while True:
            try:
                self._listen()
            except OSError:
                pass
            time.sleep(0.1)

    def _listen(self):
        with socket.create_connection(("127.0.0.1", self._port)) as connection:
            lines = connection.makefile("rb")
            connection.sendall(b'CONNECT {"verbose":false,"name":"encoder"}\r\nSUB %s 1\r\nPING\r\n'
                               % self._subject.encode("utf-8"))
            for line in lines:
                if line.startswith(b"PING"):
                    connection.sendall(b"PONG\r\n")
                elif line.startswith(b"PONG"):
                    contract_writer.say("listening on " + self._subject)
                elif line.startswith(b"MSG "):
                    payload = lines.read(int(line.split()[-1]) + 2)[:-2]
                    json.loads(payload)  # whatever is not JSON ends this process with a trace
                    with self._lock:
                        self._pending.append(payload.decode("utf-8"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clip", help="Annex-B H.264 file with one IDR picture, its first")
    parser.add_argument("region")
    parser.add_argument("--port", type=int, required=True, help="of NATS on the loopback interface")
    parser.add_argument("--subject", default="control.request_idr")
    parser.add_argument("--size", type=int, default=4 * 1024 * 1024)
    parser.add_argument("--fps", type=float, default=30.0)
    chosen = parser.parse_args()

    with open(chosen.clip, "rb") as clip:
        pictures = list(contract_writer.access_units(clip.read()))
    if [keyframe for _, keyframe in pictures] != [True] + [False] * (len(pictures) - 1):
        sys.exit("the clip must have one IDR picture, its first")
    region = contract_writer.Region(chosen.region, chosen.size)
    contract_writer.say("region ready %s %d" % (chosen.region, chosen.size))
    requests = Requests(chosen.port, chosen.subject)
    requests.start()

    due = time.monotonic()
    at = 0
    written = 0
    while True:
        time.sleep(max(0.0, due - time.monotonic()))
        due = time.monotonic() + 1 / chosen.fps
        answered = requests.take()
        if answered:
            at = 0
        payload, keyframe = pictures[at]
        at = (at + 1) % len(pictures)
        written += 1
        region.write(written, written, payload, contract_writer.FLAG_KEYFRAME if keyframe else 0,
                     contract_writer.signed_crc(payload))
        for request in answered:
            contract_writer.say("answered " + request)


if __name__ == "__main__":
    main()
