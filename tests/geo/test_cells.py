"""Cells tile every community exactly, lose no household and split no building."""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings

from geo.cells import cut_cells
from geo.errors import TilingError
from geo.layers import STORAGE_CRS, Layers
from geo.measures import measure_tiling
from tests.geo.small_towns import METRIC, house, local, random_towns, road, town


def assert_tiles(layers, tiling):
    """Gap and overlap below 1 m², measured against the original, in metres and after a round trip."""
    stored = tiling.cells.to_crs(STORAGE_CRS)
    for cells in (tiling.cells, stored, stored.to_crs(METRIC)):
        worst = measure_tiling(cells, layers.frames["communities"])
        assert (worst < 1).all(axis=None), worst
        assert shapely.coverage_is_valid(cells.geometry.to_numpy())
        assert cells.geometry.is_valid.all()
    assert (tiling.cells.geom_type == "Polygon").all()
    assert tiling.cells["cell_id"].is_unique
    nested = tiling.cells.merge(
        layers.frames["communities"].to_crs(METRIC), left_on="community_code", right_on="code"
    )
    outside = shapely.area(
        shapely.difference(nested["geometry_x"].to_numpy(), nested["geometry_y"].to_numpy())
    )
    assert outside.max() < 0.1


def by_id(tiling):
    return tiling.cells.set_index("cell_id")


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(layers=random_towns())
def test_random_towns_tile_keep_households_and_buildings_whole(layers):
    tiling = cut_cells(layers, max_households=300)
    cells = tiling.cells
    assert_tiles(layers, tiling)
    lost = sum(f.facts["households"] for f in tiling.faults if f.code == "outside_communities")
    assert cells["households"].sum() == expected_households(layers) - lost
    if "buildings" in layers.frames:
        assert_whole(layers, cells)


def expected_households(layers):
    """Count anew: buildings' own, else what their compound has beyond them; compounds without buildings."""
    buildings, compounds = (layers.frames.get(name) for name in ("buildings", "compounds"))
    home = pd.Series(dtype=object)
    total = 0
    if buildings is not None:
        middle = buildings.to_crs(METRIC).representative_point()
        home = pd.Series(None, index=buildings.index, dtype=object)
        if compounds is not None:
            ordered = compounds.to_crs(METRIC)
            ordered = ordered[ordered.geom_type == "Polygon"]
            for at in np.argsort(-ordered.area.to_numpy(), kind="stable"):
                home[middle.intersects(ordered.geometry.iloc[at])] = ordered["id"].iloc[at]
        total += buildings["households"].fillna(0).sum()
    for row in compounds.itertuples() if compounds is not None else ():
        mine = home == row.id
        if not mine.any():
            total += row.households
        elif buildings.loc[mine, "households"].isna().any():
            total += max(0, row.households - buildings.loc[mine, "households"].sum())
    return total


def assert_whole(layers, cells):
    """Every footprint lies in one cell, as far as no other footprint and no community edge cuts it."""
    prints = layers.frames["buildings"].to_crs(METRIC).geometry
    prints = prints[prints.geom_type == "Polygon"]
    shapes = prints.to_numpy()
    home = locate_most(shapes, layers.frames["communities"].to_crs(METRIC))
    for n in (n for n in range(len(shapes)) if alone(shapes, n) and home[n]):
        group = cells.geometry[cells["community_code"] == home[n]].to_numpy()
        inside = shapely.area(shapely.intersection(group, shapes[n]))
        assert inside.sum() - inside.max() < 0.05, (n, home[n], inside[inside > 0])


def locate_most(shapes, communities):
    """Name the community with most of each shape, None where there is none."""
    area = shapely.area(shapely.intersection(shapes[:, None], communities.geometry.to_numpy()[None, :]))
    codes = communities["code"].to_numpy()
    return [codes[row.argmax()] if row.max() > 0 else None for row in area]


def alone(shapes, n):
    others = np.delete(shapes, n)
    return not shapely.intersects(others, shapes[n]).any()


