"""An outcome made by hand: two communities, five grids, Chinese and hostile names, no round coordinates."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from scenarios.outcome import Certificate, Outcome

METRIC = "EPSG:4549"  # CGCS2000, 3-degree zone around 120° E, where the outcome lies
NASTY = {
    "999001001001": "清河<script>alert(1)</script>社区",
    "999001001002": '=2+3&"北苑"\'社区',
}
GRID_NAMES = {
    "999001001001001": "</script><img src=x onerror=alert(2)>第一网格",
    "999001001001002": "第二网格",
    "999001001001003": None,
    "999001001002001": '=HYPERLINK("x")',
    "999001001002002": "𠮷祥\u2028网格",
}


def _cells() -> gpd.GeoDataFrame:
    """Forty squares of 60 m, turned by 17°; the third grid has a hook, so that borders have corners."""
    rows = []
    for x in range(10):
        for y in range(4):
            community = "999001001001" if x < 6 else "999001001002"
            number = x // 2 + 1 if x < 6 else y // 2 + 1
            number = 3 if (x, y) == (3, 0) else number
            shape = shapely.box(x * 60, y * 60, x * 60 + 60, y * 60 + 60)
            rows.append(
                {
                    "cell_id": f"元{x}-{y}",
                    "community_code": community,
                    "compound_id": None,
                    "households": 40 + 3 * x + y,
                    "residents": 100 + 7 * x + 2 * y,
                    "kind": "parcel",
                    "grid_code": f"{community}{number:03d}",
                    "geometry": shape,
                }
            )
    cells = gpd.GeoDataFrame(rows, crs=METRIC)
    turned = cells.geometry.rotate(17, origin=(0, 0)).translate(500_123.4, 3_320_456.7)
    # Corners of neighbours become the same number again after the turn.
    return cells.set_geometry(shapely.set_precision(turned.to_numpy(), 0.01))


def _grids(cells: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    groups = cells.dissolve(
        "grid_code", aggfunc={"households": "sum", "residents": "sum", "community_code": "first"}
    )
    sizes = cells.groupby("grid_code").size()
    grids = groups.rename_axis("code").reset_index()
    area, around = grids.geometry.area, grids.geometry.length
    return grids.assign(
        name=[GRID_NAMES[code] for code in grids["code"]],
        kind=["dedicated" if code.endswith("1003") else "base" for code in grids["code"]],
        n_cells=sizes.to_numpy(),
        area_m2=area,
        perimeter_m=around,
        polsby_popper=4 * np.pi * area / around**2,
        contiguous=True,
        in_band=grids["code"] != "999001001002002",
        cost_boundary=around / 2,
        cost_boundary_crossing_main_roads=0.0,
    )


def build_outcome() -> Outcome:
    cells = _cells()
    grids = _grids(cells)
    communities = cells.dissolve("community_code")[["geometry"]].rename_axis("code").reset_index()
    communities["name"] = [NASTY[code] for code in communities["code"]]
    certificates = (
        Certificate(
            community_code="999001001001",
            community_name=NASTY["999001001001"],
            n_grids=3,
            status="optimal",
            objective=10.0,
            lower_bound=10.0,
            gap=0.0,
            proven=True,
        ),
        Certificate(
            community_code="999001001002",
            community_name=NASTY["999001001002"],
            n_grids=2,
            status="relaxed",
            objective=10.0,
            lower_bound=9.0,
            gap=0.1,
            proven=False,
            reasons=(
                ("oversize_cell", {"cells": ["元9-3"], "households": 1484, "max_households": 500}),
                ("a_code_not_known_yet", {}),
            ),
        ),
    )
    return Outcome(
        scenario="现状 <b>方案</b>",
        cells=cells.to_crs("EPSG:4490"),
        grids=grids.to_crs("EPSG:4490"),
        communities=communities.to_crs("EPSG:4490"),
        certificates=certificates,
        summary={"n_grids": 5},
    )


def as_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the columns that every GIS format must carry, by code."""
    table = (
        frame[["code", "name", "kind", "community_code", "households", "residents"]]
        .set_index("code")
        .sort_index()
    )
    return table.astype({"households": "int64", "residents": "int64"})
