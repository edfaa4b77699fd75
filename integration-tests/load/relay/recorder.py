#!/usr/bin/python3
"""Viewers that speak sdr.2, one at each of some servers, in one process.

    recorder.py NAME=HOST:PORT...

Obeys lines on its standard input, and ends with it: "join NAME..." (all of them at once), "leave NAME...". Prints
"joins NAME TIME" as it begins to connect, and for each frame a line: NAME, received, commit, frame_seq, bytes, keyframe
(0 or 1), CRC-32 of frame header and payload; times by CLOCK_MONOTONIC in ns.
"""
import base64
import os
import pathlib
import select
import socket
import struct
import sys
import time
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "links"))
import viewer  # noqa: E402

FLUSH_NANOS = 100_000_000
FRAME_HEADER_OFFSET = 1  # behind the message's type


class Recorder(viewer.Viewer):
    """A connection to one server, from its handshake on."""

    def __init__(self, name, address):
        print(f"joins {name} {time.monotonic_ns()}")
        host, port = address.rsplit(":", 1)
        super().__init__(socket.create_connection((host, int(port)), timeout=10), None)
        self.name = name
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        key = base64.b64encode(os.urandom(16)).decode()
        self.connection.sendall((f"GET /stream/ws HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                 f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: sdr.2\r\n"
                                 "\r\n").encode())
        self.connected = False

    def message(self):
        if not self.connected:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return None
            if b" 101 " not in self.buffer.split(b"\r\n")[0]:
                raise SystemExit(f"{self.name}: {self.buffer[:end].decode(errors='replace')}")
            del self.buffer[:end + 4]
            self.connected = True
        return super().message()

    def handle(self, opcode, payload, now):
        if opcode != viewer.BINARY or payload[0] != viewer.VIDEO:
            super().handle(opcode, payload, now)
            return
        frame_seq, _, flags = struct.unpack_from("<QIH", payload, FRAME_HEADER_OFFSET + 8)
        commit = self.times[1]
        print(self.name, now, commit, frame_seq, len(payload), flags & viewer.KEYFRAME, zlib.crc32(payload[FRAME_HEADER_OFFSET:]))
        self.newest = (frame_seq, now)
        self.received += 1
        if self.grown(now, now - commit):
            self.feedback()


def obey(line, addresses, watching):
    word, *names = line.split()
    for name in names:
        if word == "join":
            watching[name] = Recorder(name, addresses[name])
        elif name in watching:
            watching.pop(name).connection.close()


def main():
    addresses = dict(word.split("=", 1) for word in sys.argv[1:])
    watching = {}
    stdin = sys.stdin.fileno()
    commands = b""
    feedback = flush = time.monotonic_ns()
    while True:
        now = time.monotonic_ns()
        if now >= feedback:
            feedback = now + viewer.FEEDBACK_NANOS
            for each in watching.values():
                if each.newest[1]:
                    each.feedback()
        if now >= flush:
            flush = now + FLUSH_NANOS
            sys.stdout.flush()
        connections = {each.connection.fileno(): each for each in watching.values()}
        ready = select.select([stdin, *connections], [], [], (min(feedback, flush) - now) / 1e9)[0]
        for one in ready:
            if one == stdin:
                text = os.read(stdin, 4096)
                if not text:
                    return
                *lines, commands = (commands + text).split(b"\n")
                for line in lines:
                    obey(line.decode(), addresses, watching)
            elif connections[one] in watching.values():  # it may have been left just now
                connections[one].read()


if __name__ == "__main__":
    main()