def test_parcels_stay_as_they_are_and_neighbours_share_nodes():
    # The upper parcel's corner stands in the middle of the lower one's edge.
    parcels = [
        {"id": "P1", "households": 10, "geometry": shapely.box(0, 0, 400, 100)},
        {"id": "P2", "households": 0, "geometry": shapely.box(0, 100, 150, 300)},
        {"id": "P3", "households": 20, "geometry": shapely.box(150, 100, 400, 300)},
    ]
    layers = town(parcels=parcels, roads=[road("main", (-9, 50), (409, 50))])
    tiling = cut_cells(layers)
    assert_tiles(layers, tiling)
    assert tiling.cells["cell_id"].tolist() == ["P1", "P2", "P3"]
    assert set(tiling.cells["kind"]) == {"parcel"}
    for cell, parcel in zip(tiling.cells.geometry, parcels, strict=True):
        assert local(cell).hausdorff_distance(parcel["geometry"]) < 1e-4
    assert shapely.get_num_coordinates(tiling.cells.geometry.iloc[0]) == 6
    assert sorted(zip(tiling.links["a"], tiling.links["b"], strict=True)) == [(0, 1), (0, 2), (1, 2)]


def test_roads_cut_but_paths_do_not():
    pair = [house("B1", 150, 150, households=5), house("B2", 350, 150, households=5)]
    for road_class, x in (("street", 200.0), ("lane", 200.0), ("path", 250.0)):
        tiling = cut_cells(town(buildings=pair, roads=[road(road_class, (200, -5), (200, 305))]))
        assert local(by_id(tiling).geometry["B1"]).bounds[2] == pytest.approx(x, abs=1.0), road_class


def test_a_building_across_a_road_is_not_split():
    layers = town(
        buildings=[house("B1", 203, 150, households=5), house("B2", 100, 150, households=5)],
        roads=[road("lane", (200, -5), (200, 305))],
    )
    tiling = cut_cells(layers)
    assert_tiles(layers, tiling)
    assert (
        shapely.difference(shapely.box(193, 144, 213, 156), local(by_id(tiling).geometry["B1"])).area < 0.01
    )


def test_figures_of_a_compound_are_shared_by_floors_and_ground():
    compound = {"id": "K", "households": 101, "residents": 300, "geometry": shapely.box(5, 5, 395, 295)}
    homes = [
        house("B1", 100, 150, compound_id="K", households=11, floors=6),
        house("B2", 200, 150, compound_id="K", households=None, floors=6),
        house("B3", 300, 150, compound_id="K", households=None, floors=12),
    ]
    cells = by_id(cut_cells(town(compounds=[compound], buildings=homes)))
    assert cells["households"].to_dict() == {"B1": 11, "B2": 30, "B3": 60}
    assert cells["residents"].sum() == 300
    assert set(cells["compound_id"]) == {"K"}


def test_buildings_compounds_and_points_mix_in_one_community():
    layers = town(
        compounds=[
            {"id": "area", "households": 400, "geometry": shapely.box(20, 20, 120, 280)},
            {"id": "dot", "households": 90, "geometry": shapely.Point(300, 60)},
            {"id": "big", "households": 1200, "geometry": shapely.box(140, 160, 260, 280)},
        ],
        buildings=[
            house("B1", 320, 240, households=30),
            {"id": "B2", "households": 7, "geometry": shapely.Point(370, 200)},
        ],
    )
    tiling = cut_cells(layers)
    assert_tiles(layers, tiling)
    cells = by_id(tiling)
    parts = cells[cells["compound_id"] == "big"]
    assert set(parts["kind"]) == {"part"}
    assert parts["households"].sum() == 1200
    assert parts["households"].max() <= 500
    assert parts.index.tolist() == [f"big-{n + 1}" for n in range(len(parts))]
    assert cells.loc[["area", "dot", "B1", "B2"], "households"].tolist() == [400, 90, 30, 7]
    assert cells.loc[["area", "dot"], "kind"].tolist() == ["compound", "compound"]
    assert shapely.difference(shapely.box(20, 20, 120, 280), local(cells.geometry["area"])).area < 0.1


def test_parcels_and_buildings_mix_and_count_once():
    layers = town(
        parcels=[{"id": "P1", "households": 50, "geometry": shapely.box(0, 0, 200, 300)}],
        buildings=[house("under", 100, 100, households=40), house("beside", 300, 100, households=20)],
    )
    tiling = cut_cells(layers)
    assert_tiles(layers, tiling)
    assert by_id(tiling)["households"].to_dict() == {"P1": 50, "beside": 20}


def test_two_buildings_in_one_place_lose_no_household():
    twice = [
        {"id": name, "households": n, "geometry": shapely.Point(100, 100)}
        for name, n in (("B1", 3), ("B2", 4))
    ]
    tiling = cut_cells(town(buildings=[*twice, house("B3", 300, 100, households=5)]))
    assert by_id(tiling)["households"].to_dict() == {"B1": 7, "B3": 5}


