#!/usr/bin/python3
"""Telemetry of one message after another over NATS, on one machine with one clock.

    probe.py publish SUBJECT PER_SECOND HOST:PORT [USER PASSWORD]
    probe.py subscribe SUBJECT HOST:PORT [USER PASSWORD]

Messages hold when they were sent; the subscriber prints for each when that was and when it came, by CLOCK_MONOTONIC in
ns. Both run until they are ended.
"""
import json
import socket
import sys
import time

PAYLOAD_BYTES = 200


def connect(address, *login):
    host, port = address.rsplit(":", 1)
    connection = socket.create_connection((host, int(port)))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    words = json.dumps({"verbose": False, "pedantic": False, "lang": "python", "version": "0", "name": "probe",
                        **dict(zip(("user", "pass"), login))})
    connection.sendall(f"CONNECT {words}\r\n".encode())
    return connection


def publish(subject, per_second, *server):
    connection = connect(*server)
    connection.setblocking(False)
    due = time.monotonic()
    while True:
        time.sleep(max(0, due - time.monotonic()))
        due += 1 / float(per_second)
        try:
            if b"PING" in connection.recv(1 << 16):
                connection.sendall(b"PONG\r\n")
        except BlockingIOError:
            pass
        payload = str(time.monotonic_ns()).ljust(PAYLOAD_BYTES).encode()
        connection.sendall(b"PUB %s %d\r\n%s\r\n" % (subject.encode(), len(payload), payload))


def subscribe(subject, *server):
    connection = connect(*server)
    connection.sendall(f"SUB {subject} 1\r\nPING\r\n".encode())
    for line in connection.makefile("rb"):
        if line.startswith(b"PING"):
            connection.sendall(b"PONG\r\n")
        elif line.startswith(b"PONG"):
            print("subscribed", flush=True)
        elif line.startswith(b"-ERR"):
            raise SystemExit(line.decode())
        elif line[:1].isdigit():
            print(int(line), time.monotonic_ns(), flush=True)


if __name__ == "__main__":
    {"publish": publish, "subscribe": subscribe}[sys.argv[1]](*sys.argv[2:])
