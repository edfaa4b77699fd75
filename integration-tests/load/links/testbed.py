"""The packaged server with a real encoder and a real nats-server in a network namespace, and links from there to viewers.

Namespaces have no name: each is gone with the last process in it, and all processes go with the one that started them,
however that ends.
"""
import contextlib
import ctypes
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PYTHON = "/usr/bin/python3"  # the one that has the distribution's GStreamer
MEMORY = pathlib.Path("/dev/shm")
FOLDER = "sdr-links-"
JAVA = os.path.join(os.environ["JAVA_HOME"], "bin/java") if os.environ.get("JAVA_HOME") else "java"
PORT, NATS_PORT = 8080, 4222
FPS, KBIT = 30, 5000
SIZE, SMALL_SIZE = (854, 480), (480, 270)
BUFFER_MILLIS = 200  # with half of that, x264 makes 86 % of the noise that it is told to
DEADLINE_SECONDS = 60
PR_SET_PDEATHSIG = 1
CLONE_NEWNET = 0x40000000
PATH = os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin"  # where Debian has some of the programs
SEQUENCE_OFFSET, SEQUENCE_BYTES = 24, 8  # the number of the region's newest frame
LIBC = ctypes.CDLL(None)


def denied():
    """Why nothing can be emulated here, whatever is installed; None if it can."""
    if os.geteuid() != 0:
        return "it takes root"
    if refused_namespace():
        return "the kernel, or who runs this, gives no network namespace"
    try:
        os.close(os.open("/dev/net/tun", os.O_RDWR))
    except OSError as failure:
        return f"/dev/net/tun: {failure.strerror}"
    return None


def refused_namespace():
    """Tried in a process that ends, since it cannot be undone."""
    child = os.fork()
    if child == 0:
        os._exit(0 if LIBC.unshare(CLONE_NEWNET) == 0 else 1)
    return os.waitpid(child, 0)[1] != 0


def not_installed():
    """What is missing of what all this takes; empty if nothing is."""
    programs = [program for program in ("ip", "nsenter", "unshare", "env", "ffmpeg", "nats-server", JAVA, PYTHON)
                if not shutil.which(program, path=PATH)]
    encoder = ("import gi; gi.require_version('GstApp', '1.0'); from gi.repository import Gst; Gst.init(None); "
               "exit(not (Gst.ElementFactory.find('x264enc') and Gst.ElementFactory.find('videotestsrc')))")
    if subprocess.run([PYTHON, "-c", encoder], stderr=subprocess.DEVNULL).returncode != 0:
        programs.append("GStreamer's x264enc and videotestsrc with the binding to Python")
    return programs


def remove_left_over():
    """What runs that were killed have left in memory."""
    for folder in MEMORY.glob(FOLDER + "*"):
        if not os.path.exists(f"/proc/{folder.name.removeprefix(FOLDER)}"):
            shutil.rmtree(folder, ignore_errors=True)


def await_(what, deadline_seconds, condition):
    deadline = time.monotonic() + deadline_seconds
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"missed: {what()}")
        time.sleep(0.02)


class Testbed:
    """A server that streams what an encoder makes. To be closed."""

    def __init__(self):
        self.children = []
        self.folder = MEMORY / f"{FOLDER}{os.getpid()}"
        self.folder.mkdir()
        self.region = self.folder / "frames"
        self.ways = 0
        self.server = self.namespace("server")
        subprocess.run(self.inside(self.server, "ip", "link", "set", "lo", "up"), check=True)

    def set(self, name, value):
        """One of the server's kernel settings, as sysctl(8) names them; before the server starts."""
        path = "/proc/sys/" + name.replace(".", "/")
        subprocess.run(self.inside(self.server, "sh", "-c", 'echo "$1" > "$2"', "set", value, path), check=True)

    def serve(self, jar, policy, listens, size=SIZE):
        """Returns when the first frame is there. An encoder that does not listen hears neither advice nor requests."""
        url = f"nats://127.0.0.1:{NATS_PORT}"
        width, height = size
        self.start("nats", self.inside(self.server, shutil.which("nats-server", path=PATH), "-a", "127.0.0.1", "-p", NATS_PORT))
        self.await_line("nats", "Server is ready")
        self.start("server", self.inside(self.server, "env", f"SDR_SHM_PATH={self.region}", f"SDR_LISTEN_ADDR=0.0.0.0:{PORT}",
                                         f"SDR_NATS_URL={url}", f"SDR_RATE_POLICY={policy}", JAVA, "-jar", jar))
        self.start("advice", self.inside(self.server, PYTHON, HERE / "advice.py", url))
        line = (f"videotestsrc is-live=true pattern=snow ! video/x-raw,width={width},height={height},framerate={FPS}/1 ! "
                f"videoconvert ! video/x-raw,format=I420 ! x264enc name=encoder tune=zerolatency speed-preset=ultrafast "
                f"bitrate={KBIT} vbv-buf-capacity={BUFFER_MILLIS} key-int-max={2 * FPS}")
        self.await_line("server", "is listening on")
        self.await_line("advice", "listening to")
        self.start("encoder", self.inside(self.server, PYTHON, ROOT / "docs/examples/gst_producer.py", "--path", self.region,
                                          "--nats", url if listens else "none", line))
        if listens:
            self.await_line("encoder", "listening to")
        await_(lambda: f"the encoder's first frame\n{self.text('encoder')[-2000:]}", DEADLINE_SECONDS,
               lambda: self.newest_frame() > 0)

    def newest_frame(self):
        """The number of the newest frame that the encoder has made; 0 before the first."""
        with contextlib.suppress(FileNotFoundError), open(self.region, "rb") as file:
            file.seek(SEQUENCE_OFFSET)
            return int.from_bytes(file.read(SEQUENCE_BYTES), "little")
        return 0

    def connect(self, options, congestion):
        """A link to a new namespace; see link.py for its options."""
        self.ways += 1
        return Way(self, self.ways, options, congestion)

    def told(self):
        """What the encoder was told so far: (time, bit/s or None)."""
        lines = re.findall(r"^(\d+) (\d+|None)$", self.text("advice"), re.MULTILINE)
        return [(int(nanos), None if bps == "None" else int(bps)) for nanos, bps in lines]

    def namespace(self, name):
        """The path by which it can be entered."""
        holder = self.start(f"{name}-namespace", ["unshare", "--net", "sleep", "infinity"])
        path = f"/proc/{holder.pid}/ns/net"
        await_(lambda: f"a namespace\n{self.text(name + '-namespace')}", DEADLINE_SECONDS,
               lambda: os.readlink(path) != os.readlink("/proc/self/ns/net"))
        return path

    @staticmethod
    def inside(namespace, *command):
        return ["nsenter", f"--net={namespace}", *command]

    def start(self, name, command, **more):
        with open(self.folder / f"{name}.log", "w") as log:
            child = subprocess.Popen([str(word) for word in command], stdout=log, stderr=subprocess.STDOUT,
                                     preexec_fn=lambda: LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL), **more)
        self.children.append(child)
        return child

    def text(self, name):
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def await_line(self, name, word):
        await_(lambda: f"{name}: {word}\n{self.text(name)[-2000:]}", DEADLINE_SECONDS, lambda: word in self.text(name))

    def close(self, logs):
        for child in reversed(self.children):
            child.kill()
            child.wait()
        if logs:
            kept = pathlib.Path(logs, time.strftime("%H%M%S"))
            kept.mkdir(parents=True)
            for log in self.folder.glob("*.log"):
                shutil.copy(log, kept)
        shutil.rmtree(self.folder)


