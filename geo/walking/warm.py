"""Walk a few steps: what that needs is compiled then, and kept for later."""

import numpy as np
import shapely

from geo.walking.network import from_pieces
from geo.walking.paths import walk
from geo.walking.snap import snap


def warm() -> None:
    """Walk along two streets."""
    network = from_pieces(shapely.linestrings([[[0.0, 0.0], [100.0, 0.0]], [[100.0, 0.0], [100.0, 90.0]]]))
    ends = snap(shapely.points([[0.0, 5.0], [95.0, 90.0]]), network, np.zeros(0, object))
    walk(network, ends, ends, 500.0)
