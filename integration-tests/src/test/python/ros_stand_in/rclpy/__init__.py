"""A stand-in for as much of rclpy as docs/examples/ros2_producer.py uses; no ROS 2 is needed, and none is tested.

spin() hands over what standard input lists, a message a line: the seconds since the picture was taken, format or
encoding, flags, data in hexadecimal; separated by tabs.
"""
import sys
import time
import types

from .executors import ExternalShutdownException

_subscriptions = []


def init(args=None):
    print("rclpy.init", args, flush=True)


class _Node:
    def get_logger(self):
        return types.SimpleNamespace(warning=lambda text: print("warning:", text, flush=True))

    def create_subscription(self, message_type, topic, callback, qos):
        print("subscribed to", topic, message_type.__name__, qos.depth, qos.reliability, flush=True)
        _subscriptions.append((message_type, callback))

    def destroy_node(self):
        print("destroyed", flush=True)


def create_node(name):
    return _Node()


def spin(node):
    for line in sys.stdin:
        age, words, flags, data = line.rstrip("\n").split("\t")
        stamp = time.time_ns() - int(float(age) * 1e9)
        header = types.SimpleNamespace(stamp=types.SimpleNamespace(sec=stamp // 10**9, nanosec=stamp % 10**9))
        for message_type, callback in _subscriptions:
            callback(message_type(header, words, int(flags), bytes.fromhex(data)))
    raise ExternalShutdownException
