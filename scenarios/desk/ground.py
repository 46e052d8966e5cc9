"""The ground a desk stands on: the cells of a project as arrays, read once per state of its layers."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import geopandas as gpd
import numpy as np
import shapely

from optimize.graph import Graph, build_graph
from optimize.problem import FloatArray, IntArray, Problem
from scenarios.build import build_problem
from scenarios.propose import Ground, list_communities
from scenarios.rules import GridRules


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskGround:
    """The cells of one project, position by position; all lengths in metres.

    Attributes
    ----------
    key
        Digest of layers and cells: two grounds with the same key are the same.
    cell_ids, community, compound, today
        Per cell: id, code of its community, id of its compound or None, code of today's grid or None.
    place
        Cell id → position.
    members
        Community code → positions of its cells, in the order of its problem.
    community_names
        Community code → name.
    households, residents
        int64 (n,).
    area_m2, perimeter_m
        float64 (n,).
    graph
        Rook adjacency; `border_m` (float64) and `border_class` (what the border follows) are per border.
    cell_of_institution
        Institution id → id of the cell it lies in.
    base
        The frames all this was measured from.
    """

    key: str
    cell_ids: tuple[str, ...]
    place: Mapping[str, int]
    community: tuple[str, ...]
    compound: tuple[str | None, ...]
    today: tuple[str | None, ...]
    members: Mapping[str, IntArray]
    community_names: Mapping[str, str]
    households: IntArray
    residents: IntArray
    area_m2: FloatArray
    perimeter_m: FloatArray
    graph: Graph
    border_m: FloatArray
    border_class: tuple[str, ...]
    cell_of_institution: Mapping[str, str]
    base: Ground
    _problems: dict[tuple[str, GridRules], Problem] = field(default_factory=dict, repr=False, compare=False)

    def cells_of(self, community: str) -> tuple[str, ...]:
        """Give the ids of a community's cells, in the order of its problem."""
        return tuple(self.cell_ids[at] for at in self.members.get(community, ()))

    def community_of(self, cell_id: str) -> str:
        """Give the code of the community a cell lies in."""
        return self.community[self.place[cell_id]]

    def neighbours(self, cell_id: str) -> Iterator[tuple[str, float, str]]:
        """Give the neighbours of a cell: id, metres of border, what the border follows."""
        at = self.place[cell_id]
        for entry in range(int(self.graph.indptr[at]), int(self.graph.indptr[at + 1])):
            edge = int(self.graph.edge_idx[entry])
            yield (
                self.cell_ids[int(self.graph.indices[entry])],
                float(self.border_m[edge]),
                self.border_class[edge],
            )

    def problem(self, community: str, rules: GridRules, weights: Mapping[str, float]) -> Problem:
        """Give the problem of a community, built at most once for the same rules."""
        known = self._problems.get((community, rules))
        if known is None:
            known = build_problem(
                self.base.metres,
                community,
                rules=rules,
                weights={},
                today=self.base.today,
                facts=self.base.facts,
            )
            self._problems[(community, rules)] = known
        return replace(known, weights=dict(weights))


def build_ground(key: str, base: Ground) -> DeskGround:
    """Take what the desk needs out of the frames of a project."""
    cells, links = base.metres.cells, base.metres.links
    ids = tuple(str(cell) for cell in cells["cell_id"])
    community = tuple(str(code) for code in cells["community_code"])
    edges = links[["a", "b"]].to_numpy(dtype=np.int64).reshape(-1, 2)
    own: dict[str, list[int]] = {}
    for position, code in enumerate(community):
        own.setdefault(code, []).append(position)
    return DeskGround(
        key=key,
        cell_ids=ids,
        place={cell: position for position, cell in enumerate(ids)},
        community=community,
        compound=_texts(cells["compound_id"]),
        today=_texts(base.today),
        members={code: np.array(positions, np.int64) for code, positions in own.items()},
        community_names={item.code: item.name for item in list_communities(base)},
        households=cells["households"].to_numpy(dtype=np.int64),
        residents=cells["residents"].to_numpy(dtype=np.int64),
        area_m2=cells.area.to_numpy(dtype=np.float64),
        perimeter_m=cells.length.to_numpy(dtype=np.float64),
        graph=build_graph(len(ids), edges),
        border_m=links["border_m"].to_numpy(dtype=np.float64),
        border_class=tuple(links["crosses"].astype(str)),
        cell_of_institution=_institutions(base, ids),
        base=base,
    )


class Grounds:
    """The grounds read last, shared by all sessions of a server; one too many pushes out the oldest."""

    def __init__(self, most: int = 4) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._known: OrderedDict[str, DeskGround] = OrderedDict()
        self._reading: dict[str, threading.Lock] = {}

    def get(self, key: str, read: Callable[[], DeskGround]) -> DeskGround:
        """Give the ground of that key, read at most once; who wants another one need not wait for it."""
        with self._lock:
            one_at_a_time = self._reading.setdefault(key, threading.Lock())
        with one_at_a_time:
            with self._lock:
                known = self._known.get(key)
            ground = known or read()
            with self._lock:
                self._known[key] = ground
                self._known.move_to_end(key)
                while len(self._known) > self._most:
                    self._reading.pop(self._known.popitem(last=False)[0], None)
        return ground


GROUNDS = Grounds()
"""A ground takes seconds to read and never changes under its key, so one shelf serves the whole process."""


def _texts(values: Iterable[object]) -> tuple[str | None, ...]:
    return tuple(value if isinstance(value, str) else None for value in values)


def _institutions(base: Ground, ids: tuple[str, ...]) -> dict[str, str]:
    frame = base.layers.frames.get("institutions")
    if not isinstance(frame, gpd.GeoDataFrame) or frame.empty:
        return {}
    cells = base.metres.cells
    shapes = frame.to_crs(cells.crs).geometry.to_numpy()
    point, cell = shapely.STRtree(cells.geometry.to_numpy()).query(shapes, predicate="intersects")
    names = frame["id"].tolist()
    # A point on a border lies in several cells: the first has it, as where institutions are counted.
    pairs = sorted(zip(cell.tolist(), point.tolist(), strict=True), reverse=True)
    return {str(names[at]): ids[position] for position, at in pairs}
