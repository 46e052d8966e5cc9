"""Who lives in a grid and who moves: compounds, institutions, today's grid and the households that change."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from scenarios.desk.ground import DeskGround
from scenarios.stability import match_grids


@dataclass(frozen=True, slots=True, kw_only=True)
class CompoundPart:
    """A compound with homes in the grid: households here, and in all."""

    id: str
    name: str
    households: int
    total: int

    @property
    def whole(self) -> bool:
        """Whether all of it lies in the grid."""
        return self.households == self.total


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Households that a grid has in common with another one."""

    code: str
    name: str
    households: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """Today's grids against one grid of a plan; all by households, most first.

    Attributes
    ----------
    known
        Whether any grid of today is known in its community.
    here
        Grids of today with households in it.
    successor_of
        The grid of today that it continues, with all its households; None where it is new.
    came, went
        Households that come from other grids of today, and those of the grid it continues that go elsewhere.
    """

    known: bool = False
    here: tuple[Share, ...] = ()
    successor_of: Share | None = None
    came: tuple[Share, ...] = ()
    went: tuple[Share, ...] = ()


def list_compounds(ground: DeskGround, cells: Sequence[str]) -> tuple[CompoundPart, ...]:
    """List the compounds with cells in a grid, most households first."""
    here, total = Counter[str](), Counter[str]()
    inside = set(cells)
    for cell, compound, households in zip(
        ground.cell_ids, ground.compound, ground.households.tolist(), strict=True
    ):
        if compound is not None:
            total[compound] += households
            here[compound] += households if cell in inside else 0
    held = {ground.compound[ground.place[cell]] for cell in cells}
    names = name_compounds(ground)
    parts = [
        CompoundPart(
            id=compound,
            name=names.get(compound, compound),
            households=here[compound],
            total=total[compound],
        )
        for compound in held
        if compound is not None
    ]
    return tuple(sorted(parts, key=lambda part: (-part.households, part.id)))


def name_compounds(ground: DeskGround) -> dict[str, str]:
    """Give the names of the compounds that have one, by id."""
    frame = ground.base.layers.frames.get("compounds")
    pairs = () if frame is None else zip(frame["id"].astype(str), frame["name"], strict=True)
    return {compound: name for compound, name in pairs if isinstance(name, str) and name}


def list_institutions(ground: DeskGround, cells: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """List the institutions in a grid: name and kind."""
    frame = ground.base.layers.frames.get("institutions")
    if frame is None or not ground.cell_of_institution:
        return ()
    inside = set(cells)
    rows = zip(frame["id"].astype(str), frame["name"], frame["kind"], strict=True)
    return tuple(
        (_text(name) or key, _text(kind))
        for key, name, kind in rows
        if ground.cell_of_institution.get(key) in inside
    )


def name_institution(ground: DeskGround, institution_id: str | None) -> str:
    """Give the name of an institution, its id where it has none, an empty text for None."""
    frame = ground.base.layers.frames.get("institutions")
    if frame is None or institution_id is None:
        return institution_id or ""
    names = dict(zip(frame["id"].astype(str), frame["name"], strict=True))
    return _text(names.get(institution_id)) or institution_id


def find_moves(
    ground: DeskGround, grid_of_cell: Mapping[str, str | None], code: str, community: str
) -> Moves:
    """Compare a grid with the grids of today in its community."""
    own = ground.cells_of(community)
    at = [ground.place[cell] for cell in own]
    today = [ground.today[place] for place in at]
    if not any(today):
        return Moves()
    grid = [grid_of_cell.get(cell) for cell in own]
    households = ground.households[at].tolist()
    successor = match_grids(
        pd.Series(today, dtype=object), pd.Series(grid, dtype=object), pd.Series(households)
    ).get(code)
    here, went, total = Counter[str](), Counter[str](), Counter[str]()
    for old, new, count in zip(today, grid, households, strict=True):
        if old is None or not count:
            continue
        total[old] += count
        if new == code:
            here[old] += count
        elif old == successor:
            went[new or ""] += count
    names = _names_today(ground)
    shares = _shares(here, names)
    return Moves(
        known=True,
        here=shares,
        successor_of=None if successor is None else _shares(Counter({successor: total[successor]}), names)[0],
        came=tuple(share for share in shares if share.code != successor),
        went=_shares(went, {}),
    )


def _shares(counts: Counter[str], names: Mapping[str, str]) -> tuple[Share, ...]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Share(code=code, name=names.get(code, code), households=n) for code, n in ordered)


def _names_today(ground: DeskGround) -> dict[str, str]:
    frame = ground.base.layers.frames.get("grids")
    if frame is None:
        return {}
    pairs = zip(frame["code"].astype(str), frame["name"], strict=True)
    return {code: _text(name) or code for code, name in pairs}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
