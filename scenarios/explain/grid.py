"""Why a grid is as it is: its border stretch by stretch, its numbers against the rules, and who moves."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

import numpy as np
import shapely

from scenarios.desk.desk import Desk
from scenarios.desk.ground import DeskGround
from scenarios.desk.measure import find_pieces
from scenarios.desk.plan import GridEntry, cells_of_grids
from scenarios.errors import EditRefused
from scenarios.explain.border import Stretch, find_stretches
from scenarios.explain.people import (
    CompoundPart,
    Moves,
    find_moves,
    list_compounds,
    list_institutions,
    name_institution,
)
from scenarios.explain.size import Room, find_room
from scenarios.outcome import Certificate, Outcome
from scenarios.project.codec import plain
from scenarios.rules import GridRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything a card says of a grid.

    Attributes
    ----------
    stretches
        Together the whole border, longest neighbour first.
    institutions
        Name and kind of each.
    dedicated_to
        Name of the institution that a dedicated grid is for, empty where it is not named.
    larger, smaller
        What taking in, or giving away, one cell would do.
    """

    code: str
    name: str
    kind: str
    community_code: str
    community_name: str
    households: int
    residents: int
    formal_members: int
    n_cells: int
    n_pieces: int
    area_m2: float
    perimeter_m: float
    polsby_popper: float
    rules: GridRules
    stretches: tuple[Stretch, ...]
    compounds: tuple[CompoundPart, ...]
    institutions: tuple[tuple[str, str], ...]
    dedicated_to: str
    n_organisations: int
    moves: Moves
    larger: Room
    smaller: Room
    certificate: Certificate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan to be explained: one on a desk, or another one of the same cells."""

    grid_of_cell: Mapping[str, str | None]
    grids: Mapping[str, GridEntry]
    rules: GridRules
    certificates: tuple[Certificate, ...]


def planned_of(outcome: Outcome) -> Planned:
    """Take a stored or a shown plan as one to be explained."""
    known = {item.name for item in fields(GridRules)}
    rows = zip(outcome.grids["code"], outcome.grids["name"], outcome.grids["kind"], strict=True)
    cells = zip(outcome.cells["cell_id"], outcome.cells["grid_code"], strict=True)
    return Planned(
        grid_of_cell={str(cell): code if isinstance(code, str) else None for cell, code in cells},
        grids={str(code): GridEntry(name=str(name), kind=str(kind)) for code, name, kind in rows},
        rules=GridRules().with_values(
            {name: float(str(value)) for name, value in outcome.rules.items() if name in known}
        ),
        certificates=outcome.certificates,
    )


def explain_on_desk(desk: Desk, code: str) -> Explanation:
    """Explain a grid of the plan on a desk.

    Raises
    ------
    EditRefused
        `edit_unknown_grids`.
    """
    planned = Planned(
        grid_of_cell=desk.plan.grid_of_cell,
        grids=desk.plan.grids,
        rules=desk.rules,
        certificates=desk.certificates,
    )
    return explain(desk.ground, planned, code)


def explain(ground: DeskGround, planned: Planned, code: str) -> Explanation:
    """Explain a grid of a plan.

    Raises
    ------
    EditRefused
        `edit_unknown_grids`.
    """
    cells = cells_of_grids(planned.grid_of_cell).get(code)
    if not cells or code not in planned.grids:
        raise EditRefused("edit_unknown_grids", grids=[code])
    home = ground.community_of(cells[0])
    at = np.array([ground.place[cell] for cell in cells], np.int64)
    shape = shapely.coverage_union_all(ground.base.metres.cells.geometry.to_numpy()[at])
    names = {grid: item.name for grid, item in planned.grids.items()}
    facts, entry = ground.base.facts, planned.grids[code]
    larger, smaller = find_room(ground, planned.grid_of_cell, planned.rules, code)
    return Explanation(
        code=code,
        name=entry.name,
        kind=entry.kind,
        community_code=home,
        community_name=ground.community_names.get(home, home),
        households=int(ground.households[at].sum()),
        residents=int(ground.residents[at].sum()),
        formal_members=int(facts.formal_members[at].sum()),
        n_cells=len(cells),
        n_pieces=len(find_pieces(ground, cells)),
        area_m2=float(shapely.area(shape)),
        perimeter_m=float(shapely.length(shape)),
        polsby_popper=float(4 * np.pi * shapely.area(shape) / shapely.length(shape) ** 2),
        rules=planned.rules,
        stretches=find_stretches(ground, planned.grid_of_cell, names, code),
        compounds=list_compounds(ground, cells),
        institutions=list_institutions(ground, cells),
        dedicated_to=name_institution(ground, entry.institution_id),
        n_organisations=int(facts.organisations[at].sum()),
        moves=find_moves(ground, planned.grid_of_cell, code, home),
        larger=larger,
        smaller=smaller,
        certificate=next((item for item in planned.certificates if item.community_code == home), None),
    )


def explanation_document(item: Explanation) -> dict[str, object]:
    """Give an explanation as one JSON document: its fields, and of the rules only those that it speaks of."""
    rules = {
        name: getattr(item.rules, name)
        for name in ("min_households", "max_households", "residents_reference", "formal_members_min")
    }
    institutions = [{"name": name, "kind": kind} for name, kind in item.institutions]
    document: dict[str, object] = plain(asdict(item) | {"rules": rules, "institutions": institutions})
    return document