@contextlib.contextmanager
def serving(jar, policy, listens, logs, size=SIZE, sysctls=()):
    """A testbed that streams; what its programs say is kept in a new folder within `logs`, if that is given."""
    bed = Testbed()
    try:
        for setting in sysctls:
            bed.set(*setting.split("="))
        bed.serve(jar, policy, listens, size)
        yield bed
    finally:
        bed.close(logs)


class Way:
    """A link from the server to a viewer."""

    def __init__(self, testbed, number, options, congestion):
        self.testbed, self.number = testbed, number
        self.net = f"10.88.{number}"
        self.namespace = testbed.namespace(f"viewer-{number}")
        self.video = testbed.folder / f"viewer-{number}.h264"
        self.link = testbed.start(f"link-{number}",
                                  [PYTHON, HERE / "link.py", testbed.server, self.namespace, "--device", f"link{number}",
                                   "--net", self.net, *options.split(), "--congestion", congestion], stdin=subprocess.PIPE)
        testbed.await_line(f"link-{number}", "up\n")

    def rate(self, kbit):
        with contextlib.suppress(BrokenPipeError):  # whoever waits for the viewer hears of it
            self.link.stdin.write(f"rate {kbit}\n".encode())
            self.link.stdin.flush()

    def change(self, changes):
        """The link's rate: (second from now, kbit/s) each. Returns when they were made."""
        begun, made = time.monotonic(), []
        for second, kbit in changes:
            time.sleep(max(0, begun + second - time.monotonic()))
            self.rate(kbit)
            made.append(time.monotonic_ns())
        return made

    def view(self, seconds, saves=False):
        """Begins to; `saves` what comes for :meth:`undecodable`."""
        self.seconds = seconds
        self.viewer = self.testbed.start(
            f"viewer-{self.number}", self.testbed.inside(self.namespace, PYTHON, HERE / "viewer.py", f"{self.net}.1", PORT,
                                                         seconds, *(["--save", self.video] if saves else [])))

    def frames(self):
        """Waits for the viewer's end; as figures.py takes them."""
        if self.viewer.wait(self.seconds + DEADLINE_SECONDS) != 0:
            raise SystemExit(f"the viewer: {self.testbed.text(f'viewer-{self.number}')[-500:]}\n"
                             f"the link: {self.testbed.text(f'link-{self.number}')[-500:]}")
        lines = self.testbed.text(f"viewer-{self.number}").splitlines()
        frames = [tuple(map(int, line.split())) for line in lines if re.fullmatch(r"[\d ]+", line)]
        if not frames:
            raise SystemExit(f"no frame has come; the encoder: {self.testbed.text('encoder')[-500:]}")
        return frames

    def undecodable(self, frames):
        """What ffmpeg complains of in what came; empty if nothing, and as many pictures come out as frames have come."""
        decoder = subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-f", "h264", "-i", self.video, "-fps_mode", "passthrough",
                                  "-f", "framecrc", "-"], capture_output=True, text=True, check=False)
        pictures = sum(1 for line in decoder.stdout.splitlines() if not line.startswith("#"))
        if decoder.stderr or pictures != len(frames):
            return f"{pictures} pictures of {len(frames)} frames; ffmpeg: {decoder.stderr[:300] or 'nothing'}"
        return ""
