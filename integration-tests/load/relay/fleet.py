"""A robot and a hub of three nats-server nodes in network namespaces of their own, with the files of docs/deploy/relay as
they are, and servers, producers and viewers in them. Both namespaces have one clock.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
DEPLOY = ROOT / "docs/deploy/relay"
LINK = HERE.parent / "links/link.py"
JAVA = os.path.join(os.environ["JAVA_HOME"], "bin/java") if os.environ.get("JAVA_HOME") else "java"
PYTHON = "/usr/bin/python3"  # the one that has the distribution's GStreamer
ROBOT, HUB = "robot", "hub"
ROBOT_ADDRESS, HUB_ADDRESS = "10.88.0.1", "10.88.0.2"
DEVICE = "link"
STREAM = "robot7.front"
NODES = ("n1", "n2", "n3")
PORT = 8080
FIRST_EDGE_PORT = 8101
FPS = 30
STARTING_TOGETHER = 2
DEADLINE_SECONDS = 60
# What many edges on one machine take instead of the shipped options.
SMALL_JVM = ("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
SMALL_EDGE = {"SDR_QUEUE_BYTES": "8388608", "SDR_GOP_CACHE_BYTES": "4194304"}


def wait_for(what, true, seconds=DEADLINE_SECONDS):
    """Polls until it holds; ends the program if it never does."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise SystemExit(f"missed: {what() if callable(what) else what}")
        time.sleep(0.02)


def client_port(node):
    return 4222 + NODES.index(node)


