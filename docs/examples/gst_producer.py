#!/usr/bin/env python3
"""Feed what a GStreamer encoder makes into the server's shared-memory region.

    gst_producer.py 'v4l2src ! videoconvert ! x264enc name=encoder tune=zerolatency bitrate=4000 key-int-max=120'

The launch line is one of gst-launch-1.0 that ends in an encoder for H.264, H.265 or JPEG which is named "encoder", or
in something behind it that passes its stream on. What is needed behind it to get whole pictures is added here.

Keyframe requests and rate advice of the server come over NATS (--nats) and are obeyed by the encoder. Without NATS, or
while it is away, the video goes on. The records of the history carry when a live source took the picture.

Python's standard library, producer.py beside this file, and on Debian python3-gst-1.0 with the plugins that the launch
line takes. Ends with 0 after SIGTERM, SIGINT or the end of the stream, with 1 after an error of the pipeline, the
region or the encoder, with 2 if the command line is wrong.
"""
import argparse
import json
import os
import signal
import socket
import sys
import threading
import time
import urllib.parse

try:
    import gi
    gi.require_version("Gst", "1.0")
    gi.require_version("GstApp", "1.0")
    gi.require_version("GstVideo", "1.0")
except (ImportError, ValueError) as failure:
    sys.exit(f"GStreamer's Python bindings are missing ({failure}); Debian: python3-gst-1.0, for the system's python3")
from gi.repository import GLib, Gst, GstApp, GstVideo  # noqa: E402,F401 (GstApp gives an appsink its methods)

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import producer  # noqa: E402


def say(text):
    print(text, file=sys.stderr, flush=True)


class Nats(threading.Thread):
    """Subscriptions to a NATS server that come back whenever the connection was lost. Calls its handlers in its thread.

    A small client of the text protocol: Debian packages none for Python, and three commands are all this takes. Plain
    TCP, with a user and password or a token in the URL; where more is wanted, let the robot's own nats-server, as a leaf
    node, do it.
    """

    RETRY_SECONDS = 0.5
    SILENCE_SECONDS = 2.0  # until the server is asked whether it lives; as long again until it is given up
    MAX_LINE_BYTES = 64 << 10
    MAX_PAYLOAD_BYTES = 64 << 20
    MAX_SAID = 20

    def __init__(self, urls, handlers):
        super().__init__(name="nats", daemon=True)
        self._servers = [urllib.parse.urlsplit(url.strip() if "//" in url else "nats://" + url.strip())
                         for url in urls.split(",")]
        for server in self._servers:
            if server.scheme != "nats" or not server.hostname:
                raise ValueError(f"{server.scheme}://{server.hostname or ''}: only nats://HOST:PORT is understood")
            server.port  # a ValueError if it is no number
        self._handlers = handlers  # by subject
        self._heard = False
        self._said = set()

    def run(self):
        while True:
            for server in self._servers:
                where = f"{server.hostname}:{server.port or 4222}"
                try:
                    self._listen(server, where)
                except Exception as failure:  # whatever it is, keyframes are to be asked for later, too
                    self._heard = False
                    self._tell(f"NATS: {where}: {failure}; the video goes on, trying again")
                time.sleep(self.RETRY_SECONDS)

    def _tell(self, text):
        """Says it unless it was said since a server was heard last: there may be several, each with its own trouble."""
        if text not in self._said and len(self._said) < self.MAX_SAID:
            say(text)
            self._said.add(text)

    def _listen(self, server, where):
        with socket.create_connection((server.hostname, server.port or 4222), self.SILENCE_SECONDS) as connection:
            received = bytearray()
            pings = 0
            info = self._line(connection, received)
            if not info.startswith(b"INFO "):
                raise ValueError("no NATS server answers there")
            if json.loads(info[5:]).get("tls_required"):
                raise ValueError("it wants TLS, which this program does not speak")
            connection.sendall(self._greeting(server))
            while True:
                try:
                    self._take(self._line(connection, received), connection, received, where)
                    pings = 0
                except TimeoutError:
                    pings += 1
                    if pings > 1:
                        raise OSError("the server does not answer") from None
                    connection.sendall(b"PING\r\n")

    def _greeting(self, server):
        options = {"verbose": False, "pedantic": False, "headers": False, "lang": "python", "version": "0",
                   "name": "gst_producer"}
        if server.password is not None:
            options["user"] = urllib.parse.unquote(server.username)
            options["pass"] = urllib.parse.unquote(server.password)
        elif server.username:
            options["auth_token"] = urllib.parse.unquote(server.username)
        lines = ["CONNECT " + json.dumps(options)]
        lines += [f"SUB {subject} {number}" for number, subject in enumerate(self._handlers, 1)]
        return "".join(line + "\r\n" for line in lines + ["PING"]).encode()

    def _take(self, line, connection, received, where):
        word = line.split(b" ", 1)[0].upper()
        if word == b"MSG":
            fields = line.split()
            size = int(fields[-1])
            if not 0 <= size <= self.MAX_PAYLOAD_BYTES:
                raise ValueError(f"a message of {size} bytes")
            self._fill(connection, received, size + 2)
            payload = bytes(received[:size])
            del received[:size + 2]
            handler = self._handlers.get(fields[1].decode())
            if handler:
                handler(payload)
        elif word == b"PING":
            connection.sendall(b"PONG\r\n")
        elif word == b"PONG":
            if not self._heard:
                self._heard = True
                self._said.clear()
                say(f"NATS: {where}: listening to {', '.join(self._handlers)}")
        elif word == b"-ERR":
            # A login that is refused ends the connection; a subject that is not allowed does not.
            self._tell(f"NATS: {where}: {line[5:].decode(errors='replace')}")

    def _line(self, connection, received):
        end = received.find(b"\r\n")
        while end < 0:
            if len(received) > self.MAX_LINE_BYTES:
                raise ValueError("no NATS server answers there")
            self._fill(connection, received, len(received) + 1)
            end = received.find(b"\r\n")
        line = bytes(received[:end])
        del received[:end + 2]
        return line

    @staticmethod
    def _fill(connection, received, size):
        while len(received) < size:
            data = connection.recv(1 << 16)
            if not data:
                raise OSError("the connection has ended")
            received += data


