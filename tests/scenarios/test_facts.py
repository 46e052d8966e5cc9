import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.cells_seeds import split_whole
from geo.layers import Layers
from scenarios.facts import count_facts, count_institutions, count_members, count_organisations

METRES = "EPSG:4549"


def three_cells() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"compound_id": ["a", "a", None], "households": [100, 50, 70]},
        geometry=[shapely.box(x, 4_000_000, x + 100, 4_000_100) for x in (500_000, 500_100, 500_200)],
        crs=METRES,
    )


def test_members_of_compounds_and_institutions_are_counted_once() -> None:
    institutions = gpd.GeoDataFrame(
        {"formal_members": pd.array([4, None, 2], dtype="Int64")},
        geometry=[shapely.Point(500_250, 4_000_050), shapely.Point(500_100, 4_000_050), shapely.Point(0, 0)],
        crs=METRES,
    )
    compounds = pd.DataFrame({"id": ["a", "b"], "formal_members": pd.array([10, 5], dtype="Int64")})
    layers = Layers(frames={"institutions": institutions, "compounds": compounds})
    assert count_members(layers, three_cells()).tolist() == [7, 3, 4]
    assert count_institutions(layers, three_cells()).sum() == 2  # one lies on a border, one outside


def test_organisations_without_a_place_are_in_no_cell() -> None:
    organisations = gpd.GeoDataFrame(
        {"id": ["1", "2", "3", "4"]},
        geometry=[
            shapely.Point(500_250, 4_000_050),
            None,
            shapely.Point(),
            shapely.Point(500_210, 4_000_001),
        ],
        crs=METRES,
    )
    assert count_organisations(Layers(frames={"organisations": organisations}), three_cells()).tolist() == [
        0,
        0,
        2,
    ]
    table = Layers(frames={"organisations": pd.DataFrame({"id": ["1"]})})
    assert count_organisations(table, three_cells()).tolist() == [0, 0, 0]


def test_counts_of_some_cells_keep_their_order() -> None:
    cells = three_cells()
    compounds = pd.DataFrame({"id": ["a"], "formal_members": pd.array([9], dtype="Int64")})
    facts = count_facts(Layers(frames={"compounds": compounds}), cells)
    assert facts.formal_members.tolist() == [6, 3, 0]
    assert facts.take(np.array([False, True, True])).formal_members.tolist() == [3, 0]


def test_without_layers_there_is_nothing() -> None:
    assert count_members(Layers(frames={}), three_cells()).tolist() == [0, 0, 0]
    assert count_institutions(Layers(frames={}), three_cells()).tolist() == [0, 0, 0]


@given(st.integers(0, 5000), st.lists(st.floats(0, 1e4), min_size=1, max_size=20))
def test_shares_add_up_and_are_fair(amount: int, weights: list[float]) -> None:
    shares = split_whole(amount, np.array(weights))
    assert shares.sum() == amount
    total = sum(weights)
    exact = amount * (np.array(weights) / total if total > 0 else np.full(len(weights), 1 / len(weights)))
    assert (np.abs(shares - exact) < 1 + 1e-6).all()