class Fleet:
    """What one measurement needs; everything ends with it."""

    def __init__(self, jar):
        self.jar = jar
        self.children = []
        self.named = {}
        self.holders = {}
        self.link = None
        self.edges = []
        self.video_url = "nats://video:local@127.0.0.1:4222"
        self.telemetry_login = ["127.0.0.1:4222"]
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sdr-relay-", dir="/dev/shm"))
        self.region = self.folder / "frames"

    def __enter__(self):
        return self

    def __exit__(self, *ended):
        for child in reversed(self.children):
            child.kill()
        for child in self.children:
            child.wait()
        shutil.rmtree(self.folder)

    def start(self, name, command, namespace=None, environment=None, **more):
        log = open(self.folder / f"{name}.log", "w")
        inside = self.inside(namespace, *command) if namespace else command
        child = subprocess.Popen([str(word) for word in inside], stderr=subprocess.STDOUT,
                                 **{"stdout": log, "env": {**os.environ, **(environment or {})}, **more})
        self.children.append(child)
        self.named[name] = child
        return child

    def hold(self, namespace):
        """Makes a network namespace, which has no name and ends with the process in it."""
        holder = self.start(f"{namespace}-namespace", ["unshare", "--net", "sleep", "infinity"])
        self.holders[namespace] = holder.pid
        own = os.readlink("/proc/self/ns/net")
        wait_for(f"a network namespace for {namespace}", lambda: os.readlink(self.path(namespace)) != own)

    def path(self, namespace):
        return f"/proc/{self.holders[namespace]}/ns/net"

    def inside(self, namespace, *command):
        """That command in there. No mount is needed for it, which a root directory that is none cannot have."""
        return ["nsenter", f"--net={self.path(namespace)}", *command]

    def ip(self, namespace, *words):
        subprocess.run(self.inside(namespace, "ip", *words), check=True)

    def text(self, name):
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def await_line(self, name, word):
        wait_for(lambda: f"{name}: {word}\n{self.text(name)[-2000:]}", lambda: word in self.text(name))

    def connect(self, options=None, congestion=""):
        """Makes the namespaces and the way between them: an emulated one, or, without options, a plain pair of devices."""
        for namespace in (ROBOT, HUB):
            self.hold(namespace)
            self.ip(namespace, "link", "set", "lo", "up")
        if options:
            words = [*options.split(), "--congestion", congestion] if congestion else options.split()
            self.link = self.start("link", [PYTHON, LINK, self.path(ROBOT), self.path(HUB), *words], stdin=subprocess.PIPE)
            self.await_line("link", "up\n")
            return
        self.ip(ROBOT, "link", "add", "name", DEVICE, "type", "veth", "peer", "name", DEVICE, "netns", str(self.holders[HUB]))
        for namespace, own in ((ROBOT, ROBOT_ADDRESS), (HUB, HUB_ADDRESS)):
            self.ip(namespace, "addr", "add", f"{own}/24", "dev", DEVICE)
            self.ip(namespace, "link", "set", "dev", DEVICE, "up")

    def rate(self, kbit):
        """Changes what the emulated way carries from the robot to the hub."""
        self.link.stdin.write(f"rate {kbit}\n".encode())
        self.link.stdin.flush()

    def sent_bytes(self):
        """All that has left the robot, with the heads of its packets."""
        counters = pathlib.Path(f"/proc/{self.holders[ROBOT]}/net/dev").read_text()
        return int(re.search(rf"^ *{DEVICE}:((?: +\d+){{9}})", counters, re.MULTILINE).group(1).split()[8])

    def processor_seconds(self, names):
        """What these have taken since they were started."""
        ticks = 0
        for name in names:
            fields = pathlib.Path(f"/proc/{self.named[name].pid}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def start_nats(self, leaf=True):
        """The three nodes of the hub, and the robot's leaf node, which is connected to the first of them, as are the
        robot's programs if it has none.
        """
        program = shutil.which("nats-server") or "/usr/sbin/nats-server"
        routes = "[" + ", ".join(f"nats-route://127.0.0.1:{6222 + i}" for i in range(len(NODES))) + "]"
        for i, node in enumerate(NODES):
            self.start(node, [program, "-c", DEPLOY / "hub.conf"], HUB,
                       {"SERVER_NAME": node, "CLIENT_ADDRESS": f"0.0.0.0:{client_port(node)}",
                        "LEAF_ADDRESS": f"0.0.0.0:{7422 + i}", "CLUSTER_ADDRESS": f"127.0.0.1:{6222 + i}", "ROUTES": routes,
                        "ROBOT7_PASSWORD": "secret7", "EDGE1_PASSWORD": "secret1"})
        for node in NODES:
            self.await_line(node, "Server is ready")
            self.await_line(node, "Route connection created")
        if leaf:
            self.start_leaf(program)
        else:
            self.video_url = f"nats://robot7:secret7@{HUB_ADDRESS}:4222"
            self.telemetry_login = [f"{HUB_ADDRESS}:4222", "robot7-telemetry", "secret7"]

    def start_leaf(self, program):
        hub = f"@{HUB_ADDRESS}:7422"
        self.start("leaf", [program, "-c", DEPLOY / "robot.conf"], ROBOT,
                   {"LOCAL_ADDRESS": "127.0.0.1:4222", "VIDEO_PASSWORD": "local",
                    "HUB_VIDEO_URL": f"nats-leaf://robot7:secret7{hub}",
                    "HUB_TELEMETRY_URL": f"nats-leaf://robot7-telemetry:secret7{hub}"})
        wait_for(lambda: f"two leaf connections\n{self.text('leaf')[-2000:]}",
                 lambda: self.text("leaf").count("Leafnode connection created") >= 2)

    def start_origin(self, **settings):
        self.start("origin", [JAVA, "-jar", self.jar], ROBOT,
                   {"SDR_STREAMS": f"{STREAM}=shm:{self.region}", "SDR_RELAY_PUBLISH": "*", "SDR_LISTEN_ADDR": f"0.0.0.0:{PORT}",
                    "SDR_NATS_URL": self.telemetry_url(), "SDR_RELAY_NATS_URL": self.video_url, **settings})
        self.await_line("origin", "is listening on")

    def telemetry_url(self):
        address, *login = self.telemetry_login
        return f"nats://{':'.join(login)}{'@' if login else ''}{address}"

    def start_edges(self, nodes, **settings):
        """An edge for each of these nodes, which it is connected to; small ones if they are many."""
        small = len(nodes) > len(NODES)
        begun = []
        for i, node in enumerate(nodes):
            name = f"edge{len(self.edges) + 1}"
            port = FIRST_EDGE_PORT + len(self.edges)
            at = f"127.0.0.1:{client_port(node)}"
            self.start(name, [JAVA, *(SMALL_JVM if small else ()), "-jar", self.jar], HUB,
                       {"SDR_STREAMS": f"{STREAM}=nats:", "SDR_LISTEN_ADDR": f"127.0.0.1:{port}",
                        "SDR_NATS_URL": f"nats://edge1-telemetry:secret1@{at}", "SDR_RELAY_NATS_URL": f"nats://edge1:secret1@{at}",
                        **(SMALL_EDGE if small else {}), **settings})
            self.edges.append(f"{name}=127.0.0.1:{port}")
            begun.append(name)
            if len(begun) == STARTING_TOGETHER or i == len(nodes) - 1:
                for each in begun:
                    self.await_line(each, "is listening on")
                begun.clear()

    def make_clip(self, kbit, group, seconds=8, largest_in_frames=4):
        """H.264 of a constant rate, of which no frame is longer than so many of mean length."""
        clip = self.folder / "clip.h264"
        x264 = ("aud=1:repeat-headers=1:sliced-threads=0:slices=1:nal-hrd=cbr:force-cfr=1:"
                f"vbv-maxrate={kbit}:vbv-bufsize={kbit * largest_in_frames // FPS}")
        subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"testsrc2=s=640x360:r={FPS},noise=alls=50:allf=t",
                        "-t", str(seconds), "-pix_fmt", "yuv420p", "-c:v", "libx264", "-profile:v", "baseline",
                        "-preset", "ultrafast", "-tune", "zerolatency", "-g", str(group), "-keyint_min", str(group),
                        "-sc_threshold", "0", "-b:v", f"{kbit}k", "-x264-params", x264, "-f", "h264", str(clip)], check=True)
        return clip

    def start_clip(self, kbit, group=FPS):
        """Writes a clip into the region again and again."""
        clip = self.make_clip(kbit, group)
        loop = self.start("clip", ["sh", "-c", 'while cat "$0"; do :; done', clip], stdout=subprocess.PIPE)
        self.start("producer", [PYTHON, ROOT / "docs/examples/producer.py", "--path", self.region, "--fps", FPS], ROBOT,
                   stdin=loop.stdout)
        loop.stdout.close()
        self.await_frames()

    def start_encoder(self, kbit):
        """An encoder that does what the server advises it."""
        line = (f"videotestsrc is-live=true pattern=snow ! video/x-raw,width=854,height=480,framerate={FPS}/1 ! videoconvert ! "
                f"x264enc name=encoder tune=zerolatency speed-preset=ultrafast bitrate={kbit} vbv-buf-capacity=100 "
                f"key-int-max={2 * FPS}")
        self.start("encoder", [PYTHON, ROOT / "docs/examples/gst_producer.py", "--path", self.region,
                               "--nats", self.telemetry_url(), "--stream", STREAM, line], ROBOT)
        self.await_frames()

    def await_frames(self):
        wait_for("the first frame", lambda: self.region.exists() and self.region.read_bytes()[:8] != bytes(8))

    def record(self, name, servers, namespace=HUB):
        """Viewers of these servers (NAME=HOST:PORT), none of which watches yet."""
        return Recording(self, name, self.start(name, [PYTHON, HERE / "recorder.py", *servers], namespace, stdin=subprocess.PIPE))

    def record_library(self, name, nodes):
        """Edges of relay-nats without a server, in one process: an edge for each of these nodes, and what it gets."""
        servers = [f"{name}{i + 1}=nats://edge1:secret1@127.0.0.1:{client_port(node)}" for i, node in enumerate(nodes)]
        child = self.start(name, [JAVA, "-cp", self.jar, HERE / "Edges.java", STREAM, *servers], HUB, stdin=subprocess.PIPE)
        self.await_line(name, "ready\n")
        return Recording(self, name, child), [server.split("=")[0] for server in servers]

    def record_origin(self):
        return self.record("at-origin", [f"origin=127.0.0.1:{PORT}"], ROBOT)

    def signal(self, name, number):
        self.named[name].send_signal(number)


