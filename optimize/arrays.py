"""Arrays in the one form that the compiled kernels take: contiguous, writable, of a fixed type."""

import numpy as np

from optimize.groups import MemberArray
from optimize.problem import FloatArray, IntArray


def ints(values: object) -> IntArray:
    """Give int64 values, copied only where they are not in form."""
    return np.require(values, np.int64, ["C", "W"])


def floats(values: object) -> FloatArray:
    """Give float64 values, copied only where they are not in form."""
    return np.require(values, np.float64, ["C", "W"])


def members(values: object) -> MemberArray:
    """Give int32 cell indices, copied only where they are not in form."""
    return np.require(values, np.int32, ["C", "W"])
