"""What a community's plan depends on, as a short text: equal texts mean equal plans."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from optimize.params import Params
from optimize.problem import Locks, Problem
from scenarios.plan import Community, KeptName
from scenarios.project.codec import to_json

_FORMAT = "1"  # another one forgets every answer: for when engines give other plans than they did


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Everything that the plan of one community follows from.

    Attributes
    ----------
    today
        Today's grid of each of its cells, or None.
    taken
        Codes of today's grids anywhere that a new grid of it could be given.
    names
        Cell id → code, name and kind that the grid with that cell keeps.
    most_moved
        Largest share of its households that may change grid, or None.
    """

    problem: Problem
    community: Community
    today: pd.Series
    taken: Sequence[str]
    names: Mapping[str, KeptName]
    params: Params
    seed: int
    most_moved: float | None = None


def mark(asked: Asked) -> str:
    """Give a digest of everything that the plan follows from."""
    digest = hashlib.sha256(_FORMAT.encode())
    for item in fields(asked.problem):
        value = getattr(asked.problem, item.name)
        digest.update(item.name.encode())
        if isinstance(value, np.ndarray):
            digest.update(f"{value.dtype}{value.shape}".encode())
            digest.update(np.ascontiguousarray(value).tobytes())
        elif isinstance(value, Mapping):
            digest.update(to_json({name: weight for name, weight in value.items() if weight}).encode())
        elif isinstance(value, Locks):
            whole = [sorted(cells) for cells in value.whole]
            digest.update(repr((value.together, value.apart, whole, value.n_grids)).encode())
        else:
            digest.update(repr(value).encode())
    ids = asked.community.cell_ids
    own = set(ids)
    told = {
        "code": asked.community.code,
        "name": asked.community.name,
        "cells": ids,
        "today": [code if isinstance(code, str) else None for code in asked.today],
        "taken": sorted(code for code in asked.taken if code.startswith(asked.community.code)),
        "names": {
            cell: [item.code, item.name, item.kind] for cell, item in asked.names.items() if cell in own
        },
        "engine": asked.params.engine,
        "time_limit_s": asked.params.time_limit_s,
        "seed": asked.seed,
        "most_moved": asked.most_moved,
    }
    digest.update(to_json(told).encode())
    return digest.hexdigest()