class Frame:
    """A frame as a viewer got it; times in ns."""

    __slots__ = ("received", "commit", "number", "bytes", "keyframe", "digest")

    def __init__(self, words):
        self.received, self.commit, self.number, self.bytes, self.keyframe, self.digest = map(int, words)

    @property
    def age(self):
        return self.received - self.commit


class Recording:
    """What viewers get, one at each of some servers."""

    def __init__(self, fleet, name, child):
        self.fleet, self.name, self.child = fleet, name, child

    def say(self, word, viewers):
        try:
            self.child.stdin.write(f"{word} {' '.join(viewers)}\n".encode())
            self.child.stdin.flush()
        except BrokenPipeError:
            self.child.wait()
            self.lines()

    def join(self, viewers):
        self.say("join", viewers)

    def leave(self, viewers):
        self.say("leave", viewers)

    def lines(self):
        """Those of viewers, and whole ones alone: the last may be on its way."""
        if self.child.poll() is not None:
            raise SystemExit(f"{self.name} has ended: {self.fleet.text(self.name)[-500:]}")
        return [line for line in self.fleet.text(self.name).split("\n")[:-1] if re.fullmatch(r"joins \S+ \d+|\S+( \d+){6}", line)]

    def frames(self, viewer):
        """All of its frames since it joined last, and when that was."""
        frames, joined = [], 0
        for line in self.lines():
            words = line.split()
            if words[0] == "joins" and words[1] == viewer:
                joined, frames = int(words[2]), []
            elif words[0] == viewer:
                frames.append(Frame(words[1:]))
        return joined, frames

    def all_frames(self):
        """Of each viewer, those since it joined last."""
        every = {}
        for line in self.lines():
            words = line.split()
            if words[0] == "joins":
                every[words[1]] = (int(words[2]), [])
            else:
                every[words[0]][1].append(Frame(words[1:]))
        return every

    def await_frames(self, viewers, count=1):
        def there():
            every = self.all_frames()
            return all(len(every.get(viewer, (0, []))[1]) >= count for viewer in viewers)
        wait_for(f"{count} frames at each of {', '.join(viewers)}", there)


def quantile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def between(frames, begin, end):
    """Those that were committed from one time to another."""
    return [frame for frame in frames if begin <= frame.commit < end]


def check_tools():
    """Says what is missing, and ends: with 1, or, where no namespace is to be had, with 3."""
    missing = [name for name in ("ip", "nsenter", "unshare", JAVA, "ffmpeg") if not shutil.which(name)]
    if not shutil.which("nats-server") and not os.path.exists("/usr/sbin/nats-server"):
        missing.append("nats-server")
    if missing:
        raise SystemExit(f"needs {', '.join(missing)}")
    pair = ["unshare", "--net", "ip", "link", "add", "name", DEVICE, "type", "veth", "peer", "name", f"{DEVICE}2"]
    if os.geteuid() != 0 or not os.path.exists("/dev/net/tun") or subprocess.run(pair, stderr=subprocess.DEVNULL).returncode != 0:
        print("skipped: needs root, /dev/net/tun and the right to make network namespaces with devices in them")
        sys.exit(3)
