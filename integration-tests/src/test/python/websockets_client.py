#!/usr/bin/env python3
"""A client of the stream that is made with the websockets package (10 or newer; it offers compression by itself).

Arguments: URL, number of frames. Takes so many video messages, checks each, sends messages and a ping between them, then
closes with 4321; with "stay" as a third argument it waits to be closed instead. Lines on standard output:
    connected EXTENSIONS
    frame FRAME_SEQ SIZE CRC32-OF-WHOLE-MESSAGE
    pong
    closed CODE
Any exception ends it with exit code 1.
"""

import asyncio
import struct
import sys
import zlib

import websockets

VIDEO = 0x01
FRAME_HEADER = struct.Struct("<QQIHHiI")
SECONDS = 30


def say(*words):
    print(*words, flush=True)


def frame(message):
    if not isinstance(message, bytes) or message[0] != VIDEO:
        raise ValueError("not a video message: %r" % message[:40])
    _, frame_seq, size, _, _, crc, _ = FRAME_HEADER.unpack_from(message, 1)
    payload = message[1 + FRAME_HEADER.size:]
    if len(payload) != size or zlib.crc32(payload) != crc & 0xFFFFFFFF:
        raise ValueError("frame %d is damaged" % frame_seq)
    say("frame", frame_seq, size, zlib.crc32(message[1:]))


async def take(websocket, frames):
    for number in range(frames):
        frame(await asyncio.wait_for(websocket.recv(), SECONDS))
        if number == 0:
            await websocket.send("text that nobody asked for: κόσμε")
            await websocket.send(bytes(65536))
            await websocket.send(["in ", "three ", "fragments"])
            await asyncio.wait_for(await websocket.ping(bytes(range(125))), SECONDS)
            say("pong")


async def main(url, frames, stay):
    async with websockets.connect(url, max_size=None, open_timeout=SECONDS, close_timeout=SECONDS) as websocket:
        # Newer versions keep the extensions in an object of their own.
        say("connected", getattr(websocket, "protocol", websocket).extensions)
        await take(websocket, frames)
        if stay:
            await asyncio.wait_for(websocket.wait_closed(), SECONDS)
        else:
            await websocket.close(4321, "enough seen")
        say("closed", websocket.close_code)


asyncio.run(main(sys.argv[1], int(sys.argv[2]), "stay" in sys.argv[3:]))
