#!/usr/bin/python3
"""An emulated network path between two network namespaces, for kernels without netem.

    link.py FROM TO --rate 4000 --delay 15 --queue 64

FROM and TO are files by which a namespace can be entered: /proc/PID/ns/net, or what `ip netns add` makes in /run/netns.
Makes a tun device in each (10.88.0.1 in FROM, 10.88.0.2 in TO) and passes packets between the two: both ways with the
same delay, jitter and loss; only packets from FROM to TO have a rate and a router's queue. Needs root, iproute2 and
/dev/net/tun. Prints "up" when it works, then obeys lines on its standard input: "rate KBIT" (0 = nothing passes). Ends
with the input's end.
"""
import argparse
import ctypes
import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import sys
import time

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 1, 0x1000
LARGEST_PACKET = 2048
LONGEST_WAIT_SECONDS = 0.05


def open_tun(namespace, device, own, other, congestion):
    """A device in that namespace, as a file that can be used from this one."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open("/proc/self/ns/net") as here, open(namespace) as there:
        if libc.setns(there.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"setns {namespace}")
        try:
            tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH14x", device.encode(), IFF_TUN | IFF_NO_PI))
            route = ["ip", "route", "add", f"{other}/32", "dev", device] + (["congctl", congestion] if congestion else [])
            for command in (["ip", "addr", "add", f"{own}/32", "dev", device],
                            ["ip", "link", "set", "dev", device, "mtu", "1500", "up"], ["ip", "link", "set", "lo", "up"], route):
                subprocess.run(command, check=True)
        finally:
            libc.setns(here.fileno(), CLONE_NEWNET)
    return tun


class Way:
    """Packets of one direction on their way."""

    def __init__(self, source, sink, options, shaped):
        self.source, self.sink, self.options = source, sink, options
        self.bps = options.rate * 1000 if shaped else None
        self.random = random.Random(options.seed + shaped)
        self.waiting = []
        self.count = 0
        self.losing = False
        self.free = self.last_due = 0.0

    def lost(self):
        """Two states: a bad spell loses all packets, and lasts for as many as the option says, on average."""
        loss, burst = self.options.loss / 100, self.options.burst
        if not loss:
            return False
        self.losing = self.random.random() >= 1 / burst if self.losing else self.random.random() < loss / burst / (1 - loss)
        return self.losing

    def take(self, now):
        while True:
            try:
                packet = os.read(self.source, LARGEST_PACKET)
            except BlockingIOError:
                return
            if self.lost() or self.bps == 0:
                continue
            start = max(self.free, now)
            if self.bps:
                if (start - now) * self.bps / 8 + len(packet) > self.options.queue * 1024:
                    continue
                self.free = start + len(packet) * 8 / self.bps
            due = max(self.free, now) + self.options.delay / 1000 + self.random.random() * self.options.jitter / 1000
            self.last_due = max(self.last_due, due)
            self.count += 1
            heapq.heappush(self.waiting, (self.last_due, self.count, packet))

    def pass_on(self, now):
        while self.waiting and self.waiting[0][0] <= now:
            try:
                os.write(self.sink, heapq.heappop(self.waiting)[2])
            except BlockingIOError:
                pass  # a full device loses packets, as a real one does


def obey(ways, text):
    for line in text.splitlines():
        word, _, value = line.partition(" ")
        if word == "rate":
            ways[0].bps = float(value) * 1000


def main():
    parser = argparse.ArgumentParser(description="An emulated network path between two network namespaces.")
    parser.add_argument("first", metavar="FROM")
    parser.add_argument("second", metavar="TO")
    parser.add_argument("--device", default="link", help="their name (%(default)s)")
    parser.add_argument("--net", default="10.88.0", help="the first three numbers of their addresses (%(default)s)")
    parser.add_argument("--rate", type=float, default=100_000, help="kbit/s (%(default)s)")
    parser.add_argument("--delay", type=float, default=0, help="ms, one way (%(default)s)")
    parser.add_argument("--jitter", type=float, default=0, help="ms on top, packets keep their order (%(default)s)")
    parser.add_argument("--loss", type=float, default=0, help="percent (%(default)s)")
    parser.add_argument("--burst", type=float, default=1, help="packets lost in a row, on average (%(default)s)")
    parser.add_argument("--queue", type=float, default=256, help="KiB that wait for the rate (%(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--congestion", default="", help="the TCP congestion control of FROM (the kernel's own)")
    options = parser.parse_args()
    near, far = f"{options.net}.1", f"{options.net}.2"
    first = open_tun(options.first, options.device, near, far, options.congestion)
    second = open_tun(options.second, options.device, far, near, "")
    ways = (Way(first, second, options, True), Way(second, first, options, False))
    print("up", flush=True)
    stdin = sys.stdin.fileno()
    while True:
        now = time.monotonic()
        due = min((way.waiting[0][0] for way in ways if way.waiting), default=now + LONGEST_WAIT_SECONDS)
        ready = select.select([first, second, stdin], [], [], max(0, min(due - now, LONGEST_WAIT_SECONDS)))[0]
        if stdin in ready:
            text = os.read(stdin, 4096).decode()
            if not text:
                return
            obey(ways, text)
        now = time.monotonic()
        for way in ways:
            way.take(now)
            way.pass_on(now)


if __name__ == "__main__":
    main()
