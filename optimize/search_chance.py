"""Chance inside compiled kernels: a stream whose whole state is an argument; nothing hidden is shared.

Vigna (2016), An experimental exploration of Marsaglia's xorshift generators, scrambled, doi:10.1145/2845077.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

ChanceArray = NDArray[np.uint64]
"""State of a stream, uint64 (1,); changed by every draw."""


def new_chance(seed: int) -> ChanceArray:
    """Start a stream; near seeds give unrelated streams, and the state is never 0."""
    return np.random.SeedSequence(seed).generate_state(1, np.uint64) | np.uint64(1)


@njit(cache=True)
def share_kernel(chance: ChanceArray) -> float:
    """Draw a number in [0, 1)."""
    state = chance[0]
    state ^= state >> np.uint64(12)
    state ^= state << np.uint64(25)
    state ^= state >> np.uint64(27)
    chance[0] = state
    return float((state * np.uint64(2685821657736338717)) >> np.uint64(11)) * 2.0**-53


@njit(cache=True)
def draw_kernel(chance: ChanceArray, count: int) -> int:
    """Draw a whole number in [0, count)."""
    return int(share_kernel(chance) * count)
