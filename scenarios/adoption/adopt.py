"""Take over a file from elsewhere, a table or polygons: look at the difference, then make it one edit."""

from pathlib import Path

from geo.read_files import read_sources
from geo.read_raw import Reading
from scenarios.adoption.difference import Adoption, Allow, Standing, refuse, stand
from scenarios.adoption.polygons import adopt_drawing, has_grids, two_answers
from scenarios.adoption.table import adopt_table, find_assignment
from scenarios.desk.change import apply_change
from scenarios.desk.desk import Desk, do_edit
from scenarios.desk.edits import EDITS
from scenarios.desk.measure import BrokenRule, measure_plan

KIND = "assign"


def preview(desk: Desk, path: Path, *, crs: str | None = None, allow: Allow | None = None) -> Adoption:
    """Give what a file would change in the plan on the desk; nothing is written.

    Parameters
    ----------
    path
        An assignment table (.xlsx, .xls, .csv), or polygons in any format that layers come in.
    crs
        Coordinate system of polygons, as for `geo.read.read_layers`.

    Raises
    ------
    AdoptionError
        `adoption_refused`, with every fault of the file.
    EditRefused
        `edit_locked`, when it moves what is locked.
    """
    reading = read_sources([path])
    refuse(path.name, reading.faults)
    adoption = _understand(reading, path.name, stand(desk), crs=crs, allow=allow or Allow())
    # What the desk would refuse is said now, not when the person has looked through everything.
    EDITS[KIND](desk.plan, desk.ground, adoption.facts())
    return adoption


def _understand(
    reading: Reading, file: str, standing: Standing, *, crs: str | None, allow: Allow
) -> Adoption:
    """Take a file as a table or as polygons; of a map with layers of cells and of grids, as what differs."""
    table = find_assignment(reading.tables)
    if table is None:
        return adopt_drawing(reading, file, standing, crs=crs, allow=allow)
    by_cells = adopt_table(reading, file, standing, allow=allow)
    if not has_grids(reading.tables):
        return by_cells
    by_grids = adopt_drawing(reading, file, standing, crs=crs, allow=allow)
    if not by_cells.is_empty and not by_grids.is_empty and by_cells.facts() != by_grids.facts():
        refuse(file, [two_answers(table.name)])
    return by_grids if by_cells.is_empty else by_cells


def apply(desk: Desk, adoption: Adoption, *, author: str, note: str = "") -> Desk:
    """Make what was looked at one edit; a file that changes nothing leaves the desk as it is.

    Raises
    ------
    EditConflict
        `changed_meanwhile`, when the plan has changed since the desk was opened.
    EditRefused, StoreError
        As for `scenarios.desk.desk.do_edit`.
    """
    if adoption.is_empty:
        return desk
    return do_edit(desk, KIND, adoption.facts(), author=author, note=note)


def look_ahead(desk: Desk, adoption: Adoption) -> tuple[BrokenRule, ...]:
    """Give the hard rules that the plan would break once the adoption was applied."""
    change = EDITS[KIND](desk.plan, desk.ground, adoption.facts())
    after = measure_plan(
        apply_change(desk.plan, change),
        desk.ground,
        desk.rules,
        known=desk.measures,
        cells=[move.cell_id for move in change.cells],
        codes=[step.code for step in change.grids],
    )
    return after.broken
