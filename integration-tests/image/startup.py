#!/usr/bin/env python3
"""Start-up time and memory of the server: from the start of its process to the first 200 of /health.

    startup.py RUNS -- COMMAND ...

COMMAND is started RUNS times with an ephemeral port of 127.0.0.1 in SDR_LISTEN_ADDR and nothing to read or to connect to.
The process must replace itself by the JVM (exec), or its memory is not what is printed. Prints medians and the range.
"""
import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
import time

DEADLINE_S = 30
SETTLE_S = 1.0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def healthy(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def memory_mib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        fields = dict(re.findall(r"^(Rss\w+|VmRSS|VmHWM):\s+(\d+) kB", status.read(), re.MULTILINE))
    return int(fields["VmRSS"]) / 1024, int(fields["RssAnon"]) / 1024


def one_run(command):
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SDR_")}
    environment.update(SDR_LISTEN_ADDR=f"127.0.0.1:{port}", SDR_NATS_URL="none", SDR_SHM_PATH="/dev/shm/no-such-folder/frames")
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not healthy(port):
            if process.poll() is not None or time.perf_counter() - started > DEADLINE_S:
                sys.exit(f"not healthy: {command}")
            time.sleep(0.002)
        millis = (time.perf_counter() - started) * 1000
        time.sleep(SETTLE_S)
        resident, anonymous = memory_mib(process.pid)
        process.terminate()
        code = process.wait(DEADLINE_S)
        if code != 0:
            sys.exit(f"exit code {code} after SIGTERM: {command}")
        return millis, resident, anonymous
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def main():
    runs, command = int(sys.argv[1]), sys.argv[sys.argv.index("--") + 1:]
    millis, resident, anonymous = zip(*(one_run(command) for _ in range(runs)))
    print(f"first /health {statistics.median(millis):.0f} ms ({min(millis):.0f} to {max(millis):.0f}, {runs} runs), "
          f"RSS {statistics.median(resident):.0f} MiB, of it anonymous {statistics.median(anonymous):.0f} MiB, "
          f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
