"""Check the figures that cells would get: the notices of the seeds, before anything is cut."""

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from geo.cells_seeds import find_seeds
from geo.crs import metric_crs
from geo.layers import Fault
from geo.schema import UNIT_LAYERS

_OF_PLACES = "outside_communities"  # `validate_places` lists it, for every layer


def check_figures(frames: Mapping[str, pd.DataFrame]) -> list[Fault]:
    """List units without figures and compounds that contradict their buildings.

    Layers must be free of faults: shapes valid, figures numbers.
    """
    communities = frames.get("communities")
    if not isinstance(communities, gpd.GeoDataFrame) or communities.empty:
        return []
    crs = metric_crs(communities)
    units = {name: _to_metric(frames.get(name), crs) for name in UNIT_LAYERS}
    regions = communities.to_crs(crs).geometry.to_numpy()
    _, notices = find_seeds(units, regions, communities["code"].astype(str).tolist())
    return [notice for notice in notices if notice.code != _OF_PLACES]


def _to_metric(frame: pd.DataFrame | None, crs: object) -> gpd.GeoDataFrame:
    if isinstance(frame, gpd.GeoDataFrame) and len(frame):
        return frame.to_crs(crs)
    return gpd.GeoDataFrame(columns=["id", "geometry"], geometry="geometry", crs=crs)
