#!/usr/bin/env python3
"""Feed images of a ROS 2 topic into the server's shared-memory region.

    ros2_producer.py /camera/image_raw/compressed
    ros2_producer.py --packets /camera/image_raw/ffmpeg

The topic is of sensor_msgs/msg/CompressedImage in JPEG (or H.264, H.265, as some cameras publish it), or with --packets
of ffmpeg_image_transport_msgs/msg/FFMPEGPacket in H.264 or H.265. Nothing is encoded again. The record of each frame in
the history carries the message's stamp as the time when the picture was taken.

Run by the project's tests with small stand-ins for ROS only: no ROS 2 was at hand. It takes rclpy of a ROS 2 that was
sourced, and producer.py beside this file. Keyframe requests and rate advice are for the encoder, which is the camera's
driver or image_transport's plugin here: choose a short distance between keyframes there.
"""
import argparse
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import producer  # noqa: E402

# In "bgr8; jpeg compressed bgr8", "h264", "libx264", "hevc_nvenc", "h265;yuv420p;...": one word tells.
CODEC_WORDS = (("jpeg", "jpeg"), ("jpg", "jpeg"), ("264", "h264"), ("avc", "h264"), ("265", "hevc"), ("hevc", "hevc"))
PACKET_KEYFRAME = 1  # in the flags of an FFMPEGPacket, as libavcodec has it
OLDEST_CAPTURE_NANOS = 10 * 10**9
QUEUE_DEPTH = 30  # messages; those of a second


def codec_of(words):
    """The codec that a format or encoding names, or None. A depth image is none, whatever it is packed in."""
    lower = words.lower()
    if "compresseddepth" in lower:
        return None
    return next((producer.CODECS[codec] for word, codec in CODEC_WORDS if word in lower), None)


def capture_nanos(stamp):
    """The stamp by CLOCK_MONOTONIC; 0 = unknown, where it is simulated time, or that of a machine with another clock."""
    age = time.time_ns() - (stamp.sec * 10**9 + stamp.nanosec)
    return time.monotonic_ns() - age if 0 <= age <= OLDEST_CAPTURE_NANOS else 0


def is_keyframe(codec, data):
    """Whether an access unit has an IDR slice (H.265: BLA, IDR or CRA)."""
    if codec == producer.CODECS["jpeg"]:
        return True
    units = producer.AccessUnits(codec)
    return any(keyframe for found in (units.feed(data), units.finish()) for _, keyframe in found)


class Forwarder:
    """Writes each message's picture. What the region cannot take is said once per kind and left out."""

    def __init__(self, writer, say):
        self._writer = writer
        self._say = say
        self._said = set()

    def image(self, message):
        codec = codec_of(message.format)
        data = bytes(message.data)
        self._forward(message, message.format, codec, codec is not None and is_keyframe(codec, data), data)

    def packet(self, message):
        self._forward(message, message.encoding, codec_of(message.encoding),
                      bool(message.flags & PACKET_KEYFRAME), bytes(message.data))

    def _forward(self, message, words, codec, keyframe, data):
        if codec is None:
            self._say_once(f"not JPEG, H.264 or H.265, and left out: {words!r}")
        elif not self._writer.write(data, producer.FLAG_KEYFRAME if keyframe else 0, codec,
                                    capture_nanos=capture_nanos(message.header.stamp)):
            self._say_once("a frame does not fit and is left out; use a larger --size")

    def _say_once(self, text):
        if text not in self._said:
            self._said.add(text)
            self._say(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("topic")
    parser.add_argument("--packets", action="store_true", help="the topic is of FFMPEGPacket")
    parser.add_argument("--path", default="/dev/shm/sdr_os_ipc/frames", help="the region's file (%(default)s)")
    parser.add_argument("--size", type=int, default=4 << 20, help="the slot's size in bytes (%(default)s)")
    parser.add_argument("--history", type=int, default=producer.DEFAULT_HISTORY_BYTES, metavar="BYTES",
                        help="size of the history of the last frames, a power of two; 0 = none (%(default)s)")
    options, for_ros = parser.parse_known_args()

    import rclpy
    from rclpy.executors import ExternalShutdownException
    from rclpy.qos import QoSProfile, ReliabilityPolicy
    if options.packets:
        from ffmpeg_image_transport_msgs.msg import FFMPEGPacket as Message
    else:
        from sensor_msgs.msg import CompressedImage as Message

    rclpy.init(args=for_ros)
    node = rclpy.create_node("sdr_producer")
    writer = producer.ShmWriter(options.path, options.size, history=options.history)
    forwarder = Forwarder(writer, node.get_logger().warning)
    # Best effort is what a publisher of either kind can serve.
    node.create_subscription(Message, options.topic, forwarder.packet if options.packets else forwarder.image,
                             QoSProfile(depth=QUEUE_DEPTH, reliability=ReliabilityPolicy.BEST_EFFORT))
    try:
        rclpy.spin(node)
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    finally:
        node.destroy_node()
        writer.close()


if __name__ == "__main__":
    main()