class Bitrate:
    """The encoder's bitrate: what the launch line says, less while the server advises it. May be used by any thread.

    A property that the encoder takes while it plays changes the rate of the pictures that follow and makes no keyframe.
    """

    KNOWN = {"kbit": ("x264enc", "x265enc", "nvh264enc", "nvh265enc", "nvcudah264enc", "nvcudah265enc",
                      "nvautogpuh264enc", "nvautogpuh265enc", "vah264enc", "vah265enc", "vah264lpenc", "vah265lpenc",
                      "vaapih264enc", "vaapih265enc", "qsvh264enc", "qsvh265enc", "msdkh264enc", "msdkh265enc",
                      "amfh264enc", "amfh265enc", "vulkanh264enc"),
             "bit": ("openh264enc", "nvv4l2h264enc", "nvv4l2h265enc")}
    OTHERS = {"mpph264enc": ("bps", "bit"), "mpph265enc": ("bps", "bit")}
    V4L2_CONTROL = "video_bitrate"  # bit/s, one of the encoder's extra-controls
    LEAST_CHANGE = 0.05
    ADVICE_HOLDS_SECONDS = 10  # the server repeats it every 2 s

    def __init__(self, encoder, named, most, least):
        self._encoder = encoder
        self._property, unit = self._property_of(encoder, named)
        self._unit = {"kbit": 1000, "bit": 1}[unit]
        self._least = least
        self._most = most or self._read()
        if not self._most:
            raise ValueError("the launch line does not say the bitrate; --max-kbit does")
        self._now = self._most
        self._advised_at = None
        self._lock = threading.Lock()

    @classmethod
    def _property_of(cls, encoder, named):
        if named:
            name, _, unit = named.partition(":")
            if unit not in ("kbit", "bit") or not encoder.find_property(name):
                raise ValueError(f"--bitrate {named}: it takes a property of the encoder, a colon, and kbit or bit")
            return name, unit
        factory = encoder.get_factory().get_name()
        if factory.startswith("v4l2") and encoder.find_property("extra-controls"):
            return "extra-controls", "bit"
        for unit, factories in cls.KNOWN.items():
            if factory in factories:
                return "bitrate", unit
        if factory in cls.OTHERS:
            return cls.OTHERS[factory]
        raise ValueError(f"which property of {factory} is its bitrate, and in what, is not known; --bitrate says it")

    def _read(self):
        value = self._encoder.get_property(self._property)
        if self._property == "extra-controls":
            value = value.get_value(self.V4L2_CONTROL) if value and value.has_field(self.V4L2_CONTROL) else 0
        return value * self._unit

    def _write(self, bps):
        value = max(1, int(bps) // self._unit)
        if self._property == "extra-controls":
            controls = self._encoder.get_property(self._property)
            controls = controls.copy() if controls else Gst.Structure.new_empty("controls")
            controls.set_value(self.V4L2_CONTROL, value)
            value = controls
        self._encoder.set_property(self._property, value)

    def advise(self, target_bps, reason):
        """The server's advice; None: no limit is known."""
        with self._lock:
            self._advised_at = time.monotonic()
            self._change(self._most if target_bps is None else max(self._least, min(self._most, target_bps)), reason)

    def forget_old_advice(self):
        """Advice that is not repeated is that of a server that has gone, or has no limit to tell of any more."""
        with self._lock:
            if self._advised_at and time.monotonic() - self._advised_at > self.ADVICE_HOLDS_SECONDS:
                self._advised_at = None
                self._change(self._most, "no advice any more")

    def _change(self, bps, reason):
        if abs(bps - self._now) < self.LEAST_CHANGE * self._now:
            return
        self._write(bps)
        say(f"bitrate: {self._now // 1000:.0f} -> {bps // 1000:.0f} kbit/s ({reason})")
        self._now = bps


class KeyframeRequests:
    """Asks the encoder for a keyframe, once for all requests that come before there is one. May be used by any thread."""

    REPEAT_SECONDS = 0.5

    def __init__(self, encoder):
        self._pad = encoder.get_static_pad("src")
        self._asked_at = None
        self._lock = threading.Lock()

    def request(self):
        with self._lock:
            now = time.monotonic()
            if self._asked_at is None or now - self._asked_at > self.REPEAT_SECONDS:
                self._asked_at = now
                self._pad.send_event(GstVideo.video_event_new_upstream_force_key_unit(Gst.CLOCK_TIME_NONE, True, 0))

    def answered(self):
        with self._lock:
            self._asked_at = None


class Pipeline:
    """The launch line, and what has to stand behind its encoder to get whole pictures with start codes."""

    # Media type: codec, what the region takes, and the parser that makes it of what the encoder gives.
    MEDIA = {"video/x-h264": ("h264", "stream-format=byte-stream,alignment=au", "h264parse"),
             "video/x-h265": ("hevc", "stream-format=byte-stream,alignment=au", "h265parse"),
             "image/jpeg": ("jpeg", "", None)}
    PREROLL_SECONDS = 20
    PICTURES_HELD = 8
    OLDEST_CAPTURE_NANOS = 10 * Gst.SECOND

    def __init__(self, launch_line):
        """ValueError if the line is none, or does not end in an encoder."""
        try:
            self._pipeline = Gst.parse_launch(launch_line)
        except GLib.Error as failure:
            raise ValueError(f"the launch line: {failure.message}") from failure
        if not isinstance(self._pipeline, Gst.Pipeline):
            raise ValueError("the launch line is one element; it takes a source and an encoder")
        self.encoder = self._pipeline.get_by_name("encoder")
        if not self.encoder:
            raise ValueError("no element of the launch line is named encoder: ... ! x264enc name=encoder")
        end = self._pipeline.find_unlinked_pad(Gst.PadDirection.SRC)
        if not end:
            raise ValueError("the launch line has nothing open at its end: it must end in the encoder")
        self.live = False
        self._add_sink(end)

    def _add_sink(self, end):
        offered = end.query_caps(None)
        media = [name for name in self.MEDIA if offered.can_intersect(Gst.Caps.from_string(name))]
        if not media:
            raise ValueError(f"the launch line ends in {offered.to_string()[:80]}; known are {', '.join(self.MEDIA)}")
        codec, form, parser_name = self.MEDIA[media[0]]
        self.codec = producer.CODECS[codec]
        parser = parser_name and Gst.ElementFactory.make(parser_name)
        if parser:
            parser.set_property("config-interval", -1)  # parameter sets with every keyframe
        form_filter = Gst.ElementFactory.make("capsfilter")
        form_filter.set_property("caps", Gst.Caps.from_string(media[0] + ("," + form if form else "")))
        self._sink = Gst.ElementFactory.make("appsink")
        if not self._sink:
            raise ValueError("GStreamer has no appsink: install its base plugins")
        self._sink.set_property("max-buffers", self.PICTURES_HELD)  # then the encoder waits: no picture is left out
        previous = end
        for element in [one for one in (parser, form_filter, self._sink) if one]:
            self._pipeline.add(element)
            if previous.link(element.get_static_pad("sink")) != Gst.PadLinkReturn.OK:
                raise ValueError(f"what the launch line ends in cannot be made {media[0]} with start codes"
                                 + ("" if parser else f" without {parser_name}, of GStreamer's bad plugins"))
            previous = element.get_static_pad("src")

    def start(self):
        """GLib.Error with what GStreamer says if it cannot be started."""
        result = self._pipeline.set_state(Gst.State.PAUSED)
        self.live = result == Gst.StateChangeReturn.NO_PREROLL
        # A file has no pace of its own, a camera has. Where it has, nothing is to wait for a time to be shown.
        self._sink.set_property("sync", not self.live)
        if result == Gst.StateChangeReturn.ASYNC:
            result = self._pipeline.get_state(self.PREROLL_SECONDS * Gst.SECOND)[0]
        if result != Gst.StateChangeReturn.FAILURE:
            result = self._pipeline.set_state(Gst.State.PLAYING)
        if result == Gst.StateChangeReturn.FAILURE:
            self.check()
            raise GLib.Error("it does not start")

    def stop(self):
        self._pipeline.set_state(Gst.State.NULL)

    def picture(self, timeout_seconds):
        """(buffer, capture time or 0), or None if there is none within that time."""
        sample = self._sink.try_pull_sample(int(timeout_seconds * Gst.SECOND))
        return sample and (sample.get_buffer(), self._capture_nanos(sample))

    def ended(self):
        """Whether all pictures of a stream that has an end were taken."""
        return self._sink.is_eos()

    def _capture_nanos(self, sample):
        """When the source took the picture, by CLOCK_MONOTONIC. The pipeline's clock may be another one."""
        pts = sample.get_buffer().pts
        clock = self._pipeline.get_clock()
        if not self.live or pts == Gst.CLOCK_TIME_NONE or clock is None:
            return 0
        running = sample.get_segment().to_running_time(Gst.Format.TIME, pts)
        if running == Gst.CLOCK_TIME_NONE:
            return 0
        age = clock.get_time() - self._pipeline.get_base_time() - running
        # A source that makes its times up may be ahead of the clock, or far behind it: then it is not known.
        return time.monotonic_ns() - age if 0 <= age < self.OLDEST_CAPTURE_NANOS else 0

    def check(self):
        """GLib.Error if the pipeline has failed. Warnings are said."""
        bus = self._pipeline.get_bus()
        while True:
            message = bus.pop_filtered(Gst.MessageType.ERROR | Gst.MessageType.WARNING)
            if message is None:
                return
            failure, details = (message.parse_error if message.type == Gst.MessageType.ERROR
                                else message.parse_warning)()
            text = f"{message.src.get_name()}: {failure.message}" + (f" ({details})" if details else "")
            if message.type == Gst.MessageType.ERROR:
                raise GLib.Error(text)
            say(f"GStreamer warns: {text}")


class GstProducer:
    """Moves pictures from the pipeline into the region until it is stopped or the stream ends."""

    POLL_SECONDS = 0.1

    def __init__(self, pipeline, writer, bitrate):
        self._pipeline = pipeline
        self._writer = writer
        self._bitrate = bitrate
        self._keyframes = KeyframeRequests(pipeline.encoder)
        self._stopped = False
        self.refused = 0

    def stop(self, *_):
        self._stopped = True

    def keyframe_requested(self, _payload):
        self._keyframes.request()

    def rate_advised(self, payload, stream=None):
        """As the server publishes it; whatever else may come on that subject is none."""
        try:
            advice = json.loads(payload)
            target = advice["target_bps"]
            if (target is None or isinstance(target, (int, float)) and target > 0) and (
                    stream is None or advice.get("stream") in (None, stream)):
                self._bitrate.advise(target, str(advice.get("reason", "advised")))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            say(f"this is no rate advice: {payload[:80]!r}")

    def run(self):
        while not self._stopped and not self._pipeline.ended():
            picture = self._pipeline.picture(self.POLL_SECONDS)
            if picture:
                self._write(*picture)
            self._pipeline.check()
            if self._bitrate:
                self._bitrate.forget_old_advice()

    def _write(self, buffer, capture_nanos):
        keyframe = not buffer.has_flags(Gst.BufferFlags.DELTA_UNIT)
        mapped, memory = buffer.map(Gst.MapFlags.READ)
        if not mapped:
            raise OSError("the encoder's buffer cannot be read")
        try:
            written = self._writer.write(memory.data, producer.FLAG_KEYFRAME if keyframe else 0, self._pipeline.codec,
                                         capture_nanos=capture_nanos)
        finally:
            buffer.unmap(memory)
        if not written:
            self.refused += 1
            say(f"refused a frame of {memory.size} bytes: it does not fit; use a larger --size")
            self._keyframes.request()  # what follows refers to it
        elif keyframe:
            self._keyframes.answered()


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("launch_line", nargs="+", metavar="LAUNCH LINE", help="in one word or several")
    parser.add_argument("--path", default="/dev/shm/sdr_os_ipc/frames", help="the region's file (%(default)s)")
    parser.add_argument("--size", type=int, default=4 << 20, help="the slot's size in bytes (%(default)s)")
    parser.add_argument("--history", type=int, default=producer.DEFAULT_HISTORY_BYTES, metavar="BYTES",
                        help="size of the history of the last frames, a power of two; 0 = none (%(default)s)")
    parser.add_argument("--no-crc", action="store_true", help="write 0 instead of the CRC-32")
    parser.add_argument("--nats", default="nats://127.0.0.1:4222", metavar="URL",
                        help="servers, separated by commas, with USER:PASSWORD@ or TOKEN@; none = no NATS (%(default)s)")
    parser.add_argument("--idr-subject", default="control.request_idr", metavar="SUBJECT",
                        help="where keyframe requests come (%(default)s)")
    parser.add_argument("--rate-subject", default="control.video_rate", metavar="SUBJECT",
                        help="where rate advice comes (%(default)s)")
    parser.add_argument("--stream", metavar="NAME", help="obey advice for this stream only (any)")
    parser.add_argument("--bitrate", metavar="PROPERTY:UNIT",
                        help="the encoder's property that is its bitrate, in kbit or bit (that of encoders known here)")
    parser.add_argument("--max-kbit", type=float, default=0, metavar="N", help="most (what the launch line says)")
    parser.add_argument("--min-kbit", type=float, default=100, metavar="N", help="least, whatever is advised (%(default)s)")
    return parser.parse_args()


def bitrate_of(encoder, options):
    try:
        return Bitrate(encoder, options.bitrate, options.max_kbit * 1000, options.min_kbit * 1000)
    except ValueError as failure:
        if options.bitrate or options.max_kbit:
            raise
        say(f"rate advice is not obeyed: {failure}")
        return None


def main():
    options = arguments()
    Gst.init(None)
    try:
        pipeline = Pipeline(" ".join(options.launch_line))
        bitrate = bitrate_of(pipeline.encoder, options)
        writer = producer.ShmWriter(options.path, options.size, crc=not options.no_crc, history=options.history)
    except ValueError as failure:
        say(f"{failure}")
        return 2
    except OSError as failure:
        say(f"{options.path}: {failure}")
        return 1
    forwarding = GstProducer(pipeline, writer, bitrate)
    signal.signal(signal.SIGTERM, forwarding.stop)
    signal.signal(signal.SIGINT, forwarding.stop)
    handlers = {options.idr_subject: forwarding.keyframe_requested}
    if bitrate:
        handlers[options.rate_subject] = lambda payload: forwarding.rate_advised(payload, options.stream)
    exit_code = 0
    try:
        if options.nats != "none":
            Nats(options.nats, handlers).start()
        pipeline.start()
        say("playing, " + ("live" if pipeline.live else "at the pace of its times"))
        forwarding.run()
    except ValueError as failure:
        say(f"--nats: {failure}")
        exit_code = 2
    except (GLib.Error, OSError) as failure:
        say(f"GStreamer: {failure.message if isinstance(failure, GLib.Error) else failure}")
        exit_code = 1
    finally:
        pipeline.stop()
        writer.close()
    say(f"frames written: {writer.frame_seq}, refused: {forwarding.refused}")
    return exit_code


if __name__ == "__main__":
    sys.exit(main())
