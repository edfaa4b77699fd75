#!/usr/bin/env python3
"""Records the video of a WebSocket: an RFC 6455 client of sockets and struct, sharing no code with the server.

Writes the payloads of the video messages, one after the other, to --out, and one line per message to --csv:
    frame_id,frame_seq,flags,codec,size,crc_ok

Lines on standard output (each flushed):
    connected
    recorded N frames: REASON
Exit code 0 when --frames were recorded, 1 when the stream ended or fell silent or the deadline came before, 2 when
the handshake was refused.
"""

import argparse
import base64
import hashlib
import os
import socket
import struct
import sys
import time
import urllib.parse
import zlib

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
VIDEO = 0x01
FRAME_HEADER = struct.Struct("<QQIHHiI")


class Ended(Exception):
    """The stream can give no more; the text says why."""


class WebSocket:
    def __init__(self, url, deadline, silence, headers):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme != "ws":
            sys.exit("only ws:// is spoken here: " + url)
        self._deadline = deadline
        self._silence = silence
        self._streaming = False
        port = parts.port or 80
        self._socket = socket.create_connection((parts.hostname, port), timeout=self._left())
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = bytearray()
        target = (parts.path or "/") + ("?" + parts.query if parts.query else "")
        self._handshake("%s:%d" % (parts.hostname, port), target, headers)

    def _left(self):
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise Ended("deadline")
        return left

    def _handshake(self, host, target, headers):
        key = base64.b64encode(os.urandom(16)).decode("ascii")
        lines = ["GET %s HTTP/1.1" % target, "Host: " + host, "Upgrade: websocket", "Connection: Upgrade",
                 "Sec-WebSocket-Key: " + key, "Sec-WebSocket-Version: 13"] + headers
        self._socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("ascii"))
        status, *fields = self._head().split("\r\n")
        if status.split(" ")[1] != "101":
            print("refused: " + status, flush=True)
            sys.exit(2)
        answer = {}
        for field in fields:
            name, _, value = field.partition(":")
            answer[name.strip().lower()] = value.strip()
        expected = base64.b64encode(hashlib.sha1((key + GUID).encode("ascii")).digest()).decode("ascii")
        if answer.get("sec-websocket-accept") != expected:
            sys.exit("wrong Sec-WebSocket-Accept: %s" % answer.get("sec-websocket-accept"))
        if answer.get("upgrade", "").lower() != "websocket" or "upgrade" not in answer.get("connection", "").lower():
            sys.exit("the 101 answer does not switch to websocket: %s" % answer)
        if "sec-websocket-extensions" in answer:
            sys.exit("an extension nobody asked for: " + answer["sec-websocket-extensions"])

    def _head(self):
        while b"\r\n\r\n" not in self._buffer:
            self._receive()
        end = self._buffer.index(b"\r\n\r\n")
        head = bytes(self._buffer[:end]).decode("latin-1")
        del self._buffer[:end + 4]
        return head

    def _receive(self):
        left = self._left()
        self._socket.settimeout(min(left, self._silence) if self._streaming else left)
        try:
            data = self._socket.recv(1 << 18)
        except socket.timeout:
            raise Ended("silence" if self._left() > 0 else "deadline") from None
        if not data:
            raise Ended("the server cut the connection")
        self._buffer += data

    def _take(self, count):
        while len(self._buffer) < count:
            self._receive()
        data = bytes(self._buffer[:count])
        del self._buffer[:count]
        return data

    def _frame(self):
        first, second = self._take(2)
        if first & 0x70:
            raise Ended("protocol error: a reserved bit is set")
        if second & 0x80:
            raise Ended("protocol error: the server masked a frame")
        opcode, length = first & 0x0F, second & 0x7F
        if opcode >= CLOSE and (length > 125 or not first & 0x80):
            raise Ended("protocol error: a control frame is long or fragmented")
        if length == 126:
            length = struct.unpack(">H", self._take(2))[0]
            if length < 126:
                raise Ended("protocol error: 16-bit length for %d bytes" % length)
        elif length == 127:
            length = struct.unpack(">Q", self._take(8))[0]
            if length < 65536:
                raise Ended("protocol error: 64-bit length for %d bytes" % length)
        return bool(first & 0x80), opcode, self._take(length)

    def _send(self, opcode, payload):
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
        self._socket.sendall(bytes([0x80 | opcode, 0x80 | len(payload)]) + mask + masked)

    def message(self):
        """The next binary message. Answers pings and the closing handshake on the way."""
        parts, started = [], False
        while True:
            final, opcode, payload = self._frame()
            if opcode == PING:
                self._send(PONG, payload)
            elif opcode == CLOSE:
                self._send(CLOSE, payload[:2])
                code = struct.unpack(">H", payload[:2])[0] if len(payload) >= 2 else 1005
                raise Ended("closed by the server with %d" % code)
            elif opcode in (BINARY, CONTINUATION):
                if started != (opcode == CONTINUATION):
                    raise Ended("protocol error: fragments out of order")
                started = True
                parts.append(payload)
                if final:
                    self._streaming = True
                    return b"".join(parts)
            elif opcode != PONG:
                raise Ended("protocol error: unexpected opcode %d" % opcode)

    def close(self):
        try:
            self._send(CLOSE, struct.pack(">H", 1000))
        except OSError:
            pass
        self._socket.close()


def record(websocket, wanted, out, csv):
    frames = 0
    try:
        while frames < wanted:
            message = websocket.message()
            if not message or message[0] != VIDEO:
                continue
            frame_id, frame_seq, size, flags, codec, crc, _ = FRAME_HEADER.unpack_from(message, 1)
            payload = message[1 + FRAME_HEADER.size:]
            intact = len(payload) == size and zlib.crc32(payload) == crc & 0xFFFFFFFF
            out.write(payload)
            csv.write("%d,%d,%d,%d,%d,%d\n" % (frame_id, frame_seq, flags, codec, len(payload), intact))
            frames += 1
    except Ended as ended:
        return frames, str(ended)
    return frames, "complete"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("--out", required=True)
    parser.add_argument("--csv", required=True)
    parser.add_argument("--frames", type=int, required=True)
    parser.add_argument("--deadline", type=float, required=True, help="seconds from now")
    parser.add_argument("--silence", type=float, default=5.0, help="seconds without a byte that end the recording")
    parser.add_argument("--header", action="append", default=[], help="e.g. 'Origin: http://a'")
    chosen = parser.parse_args()

    deadline = time.monotonic() + chosen.deadline
    websocket = WebSocket(chosen.url, deadline, chosen.silence, chosen.header)
    print("connected", flush=True)
    with open(chosen.out, "wb") as out, open(chosen.csv, "w", encoding="ascii") as csv:
        csv.write("frame_id,frame_seq,flags,codec,size,crc_ok\n")
        frames, reason = record(websocket, chosen.frames, out, csv)
    websocket.close()
    print("recorded %d frames: %s" % (frames, reason), flush=True)
    sys.exit(0 if frames == chosen.frames else 1)


if __name__ == "__main__":
    main()
