"""Who changes grid: the plan against the grids in force today."""

from collections.abc import Mapping

import pandas as pd

from exports.request import Request
from exports.texts import Texts


def request_moves(request: Request) -> pd.DataFrame | None:
    """List the moves as `scenarios.stability.list_moves` does, largest first; None without today's grids."""
    if "grids" not in request.layers:
        return None
    # Sheets that tell no moves are drawn without what these bring.
    from geo.crs import metric_crs  # noqa: PLC0415
    from geo.layers import Layers  # noqa: PLC0415
    from scenarios.build import todays_grid  # noqa: PLC0415
    from scenarios.stability import list_moves  # noqa: PLC0415

    cells = request.outcome.cells
    metric = cells.to_crs(metric_crs(request.outcome.communities))
    today = todays_grid(Layers(frames=request.layers), metric).set_axis(cells.index)
    if not today.notna().any():
        return None
    moves = list_moves(cells, today)
    return moves.sort_values(["households", "to_grid"], ascending=[False, True], ignore_index=True)


def from_name(row: Mapping[str, object], texts: Texts, code: str) -> str:
    """Name the grid that households come from; `code` is as much of its code as is shown.

    Between two plans a code may have passed on to another grid: then it is called the old one.
    """
    return texts("compare.old_code", grid=code) if row.get("renamed") else code
