#!/usr/bin/python3
"""A viewer that speaks sdr.2 on the server's machine, so that both have the same clock: prints a line per frame.

    viewer.py HOST PORT SECONDS [--save FILE]

Lines, by CLOCK_MONOTONIC in ns: received, capture (0 = unknown), commit, frame_seq, bytes, keyframe (0 or 1).
"""
import argparse
import base64
import os
import select
import socket
import struct
import time

VIDEO, FRAME_TIME, FEEDBACK = 1, 5, 7
KEYFRAME = 1
HEAD_BYTES = 33  # of a frame's message, before the picture
CLOSE, PING, PONG, BINARY = 8, 9, 10, 2
FEEDBACK_NANOS = 200_000_000
GROWN_NANOS = 50_000_000
MINIMUM_KEPT_NANOS = 30_000_000_000
PLAYING, WAITING_FOR_KEYFRAME = 0, 3


class Viewer:
    def __init__(self, connection, saved):
        self.connection = connection
        self.saved = saved
        self.buffer = bytearray()
        self.times = (0, 0)
        self.newest = (0, 0)  # frame_seq, received
        self.received = 0  # since the last feedback
        self.minima = []  # (time, delay), the least of what is left of each

    def send(self, opcode, payload):
        mask = os.urandom(4)
        head = struct.pack("!BB", 0x80 | opcode, 0x80 | len(payload)) + mask  # nothing it sends is longer than 125 bytes
        self.connection.sendall(head + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload)))

    def read(self):
        data = self.connection.recv(1 << 20)
        if not data:
            raise SystemExit("the server has closed the connection")
        self.buffer += data
        now = time.monotonic_ns()
        while True:
            message = self.message()
            if message is None:
                return
            self.handle(*message, now)

    def message(self):
        """The next one that is complete; the server does not fragment."""
        if len(self.buffer) < 2:
            return None
        length, start = self.buffer[1] & 127, 2
        if length >= 126:
            start = 4 if length == 126 else 10
            if len(self.buffer) < start:
                return None
            length = int.from_bytes(self.buffer[2:start], "big")
        if len(self.buffer) < start + length:
            return None
        opcode, payload = self.buffer[0] & 15, bytes(self.buffer[start:start + length])
        del self.buffer[:start + length]
        return opcode, payload

    def handle(self, opcode, payload, now):
        if opcode == PING:
            self.send(PONG, payload)
        elif opcode == CLOSE:
            raise SystemExit(f"the server closes: {payload[2:].decode()}")
        elif payload[0] == FRAME_TIME:
            self.times = struct.unpack_from("<QQ", payload, 16)
        elif payload[0] == VIDEO:
            frame_seq, _, flags = struct.unpack_from("<QIH", payload, 9)
            capture, commit = self.times
            print(now, capture, commit, frame_seq, len(payload), flags & KEYFRAME)
            if self.saved:
                self.saved.write(payload[HEAD_BYTES:])
            self.newest = (frame_seq, now)
            self.received += 1
            if self.grown(now, now - commit):
                self.feedback()

    def grown(self, now, delay):
        self.minima = [(at, value) for at, value in self.minima if at > now - MINIMUM_KEPT_NANOS and value < delay] + [(now, delay)]
        return delay - self.minima[0][1] > GROWN_NANOS

    def feedback(self):
        frame_seq, at = self.newest
        self.send(BINARY, struct.pack("<BBBBIQQQQIII", FEEDBACK, PLAYING, 0, 0, 0, frame_seq, at, frame_seq, at,
                                      self.received, self.received, 0))
        self.received = 0


def main():
    parser = argparse.ArgumentParser(description="A viewer that prints when frames come.")
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--save", type=argparse.FileType("wb"), metavar="FILE", help="write the pictures' bytes to it")
    options = parser.parse_args()
    connection = socket.create_connection((options.host, options.port), timeout=10)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    key = base64.b64encode(os.urandom(16)).decode()
    connection.sendall((f"GET /stream/ws HTTP/1.1\r\nHost: {options.host}:{options.port}\r\nUpgrade: websocket\r\n"
                        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
                        f"Sec-WebSocket-Protocol: sdr.2\r\n\r\n").encode())
    head = b""
    while b"\r\n\r\n" not in head:
        head += connection.recv(1)  # and nothing of the stream that follows
    if b" 101 " not in head.split(b"\r\n")[0] or b"sdr.2" not in head:
        raise SystemExit(head.decode())
    viewer = Viewer(connection, options.save)
    end = time.monotonic_ns() + int(options.seconds * 1e9)
    due = time.monotonic_ns() + FEEDBACK_NANOS
    while (now := time.monotonic_ns()) < end:
        if now >= due:
            due += FEEDBACK_NANOS
            if viewer.newest[1]:
                viewer.feedback()
        if select.select([connection], [], [], max(0, due - now) / 1e9)[0]:
            viewer.read()


if __name__ == "__main__":
    main()
