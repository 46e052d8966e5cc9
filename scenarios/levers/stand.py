"""The ground a scenario stands on: the project's own, and cells cut anew only where levers change them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.cells import Survey, cut_surveyed, survey
from geo.cut_marks import mark_cuts, mark_surveyed
from geo.faults import refusal
from geo.layers import STORAGE_CRS, Layers, Tiling
from geo.memo import Memo
from geo.validate import check_layers
from scenarios.assemble import Frames, Shapes
from scenarios.build import todays_grid
from scenarios.facts import count_facts
from scenarios.ground import Ground, stand_on, to_metres
from scenarios.levers.lever import Lever, Question
from scenarios.levers.registry import apply_levers, levers_to_json
from scenarios.levers.rows import read_cuts, read_row
from scenarios.project.connect import reading
from scenarios.project.layers import look_at, read_layers
from scenarios.rules import GridRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A ground with the frames its outcomes are assembled from.

    Attributes
    ----------
    key
        Two grounds with the same key are the same.
    root
        Key of the project's own ground, without levers.
    marks
        Community code → digest of what its cells depend on.
    cuts
        Digest → cells of a community that levers changed (EPSG:4490), those that the file may not hold yet.
    """

    key: str
    root: str
    ground: Ground
    frames: Frames
    marks: Mapping[str, str]
    cuts: Mapping[str, Tiling] = field(default_factory=dict)


_SHELF: Memo[Standing] = Memo(12)  # a value never changes under its key, so one shelf serves all


def stand(path: Path, levers: Sequence[Lever] = ()) -> Standing:
    """Give the ground of a project under some levers.

    Raises
    ------
    LeverError
        A lever finds nothing to change.
    LayerError
        `layers_refused` where layers and levers together cannot be cut into cells.
    """
    base = _base(path)
    changing = [lever for lever in levers if lever.changes == "layers"]
    if not changing:
        return base
    key = f"{base.key}|{levers_to_json(changing)}"
    return _SHELF.get(key, lambda: _changed(path, key, base, changing))


def stand_of(path: Path, scenario: str) -> Standing:
    """Give the ground that a scenario's plan stands on: that of the levers its plan answers."""
    with reading(path) as connection:
        row = read_row(connection, scenario)
    return stand(path, row.answered)


def ground_of(path: Path, scenario: str, layers: Layers | None = None, *, keep: bool = True) -> Ground:
    """Give the ground that a scenario's plan stands on; `layers` are the project's, if at hand.

    Without `keep`, cells that have to be cut are not stored.
    """
    with reading(path) as connection:
        answered = read_row(connection, scenario).answered
    if any(lever.changes == "layers" for lever in answered) or not keep:
        return stand(path, answered).ground
    return stand_on(path, read_layers(path) if layers is None else layers)


def frames_for(path: Path, scenario: str) -> Frames | None:
    """Give the frames of a scenario whose levers changed the layers; None where they are the project's."""
    with reading(path) as connection:
        row = read_row(connection, scenario)
    if not any(lever.changes == "layers" for lever in row.answered):
        return None
    return stand(path, row.answered).frames


def ground_key(path: Path, scenario: str, base: str) -> str:
    """Give a text that tells the ground of a scenario from others; `base` tells the project's own."""
    with reading(path) as connection:
        answered = read_row(connection, scenario).answered
    changing = [lever for lever in answered if lever.changes == "layers"]
    return f"{base}|{levers_to_json(changing)}" if changing else base


def _base(path: Path) -> Standing:
    with reading(path) as connection:
        known = look_at(path, connection)
    key = f"{known.layers}:{known.cells}"
    return _SHELF.get(key, lambda: _own(path, key))


def _own(path: Path, key: str) -> Standing:
    ground = stand_on(path, read_layers(path), keep=False)
    return Standing(key=key, root=key, ground=ground, frames=_frames(ground), marks=mark_cuts(ground.layers))


