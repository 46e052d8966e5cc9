"""Centres that one scenario has and another has not: opened, closed, of another size."""

from collections.abc import Mapping
from typing import Literal

import geopandas as gpd
import pandas as pd

from geo.layers import STORAGE_CRS, Layers
from scenarios.given import number

Change = Literal["opened", "closed", "resized"]
_OPEN_BY = frozenset({"stays", "opens"})


def changed_venues(
    before: Layers,
    after: Layers,
    decided_before: Mapping[str, str] | None = None,
    decided_after: Mapping[str, str] | None = None,
) -> gpd.GeoDataFrame:
    """Find the centres that differ between two grounds.

    Parameters
    ----------
    decided_before, decided_after
        What the proposal for centres of either scenario does with each (`stays`, `opens`, `closes`,
        `not_needed`); those left out are as the layers have them.

    Returns
    -------
    GeoDataFrame
        `id`, `name` (None where it has none), `change` (`Change`), points in EPSG:4490, by id.
    """
    old = _read(before, decided_before or {})
    new = _read(after, decided_after or {})
    rows = []
    for venue in sorted(old.keys() | new.keys()):
        was, now = old.get(venue), new.get(venue)
        row = now or was
        change = _change(was, now)
        if change is not None and row is not None and row["geometry"] is not None:
            rows.append({"id": venue, "name": row["name"], "change": change, "geometry": row["geometry"]})
    return gpd.GeoDataFrame(rows, columns=["id", "name", "change", "geometry"], crs=STORAGE_CRS)


def _change(was: Mapping[str, object] | None, now: Mapping[str, object] | None) -> Change | None:
    open_then, open_now = was is not None and was["open"], now is not None and now["open"]
    if open_then != open_now:
        return "opened" if open_now else "closed"
    if was is not None and now is not None and open_now and was["area_m2"] != now["area_m2"]:
        return "resized"
    return None


def _read(layers: Layers, decided: Mapping[str, str]) -> dict[str, dict[str, object]]:
    frame = layers.frames.get("venues")
    if frame is None:
        return {}
    found = {}
    for row in pd.DataFrame(frame).to_dict("records"):
        venue, name = str(row["id"]), row.get("name")
        decision = decided.get(venue)
        found[venue] = {
            "open": row.get("status") == "existing" if decision is None else decision in _OPEN_BY,
            "area_m2": number(row.get("area_m2")),
            "name": name if isinstance(name, str) and name else None,
            "geometry": row.get("geometry"),
        }
    return found
