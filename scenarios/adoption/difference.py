"""What a file from elsewhere would change in a plan: the difference, to be looked at before it is applied."""

import itertools
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import geopandas as gpd
import pandas as pd

from geo.layers import Fault
from geo.numbering import TEMPLATE
from scenarios.desk.change import CellMove
from scenarios.desk.desk import Desk, read_history
from scenarios.desk.recodes import current_codes
from scenarios.errors import AdoptionError

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so is a formula to a spreadsheet; an apostrophe before it keeps it a text."""

_NUMBER = re.compile(r"(?!0+$)\d{3,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The plan that a file is compared with.

    Attributes
    ----------
    cells
        Geometry in a metric CRS, in the order of the next four.
    grid_of_cell, community_of_cell, compound_of_cell, households_of_cell
        By cell id; the grid is None where a cell is in none.
    names
        Code → name of each grid of the plan.
    communities
        Code → name, in their order.
    compounds
        Id → name, of those that have one.
    today
        Code of each of today's grids → its community, where that is known.
    used
        Every code that a grid of the scenario ever bore.
    recoded
        Code that a grid bore before it was recoded → the one it bears now.
    """

    cells: gpd.GeoDataFrame
    grid_of_cell: Mapping[str, str | None]
    community_of_cell: Mapping[str, str]
    compound_of_cell: Mapping[str, str | None]
    households_of_cell: Mapping[str, int]
    names: Mapping[str, str]
    communities: Mapping[str, str]
    compounds: Mapping[str, str]
    today: Mapping[str, str]
    used: frozenset[str]
    recoded: Mapping[str, str] = field(default_factory=dict)

    def homes(self) -> dict[str, str]:
        """Give the community of each grid of the plan."""
        return {
            code: self.community_of_cell[cell] for cell, code in self.grid_of_cell.items() if code is not None
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Allow:
    """What a file may do besides moving cells between grids: make new grids, leave cells without one."""

    new_grids: bool = False
    unassigned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Cells that go from one grid to another, None is no grid."""

    before: str | None
    after: str | None
    community_code: str
    n_cells: int
    households: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """What a file would change.

    Attributes
    ----------
    source, kind
        Name of the file, and what it holds.
    moves
        Cells whose grid differs, in the order of the plan.
    new_grids, renamed
        Code → name, of grids that are new and of those that get another name.
    emptied
        Grids that lose all their cells, and with them go.
    flows
        The moves summed up by grid, most households first.
    findings
        What was read with care and what does not fit: repairs and notices, no faults.
    """

    source: str
    kind: Literal["table", "polygons"]
    moves: tuple[CellMove, ...] = ()
    new_grids: Mapping[str, str] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    emptied: tuple[str, ...] = ()
    flows: tuple[Flow, ...] = ()
    findings: tuple[Fault, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing would change."""
        return not (self.moves or self.renamed)

    @property
    def households(self) -> int:
        """Households whose grid would change."""
        return sum(flow.households for flow in self.flows)

    def facts(self) -> dict[str, object]:
        """Give the facts of the one edit of kind `assign` that does it."""
        return {
            "to": {move.cell_id: move.after for move in self.moves},
            "names": {**self.renamed, **self.new_grids},
            "source": self.source,
        }


def stand(desk: Desk) -> Standing:
    """Take the plan on a desk as what a file is compared with."""
    ground, frames = desk.ground, desk.ground.base.layers.frames
    today = frames.get("grids", pd.DataFrame({"code": [], "community_code": []}))
    return Standing(
        cells=ground.base.metres.cells,
        grid_of_cell={cell: desk.plan.grid_of_cell.get(cell) for cell in ground.cell_ids},
        community_of_cell=dict(zip(ground.cell_ids, ground.community, strict=True)),
        households_of_cell=dict(zip(ground.cell_ids, ground.households.tolist(), strict=True)),
        names={code: entry.name for code, entry in sorted(desk.plan.grids.items())},
        communities=ground.community_names,
        compound_of_cell=dict(zip(ground.cell_ids, ground.compound, strict=True)),
        compounds=_named(frames.get("compounds", pd.DataFrame({"id": [], "name": []}))),
        today=dict(today[["code", "community_code"]].dropna().itertuples(index=False)),
        used=desk.codes,
        recoded=current_codes(read_history(desk.path, desk.scenario), desk.plan.grids),
    )


def settle(
    standing: Standing,
    wanted: Mapping[str, str | None],
    *,
    names: Mapping[str, str],
    source: str,
    kind: Literal["table", "polygons"],
    findings: Iterable[Fault] = (),
) -> Adoption:
    """Reduce what a file wants to what differs from the plan.

    Parameters
    ----------
    wanted
        Cell id → code or None; cells that are not in it stay.
    names
        Code → name that the file gives; those of grids that are not in the new plan are passed over.
    """
    held = standing.grid_of_cell
    moves = tuple(
        CellMove(cell_id=cell, before=held[cell], after=wanted[cell])
        for cell in held
        if cell in wanted and wanted[cell] != held[cell]
    )
    after = set({**held, **wanted}.values()) - {None}
    before = set(held.values()) - {None}
    new = sorted(code for code in after - before if code is not None)
    homes = {move.after: standing.community_of_cell[move.cell_id] for move in moves}
    return Adoption(
        source=source,
        kind=kind,
        moves=moves,
        new_grids={code: names.get(code) or name_new(standing, code, homes[code]) for code in new},
        renamed={
            code: name
            for code, name in sorted(names.items())
            if code in before & after and name and name != standing.names.get(code)
        },
        emptied=tuple(sorted(code for code in before - after if code is not None)),
        flows=_sum_up(standing, moves),
        findings=tuple(findings),
    )


def refuse(file: str, findings: Iterable[Fault]) -> None:
    """Refuse a file when at least one finding is a fault.

    Raises
    ------
    AdoptionError
        `adoption_refused`, with every finding in `facts["faults"]`.
    """
    faults = tuple(findings)
    n = sum(fault.severity == "fault" for fault in faults)
    if n:
        raise AdoptionError("adoption_refused", file=file, n=n, faults=faults)


def is_fitting_code(standing: Standing, code: str, community: str) -> bool:
    """Tell whether a code that the plan lacks may name a grid of that community.

    It is made of the community's code and a number, or one of today's grids there has it.
    """
    if standing.today.get(code, community) != community:
        return False
    number = code.removeprefix(community)
    return code in standing.today or (number != code and bool(_NUMBER.fullmatch(number)))


def free_codes(standing: Standing, community: str, taken: Iterable[str]) -> Iterable[str]:
    """Give codes that no grid of the scenario ever bore, nor one of today, nor any of `taken`."""
    used = {*standing.used, *standing.today, *taken}
    codes = (TEMPLATE.format(community=community, number=number) for number in itertools.count(1))
    return (code for code in codes if code not in used)


def name_new(standing: Standing, code: str, community: str) -> str:
    """Name a grid as a proposal would: the community's name and the grid's number."""
    return f"{standing.communities.get(community, community)}{code.removeprefix(community)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Ids or codes that are known, found also where a spreadsheet or a hand has changed their writing."""

    exact: frozenset[str]
    loose: Mapping[str, str]

    def find(self, text: str) -> str | None:
        """Find what a text means: itself, or the only one alike but for blanks, width, case, zeros."""
        return text if text in self.exact else self.loose.get(plain_key(text))


def know(ids: Iterable[str]) -> Known:
    """Prepare ids to be found; two that differ by writing alone are found only when written exactly."""
    exact = frozenset(ids)
    keys: dict[str, list[str]] = {}
    for text in exact:
        keys.setdefault(plain_key(text), []).append(text)
    return Known(exact=exact, loose={key: found[0] for key, found in keys.items() if len(found) == 1})


def tidy(text: str) -> str:
    """Write a code the plain way: half width, no blanks, nothing invisible, no apostrophe before it."""
    plain = unicodedata.normalize("NFKC", text)
    seen = "".join(sign for sign in plain if not sign.isspace() and unicodedata.category(sign)[0] != "C")
    return seen.lstrip("'’‘") or seen


def take_off_guard(text: str) -> str:
    """Take off the apostrophe that keeps a text from being a formula."""
    guarded = text.startswith("'") and text.lstrip("'").startswith(FORMULA_SIGNS)
    return text[1:] if guarded else text


def plain_key(text: str) -> str:
    """Reduce a text to what is compared where the writing may have changed."""
    plain = tidy(text).casefold()
    return plain.lstrip("0") or plain if plain.isdecimal() else plain


def _sum_up(standing: Standing, moves: tuple[CellMove, ...]) -> tuple[Flow, ...]:
    sums: dict[tuple[str, str | None, str | None], list[int]] = {}
    for move in moves:
        key = (standing.community_of_cell[move.cell_id], move.before, move.after)
        sums.setdefault(key, []).append(standing.households_of_cell[move.cell_id])
    flows = [
        Flow(before=before, after=after, community_code=home, n_cells=len(counts), households=sum(counts))
        for (home, before, after), counts in sums.items()
    ]
    return tuple(sorted(flows, key=lambda flow: (-flow.households, -flow.n_cells, flow.after or "")))


def _named(frame: pd.DataFrame) -> dict[str, str]:
    pairs = zip(frame["id"], frame["name"], strict=True)
    return {str(code): name for code, name in pairs if isinstance(name, str) and name}
