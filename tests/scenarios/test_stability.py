import itertools
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.layers import Layers
from scenarios.propose import Settings, propose
from scenarios.stability import list_moves, match_grids, surviving_grids
from scenarios.store import create_project
from scenarios.workers import Workers


def frame(today: str, grid: str, households: list[int]) -> pd.DataFrame:
    """One letter a cell; '.' stands for none."""
    return pd.DataFrame(
        {
            "community_code": "c",
            "today": [None if letter == "." else letter for letter in today],
            "grid_code": [None if letter == "." else letter for letter in grid],
            "households": households,
            "residents": [3 * count for count in households],
        }
    )


def test_the_grid_that_keeps_most_succeeds() -> None:
    cells = frame("aaab", "xxyy", [100, 100, 100, 250])
    assert match_grids(cells["today"], cells["grid_code"], cells["households"]) == {"x": "a", "y": "b"}
    moves = list_moves(cells, cells["today"])
    assert moves.to_dict("records") == [
        {
            "community_code": "c",
            "from_grid": "a",
            "to_grid": "y",
            "households": 100,
            "residents": 300,
            "n_cells": 1,
        }
    ]


def test_a_grid_survives_only_with_more_than_half_of_its_households() -> None:
    half = frame("aabb", "xyxy", [100, 100, 100, 100])
    assert surviving_grids(half["today"], half["grid_code"], half["households"]) == {}
    more = frame("aab", "xyy", [101, 100, 300])
    assert surviving_grids(more["today"], more["grid_code"], more["households"]) == {"x": "a", "y": "b"}


def test_the_same_plan_moves_nobody() -> None:
    cells = frame("aabbc", "vvwwx", [10, 20, 30, 40, 50])
    assert list_moves(cells, cells["today"]).empty


def test_without_todays_grids_nobody_moves() -> None:
    cells = frame("...", "xxy", [1, 2, 3])
    assert match_grids(cells["today"], cells["grid_code"], cells["households"]) == {}
    assert list_moves(cells, cells["today"]).empty


@given(st.lists(st.tuples(st.sampled_from("abc."), st.sampled_from("xyz."), st.integers(0, 300)), max_size=8))
def test_no_other_matching_keeps_more(cells: list[tuple[str, str, int]]) -> None:
    table = frame("".join(c[0] for c in cells), "".join(c[1] for c in cells), [c[2] for c in cells])
    known = table.dropna(subset=["today", "grid_code"])
    stay = int(known["households"].sum()) - int(list_moves(table, table["today"])["households"].sum())
    best = 0
    for order in itertools.permutations("abc"):
        successor = dict(zip("xyz", order, strict=True))
        kept = known[known["grid_code"].map(successor) == known["today"]]
        best = max(best, int(kept["households"].sum()))
    assert stay == best


def today_layers(two_communities: Layers, shapes: dict[str, shapely.Geometry]) -> Layers:
    grids = gpd.GeoDataFrame({"code": list(shapes)}, geometry=list(shapes.values()), crs="EPSG:4549")
    return Layers(frames={**two_communities.frames, "grids": grids.to_crs("EPSG:4490")})


def test_surviving_grids_keep_their_code_and_given_up_codes_are_not_used_again(
    tmp_path: Path, two_communities: Layers, workers: Workers
) -> None:
    whole = two_communities.frames["communities"].to_crs("EPSG:4549").geometry.iloc[0]
    x, y, far_x, far_y = whole.bounds
    # Today: one grid over the whole of the first community, reaching far into the second.
    today = {"999001001001001": shapely.box(x, y, far_x + 90, far_y)}
    path = tmp_path / "today.gpkg"
    create_project(path, today_layers(two_communities, today))
    outcome = propose(path, Settings(), stop=lambda: False, on_progress=lambda _step: None, workers=workers)
    codes = outcome.grids["code"].tolist()
    assert len(set(codes)) == len(codes)
    assert outcome.grids.groupby("code")["community_code"].nunique().eq(1).all()
    assert "999001001001001" not in codes  # no grid of 300-500 keeps more than half of 1,300 households
    assert "999001001002001" in codes


def test_proposing_under_todays_own_grids_keeps_all_codes(
    tmp_path: Path, two_communities: Layers, workers: Workers
) -> None:
    path = tmp_path / "first.gpkg"
    create_project(path, two_communities)
    settings = Settings()
    first = propose(path, settings, stop=lambda: False, on_progress=lambda _step: None, workers=workers)
    renamed = {
        f"WG-{code[-4:]}": shape
        for code, shape in zip(first.grids["code"], first.grids.geometry, strict=True)
    }
    grids = gpd.GeoDataFrame({"code": list(renamed)}, geometry=list(renamed.values()), crs="EPSG:4490")
    again_path = tmp_path / "again.gpkg"
    create_project(again_path, Layers(frames={**two_communities.frames, "grids": grids}))
    again = propose(again_path, settings, stop=lambda: False, on_progress=lambda _step: None, workers=workers)
    assert sorted(again.grids["code"]) == sorted(renamed)
    assert again.summary["households_moved"] == 0
