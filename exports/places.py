"""Say in a planner's words which cells are meant: compounds by name with their buildings, not ids."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from exports.texts import Texts
from scenarios.outcome import Outcome

_MOST_NAMED = 4
_MOST_IDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What is known of cells: cell id → kind and compound, compound id → name."""

    kind_of: Mapping[str, str] = field(default_factory=dict)
    compound_of: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


def known_places(outcome: Outcome, compounds: pd.DataFrame | None) -> Places:
    """Give what is known of the cells of a plan; `compounds` is that layer, where the project has it."""
    cells = outcome.cells
    home = cells[cells["compound_id"].notna()]
    named = compounds is not None and {"id", "name"} <= set(compounds.columns)
    rows = compounds[["id", "name"]].dropna() if compounds is not None and named else pd.DataFrame()
    return Places(
        kind_of=dict(zip(cells["cell_id"].astype(str), cells["kind"].astype(str), strict=True)),
        compound_of=dict(zip(home["cell_id"].astype(str), home["compound_id"].astype(str), strict=True)),
        names=dict(zip(rows["id"].astype(str), rows["name"].astype(str), strict=True)) if len(rows) else {},
    )


def say_cells(cells: Sequence[str], places: Places | None, texts: Texts) -> str:
    """Name the places that cells are, those of most cells first; a few ids where nothing is known of them."""
    if places is None or not any(cell in places.kind_of for cell in cells):
        return _say_ids(cells, texts)
    said = [*_say_compounds(cells, places, texts), *_say_loose(cells, places, texts)]
    rest = len(said) - _MOST_NAMED
    shown = texts("messages.comma").join(said[:_MOST_NAMED])
    return shown + (texts("places.more", n=rest) if rest > 0 else "")


def say_cell(cell: str, places: Places, texts: Texts) -> str:
    """Name one cell so that a person can pick it from a list: its compound, and its id."""
    compound = places.compound_of.get(cell)
    name = places.names.get(compound or "", compound)
    return cell if name is None else texts("places.cell", name=name, id=cell)


def _say_ids(cells: Sequence[str], texts: Texts) -> str:
    if len(cells) > _MOST_IDS:
        return texts("places.cells", n=len(cells))
    return texts("messages.comma").join(str(cell) for cell in cells)


def _say_compounds(cells: Sequence[str], places: Places, texts: Texts) -> list[str]:
    held = [(places.compound_of[c], places.kind_of.get(c, "")) for c in cells if c in places.compound_of]
    built = Counter(compound for compound, kind in held if kind == "building")
    return [
        texts("places.buildings", name=places.names.get(compound, compound), n=built[compound])
        if built[compound]
        else places.names.get(compound, compound)
        for compound, _ in Counter(compound for compound, _ in held).most_common()
    ]


def _say_loose(cells: Sequence[str], places: Places, texts: Texts) -> list[str]:
    """Name the cells of no compound, by their kinds."""
    loose = [cell for cell in cells if cell not in places.compound_of]
    parcels = [cell for cell in loose if places.kind_of.get(cell) == "parcel"]
    open_ground = [cell for cell in loose if places.kind_of.get(cell) == "empty"]
    others = [cell for cell in loose if cell not in parcels and cell not in open_ground]
    said = []
    if len(parcels) == 1:
        said.append(texts("places.parcel", id=parcels[0]))
    elif parcels:
        said.append(texts("places.parcels", n=len(parcels)))
    if others:
        said.append(_say_ids(others, texts))
    if open_ground:
        said.append(texts("places.open_ground", n=len(open_ground)))
    return said
