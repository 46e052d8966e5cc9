"""Count anew what the desk reports, from shapes and parcels, by other means than the desk uses."""

import geopandas as gpd
import shapely

from scenarios.desk.plan import DeskPlan
from scenarios.rules import GridRules

METRES = "EPSG:4549"
Broken = set[tuple[str, str | None]]


def recount(plan: DeskPlan, cells: gpd.GeoDataFrame, rules: GridRules) -> Broken:
    """List (rule, grid) of every hard rule broken; `cells` with `cell_id`, `households` and shapes.

    Cells of the tests are squares of 100 m. Made smaller by 2 m and grown together again, cells that share a
    side make one polygon; those that touch in a corner make two.
    """
    metres = cells.to_crs(METRES)
    shapes = dict(zip(metres["cell_id"], metres.geometry, strict=True))
    households = dict(zip(metres["cell_id"], metres["households"], strict=True))
    members: dict[str, list[str]] = {}
    broken: Broken = set()
    for cell, code in plan.grid_of_cell.items():
        if code is None:
            broken.add(("unassigned", None))
        else:
            members.setdefault(code, []).append(cell)
    for code, own in members.items():
        total = sum(int(households[cell]) for cell in own)
        free = plan.grids[code].kind == "dedicated" or code in plan.locks.grids
        if total < rules.min_households and not free:
            broken.add(("below_minimum", code))
        if total > rules.max_households and not free:
            broken.add(("above_maximum", code))
        squares = [shapes[cell].buffer(-1.0, join_style="mitre") for cell in own]
        grown = shapely.union_all(squares).buffer(1.1, join_style="mitre").buffer(-0.5, join_style="mitre")
        if grown.geom_type != "Polygon":
            broken.add(("not_contiguous", code))
    return broken
