import dataclasses
import enum


class ReliabilityPolicy(enum.Enum):
    BEST_EFFORT = 2


@dataclasses.dataclass
class QoSProfile:
    depth: int
    reliability: ReliabilityPolicy
