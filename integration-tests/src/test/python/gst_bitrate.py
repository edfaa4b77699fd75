#!/usr/bin/env python3
"""The bitrate control of docs/examples/gst_producer.py with encoders that this machine does not have, and its own clock.

    gst_bitrate.py FOLDER_OF_PRODUCER

Ends with 0 if everything is as it is documented, else with a trace.
"""
import sys
import types

sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
import gst_producer  # noqa: E402
from gst_producer import Bitrate, Gst  # noqa: E402

NOW = [100.0]
gst_producer.time = types.SimpleNamespace(monotonic=lambda: NOW[0])
gst_producer.say = lambda text: None


class Encoder:
    """As far as the control can tell. Counts what is set."""

    def __init__(self, factory, **properties):
        self.factory = factory
        self.properties = properties
        self.stores = 0

    def get_factory(self):
        return types.SimpleNamespace(get_name=lambda: self.factory)

    def find_property(self, name):
        return name in self.properties

    def get_property(self, name):
        return self.properties[name]

    def set_property(self, name, value):
        self.properties[name] = value
        self.stores += 1


def refused(*arguments):
    try:
        Bitrate(*arguments)
    except ValueError:
        return True
    return False


def units():
    for factory, name, own, half in (("nvh264enc", "bitrate", 4000, 2000), ("openh264enc", "bitrate", 4000000, 2000000),
                                     ("mpph265enc", "bps", 4000000, 2000000)):
        encoder = Encoder(factory, **{name: own})
        Bitrate(encoder, None, 0, 100000).advise(2000000, "")
        assert encoder.properties[name] == half, (factory, encoder.properties)
    encoder = Encoder("rareenc", target=4000)
    assert refused(encoder, None, 0, 0)
    assert refused(encoder, "target:byte", 0, 0)
    assert refused(encoder, "rate:kbit", 0, 0)
    assert refused(Encoder("nvh264enc", bitrate=0), None, 0, 0), "0 is the driver's choice, so the most is not known"
    Bitrate(encoder, "target:kbit", 0, 0).advise(2000000, "")
    assert encoder.properties["target"] == 2000


def extra_controls():
    controls = Gst.Structure.new_from_string("controls,video_bitrate=4000000,h264_profile=4")
    controls = controls[0] if isinstance(controls, tuple) else controls
    encoder = Encoder("v4l2h264enc", **{"extra-controls": controls})
    Bitrate(encoder, None, 0, 100000).advise(1500000, "")
    changed = encoder.properties["extra-controls"]
    assert changed.get_value("video_bitrate") == 1500000 and changed.get_value("h264_profile") == 4, changed.to_string()
    assert refused(Encoder("v4l2h264enc", **{"extra-controls": None}), None, 0, 0)
    encoder = Encoder("v4l2h264enc", **{"extra-controls": None})
    Bitrate(encoder, None, 4000000, 0).advise(1500000, "")
    assert encoder.properties["extra-controls"].get_value("video_bitrate") == 1500000


def bounds_and_small_changes():
    encoder = Encoder("x264enc", bitrate=4000)
    control = Bitrate(encoder, None, 0, 500000)
    control.advise(9000000, "")
    control.advise(3810000, "")
    control.advise(None, "")
    assert encoder.stores == 0
    control.advise(3790000, "")
    assert encoder.properties["bitrate"] == 3790
    control.advise(1, "")
    assert encoder.properties["bitrate"] == 500
    # Small steps count from what was set last.
    for step in (510000, 520000, 524000):
        control.advise(step, "")
    assert encoder.properties["bitrate"] == 500
    control.advise(526000, "")
    assert encoder.properties["bitrate"] == 526


def old_advice():
    encoder = Encoder("x264enc", bitrate=4000)
    control = Bitrate(encoder, None, 0, 0)
    control.forget_old_advice()
    control.advise(1000000, "")
    NOW[0] += 9
    control.forget_old_advice()
    control.advise(1000000, "")
    NOW[0] += 9
    control.forget_old_advice()
    assert encoder.properties["bitrate"] == 1000
    NOW[0] += 2
    control.forget_old_advice()
    assert encoder.properties["bitrate"] == 4000


def what_is_no_advice():
    encoder = Encoder("x264enc", bitrate=4000)
    producer = types.SimpleNamespace(_bitrate=Bitrate(encoder, None, 0, 0))
    for payload in (b"", b"\xff", b"[" * 100000, b'"target_bps"', b"{}", b'{"target_bps":-1}', b'{"target_bps":"1"}',
                    b'{"target_bps":NaN}'):
        gst_producer.GstProducer.rate_advised(producer, payload)
    assert encoder.stores == 0
    gst_producer.GstProducer.rate_advised(producer, b'{"target_bps":2000000}')
    assert encoder.properties["bitrate"] == 2000


def no_failure_ends_listening():
    class Ended(BaseException):
        pass

    listening = gst_producer.Nats("nats://127.0.0.1", {})
    failures = [AttributeError("'list' object has no attribute 'get'"), RecursionError(), Ended()]

    def fail(*_):
        raise failures.pop(0)

    listening._listen = fail
    gst_producer.time.sleep = lambda seconds: None
    try:
        listening.run()
    except Ended:
        assert not failures


def each_trouble_is_said_once():
    class Ended(BaseException):
        pass

    said = []
    listening = gst_producer.Nats("nats://one,nats://two", {"a": None})
    rounds = []

    def listen(_server, where):
        rounds.append(where)
        if len(rounds) in (20, 30):
            listening._take(b"PONG", None, None, where)
            listening._take(b"PONG", None, None, where)
        if len(rounds) == 40:
            raise Ended
        listening._take(b"-ERR 'Authorization Violation'", None, None, where)
        raise OSError("the connection has ended")

    listening._listen = listen
    gst_producer.time.sleep = lambda seconds: None
    gst_producer.say = said.append
    try:
        listening.run()
    except Ended:
        pass
    gst_producer.say = lambda text: None
    assert sum("listening" in line for line in said) == 2, said
    assert len(said) == 3 * 4 + 2, said


Gst.init(None)
for case in (units, extra_controls, bounds_and_small_changes, old_advice, what_is_no_advice, no_failure_ends_listening,
             each_trouble_is_said_once):
    case()