def test_what_lies_outside_every_community_is_listed():
    tiling = cut_cells(
        town(buildings=[house("in", 100, 100, households=3), house("out", 900, 900, households=8)])
    )
    (fault,) = tiling.faults
    assert (fault.code, fault.severity, fault.layer, fault.row) == (
        "outside_communities",
        "notice",
        "buildings",
        2,
    )
    assert fault.facts == {"id": "out", "households": 8}
    assert tiling.cells["households"].sum() == 3


def test_a_total_that_differs_from_its_buildings_is_listed():
    compound = {"id": "K", "households": 50, "geometry": shapely.box(50, 50, 350, 250)}
    tiling = cut_cells(
        town(compounds=[compound], buildings=[house("B", 100, 100, compound_id="K", households=20)])
    )
    assert tiling.cells["households"].sum() == 20
    assert [fault.code for fault in tiling.faults] == ["compound_total_differs"]


def test_large_open_ground_stays_and_strips_are_given_away():
    layers = town(
        compounds=[{"id": "K", "households": 30, "geometry": shapely.box(8, 8, 192, 292)}],
        roads=[road("street", (200, -5), (200, 305)), road("lane", (300, -5), (300, 305))],
    )
    tiling = cut_cells(layers)
    assert_tiles(layers, tiling)
    # The verge belongs to the compound; the two empty blocks beyond the street are one empty cell.
    assert by_id(tiling).geometry.area.round().to_dict() == {"K": 60_000, "C1-E1": 60_000}


def test_garages_join_their_own_compound():
    layers = town(
        compounds=[
            {"id": "K1", "households": 0, "geometry": shapely.box(0, 0, 200, 300)},
            {"id": "K2", "households": 0, "geometry": shapely.box(200, 0, 400, 300)},
        ],
        buildings=[
            house("home1", 60, 150, compound_id="K1", households=20),
            house("garage", 185, 150, compound_id="K1", households=0),
            house("home2", 300, 150, compound_id="K2", households=20),
        ],
    )
    cells = by_id(cut_cells(layers))
    assert sorted(cells.index) == ["home1", "home2"]
    assert cells.area["home1"] == pytest.approx(60_000, abs=1)


def test_a_river_area_is_divided_along_its_middle():
    layers = town(
        buildings=[house("north", 200, 250, households=5), house("south", 200, 50, households=5)],
        barriers=[{"kind": "river", "geometry": shapely.box(-10, 120, 410, 180)}],
    )
    tiling = cut_cells(layers)
    assert_tiles(layers, tiling)
    assert local(by_id(tiling).geometry["south"]).bounds[3] == pytest.approx(150, abs=2.5)
    assert tiling.links["crosses"].tolist() == ["river"]


def test_ids_that_meet_are_told_apart():
    layers = town(
        compounds=[{"id": "1", "households": 5, "geometry": shapely.Point(300, 150)}],
        buildings=[house("1", 100, 150, households=5)],
    )
    assert cut_cells(layers).cells["cell_id"].tolist() == ["1", "compound-1"]


def test_a_community_without_anything_is_one_empty_cell():
    both = [{"code": c, "geometry": shapely.box(x, 0, x + 200, 300)} for c, x in (("C1", 0), ("C2", 200))]
    layers = town(communities=both, buildings=[house("B", 100, 100, households=5)])
    tiling = cut_cells(layers)
    assert_tiles(layers, tiling)
    assert tiling.cells[["cell_id", "kind"]].to_numpy().tolist() == [["B", "building"], ["C2-E1", "empty"]]


@pytest.mark.parametrize("strait_m", [0.5, 20])
@pytest.mark.parametrize("islanders", [0, 3])
def test_an_island_of_a_community_leaves_no_gap(strait_m, islanders):
    island = shapely.box(200 + strait_m, 0, 230 + strait_m, 60)
    whole = shapely.union(shapely.box(0, 0, 200, 300), island)
    people = [house("B1", 100, 100, households=5), house("B2", 100, 200, households=5)]
    if islanders:
        people.append(house("B3", 215 + strait_m, 30, households=islanders))
    layers = town(communities=[{"code": "C1", "geometry": whole}], buildings=people)
    tiling = cut_cells(layers)
    assert (measure_tiling(tiling.cells, layers.frames["communities"]) < 0.05).all(axis=None)
    assert tiling.cells["households"].sum() == 10 + islanders


def test_no_communities_is_an_error():
    empty = town().frames["communities"].iloc[:0]
    with pytest.raises(TilingError) as caught:
        cut_cells(Layers(frames={"communities": empty}))
    assert caught.value.code == "no_communities"
