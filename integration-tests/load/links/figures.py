"""What a viewer saw, in figures. A frame is a line of viewer.py: received, capture, commit, frame_seq, bytes, keyframe."""
import collections

STALE_NANOS = 500_000_000
STEP_NANOS = 200_000_000  # the encoder is told at most so often
SWING_NANOS = 10_000_000_000
SPAN_NANOS = 2_000_000_000
FULL = 0.9
SECOND = 10**9

Frame = collections.namedtuple("Frame", "received capture commit seq bytes keyframe")


def of(lines, told, settled_seconds, seconds, most_bps):
    """From so many seconds after the first frame; `told` as Testbed.told() gives it."""
    frames = [Frame(*line) for line in lines]
    begin, end = frames[0].received + settled_seconds * SECOND, frames[0].received + seconds * SECOND
    counted = [frame for frame in frames if begin <= frame.received < end]
    ages = sorted(frame.received - frame.commit for frame in counted) or [0]
    span = (end - begin) / SECOND
    targets = asked(told, begin, end, most_bps)
    return {"p50": ages[len(ages) // 2] / 1e6, "p99": ages[int(len(ages) * 0.99)] / 1e6, "oldest": ages[-1] / 1e6,
            "stale": stale(frames, begin, end), "fps": len(counted) / span,
            "told": sum(targets) / len(targets) / 1e6, "least told": min(targets) / 1e6,
            "swing": swing(asked(told, max(begin, end - SWING_NANOS), end, most_bps)),
            "mbit": sum(frame.bytes for frame in counted) * 8 / span / 1e6,
            "broken": sum(1 for before, after in zip(frames, frames[1:])
                          if after.seq != before.seq + 1 and not after.keyframe)}


def asked(told, begin, end, most_bps):
    """What the encoder was asked to make, at equal steps of time."""
    values, last = [], None
    waiting = collections.deque(told)
    for moment in range(begin, end, STEP_NANOS):
        while waiting and waiting[0][0] <= moment:
            last = waiting.popleft()[1]
        values.append(min(most_bps, last or most_bps))
    return values


def swing(targets):
    """The greatest departure from the mean, in percent of it."""
    mean = sum(targets) / len(targets)
    return max(abs(target - mean) for target in targets) / mean * 100


def stale(frames, begin, end):
    """Seconds in which the newest picture was too old."""
    nanos = 0
    for i, frame in enumerate(frames):
        until = min(end, frames[i + 1].received if i + 1 < len(frames) else end)
        nanos += max(0, until - max(begin, frame.received, frame.commit + STALE_NANOS))
    return nanos / SECOND


def after_change(lines, fell_at, back_at):
    """Of a link that was worse for a while: seconds until what came was fresh, and as much as before, and how many pictures
    came too late to be of use."""
    frames = [Frame(*line) for line in lines]
    after = [frame for frame in frames if frame.received >= back_at]
    late = [frame.received - frame.commit > STALE_NANOS for frame in after]
    first_fresh = len(late) - late[::-1].index(True) if True in late else 0
    before = rate(frames, frames[0].received + (fell_at - frames[0].received) // 2, fell_at)
    full = next((at for at in range(back_at, after[-1].received - SPAN_NANOS, STEP_NANOS)
                 if rate(after, at, at + SPAN_NANOS) >= FULL * before), None)
    return {"fresh after": (after[first_fresh].received - back_at) / SECOND if first_fresh < len(after) else float("inf"),
            "late": sum(late), "full after": float("inf") if full is None else (full - back_at) / SECOND}


def rate(frames, begin, end):
    return sum(frame.bytes for frame in frames if begin <= frame.received < end) / (end - begin)