def _changed(path: Path, key: str, base: Standing, levers: Sequence[Lever]) -> Standing:
    asked = Question(layers=base.ground.layers, cells=base.ground.stored.cells, rules=GridRules(), weights={})
    layers = apply_levers(asked, levers).layers
    surveyed = survey(layers)
    marks = mark_surveyed(surveyed)
    touched = [code for code in marks if base.marks.get(code) != marks[code]]
    with reading(path) as connection:
        known = read_cuts(connection, [marks[code] for code in touched])
    missing = [code for code in touched if marks[code] not in known]
    if missing:
        _refuse(base.ground.layers, layers)
    cuts = known | {marks[code]: _cut(surveyed, code) for code in missing}
    tiling = join_tilings(base.ground.stored, {code: cuts[marks[code]] for code in touched}, list(marks))
    metres = to_metres(tiling)
    ground = Ground(
        layers=layers,
        stored=tiling,
        metres=metres,
        today=todays_grid(base.ground.layers, metres.cells),
        facts=count_facts(layers, metres.cells),
    )
    return Standing(key=key, root=base.key, ground=ground, frames=_frames(ground), marks=marks, cuts=cuts)


def lay_out_ground(path: Path, stop: Callable[[], bool] = lambda: False) -> None:
    """Divide the ground of every community once: what a lever does not reach is then at hand (`geo.memo`)."""
    surveyed = survey(_base(path).ground.layers)
    for code in surveyed.codes:
        if stop():
            return
        _cut(surveyed, code)


def _refuse(before: Layers, layers: Layers) -> None:
    """Refuse layers that levers have made unfit; the project's own were checked when they were read in."""
    changed = [name for name, frame in layers.frames.items() if frame is not before.frames.get(name)]
    error = refusal(check_layers(layers, figures=False, only=changed))
    if error is not None:
        raise error


def _cut(surveyed: Survey, code: str) -> Tiling:
    """Cut one community alone, so that its cells depend on nothing but what its digest tells."""
    tiling = cut_surveyed(surveyed, only=[code])
    return Tiling(cells=tiling.cells.to_crs(STORAGE_CRS), links=tiling.links.to_crs(STORAGE_CRS))


def join_tilings(base: Tiling, parts: Mapping[str, Tiling], codes: Sequence[str]) -> Tiling:
    """Put the cells of some communities in place of the base's, in the order of `codes`; other codes go."""
    of_base = base.cells["community_code"].astype(str)
    cells: list[gpd.GeoDataFrame] = []
    links: list[gpd.GeoDataFrame] = []
    first = 0
    for code in codes:
        if code in parts:
            own, own_links = parts[code].cells, parts[code].links
        else:
            rows = np.flatnonzero((of_base == code).to_numpy())
            place = np.full(len(base.cells), -1)
            place[rows] = np.arange(len(rows))
            own = base.cells.iloc[rows]
            kept = base.links[place[base.links["a"].to_numpy(dtype=np.int64)] >= 0]
            own_links = kept.assign(
                a=place[kept["a"].to_numpy(dtype=np.int64)], b=place[kept["b"].to_numpy(dtype=np.int64)]
            )
        cells.append(own)
        links.append(own_links.assign(a=own_links["a"] + first, b=own_links["b"] + first))
        first += len(own)
    joined = _concat(cells, base.cells)
    return Tiling(cells=joined.assign(cell_id=_unique(joined)), links=_concat(links, base.links))


def _concat(frames: list[gpd.GeoDataFrame], like: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    full = [frame[like.columns] for frame in frames if len(frame)]
    if not full:
        return like.iloc[:0]
    return gpd.GeoDataFrame(pd.concat(full, ignore_index=True), geometry="geometry", crs=like.crs)


def _unique(cells: gpd.GeoDataFrame) -> list[str]:
    """Give every cell a name of its own: ids may repeat between communities that were cut apart."""
    names = cells["cell_id"].astype(str)
    twice = names.duplicated().to_numpy()
    return [
        f"{code}-{name}" if again else name
        for name, code, again in zip(names, cells["community_code"], twice, strict=True)
    ]


def _frames(ground: Ground) -> Frames:
    cells = ground.stored.cells
    communities = gpd.GeoDataFrame(ground.layers.frames["communities"])
    return Frames(cells=cells, communities=communities.reset_index(drop=True), shapes=Shapes(cells))
