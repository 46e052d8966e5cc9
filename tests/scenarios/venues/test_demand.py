"""The elderly by cell: nobody is lost, nobody is counted twice, and no data is no data."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.layers import STORAGE_CRS, Layers
from optimize.stop import Never
from scenarios.errors import RuleError
from scenarios.venues.demand import count_elderly
from scenarios.venues.propose import place_venues
from scenarios.venues.question import VenueGround
from scenarios.venues.settings import VenueSettings

METRES = "EPSG:4549"


def block(x: float) -> shapely.Polygon:
    return shapely.box(500_000 + 100 * x, 4_000_000, 500_100 + 100 * x, 4_000_100)


def cells_of(residents: list[int], compounds: list[str | None]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "cell_id": [f"c{at}" for at in range(len(residents))],
            "residents": residents,
            "compound_id": compounds,
        },
        geometry=[block(at) for at in range(len(residents))],
        crs=METRES,
    )


def layer(rows: list[dict[str, object]], shapes: list[shapely.Polygon]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(rows, geometry=shapes, crs=METRES).to_crs(STORAGE_CRS)


def test_a_compound_shares_its_elderly_among_its_cells_by_residents() -> None:
    compounds = layer([{"id": "A", "elderly": 10}], [shapely.union(block(0), block(1))])
    found = count_elderly(Layers(frames={"compounds": compounds}), cells_of([300, 100, 50], ["A", "A", None]))
    assert found is not None
    assert found.counts.tolist() == [8, 2, 0]
    assert found.uncounted_residents == 50


def test_what_buildings_count_is_not_counted_again_with_their_compound() -> None:
    compounds = layer([{"id": "A", "elderly": 10}], [shapely.union(block(0), block(1))])
    buildings = layer([{"id": "b", "compound_id": "A", "elderly": 6}], [block(1)])
    layers = Layers(frames={"compounds": compounds, "buildings": buildings})
    found = count_elderly(layers, cells_of([100, 100], ["A", "A"]))
    assert found is not None
    assert found.counts.sum() == 10
    assert found.counts[1] >= 6


@pytest.mark.parametrize("column", [None, [None]])
def test_without_figures_there_is_no_data(column: list[None] | None) -> None:
    parcels = layer([{"id": "p"}], [block(0)])
    if column is not None:
        parcels["elderly"] = column
    assert count_elderly(Layers(frames={"parcels": parcels}), cells_of([10], [None])) is None


def test_the_demo_counts_all_its_elderly(demo_venues: VenueGround) -> None:
    assert demo_venues.elderly is not None
    share = demo_venues.elderly.counts.sum() / demo_venues.cells["residents"].sum()
    assert 0.15 < share < 0.32
    assert (demo_venues.elderly.counts <= demo_venues.cells["residents"]).all()
    assert demo_venues.elderly.uncounted_residents == 0


def test_venues_can_be_placed_for_the_elderly(demo_venues: VenueGround) -> None:
    plan = place_venues(demo_venues, VenueSettings(n_open=13, weight="elderly"), stop=Never())
    assert demo_venues.elderly is not None
    assert plan.venues["people"].sum() == demo_venues.elderly.counts.sum()
    nearest = demo_venues.ways.distance_m[:, plan.venues["open"].to_numpy()].min(axis=1)
    assert plan.certificate["objective"] == pytest.approx(float(demo_venues.elderly.counts @ nearest))
    assert plan.certificate["proven"]


def test_asking_for_them_without_data_is_refused(demo_venues: VenueGround) -> None:
    with pytest.raises(RuleError) as refused:
        place_venues(
            replace(demo_venues, elderly=None), VenueSettings(n_open=13, weight="elderly"), stop=Never()
        )
    assert refused.value.code == "no_elderly"


def test_sites_beside_institutions_are_favoured_as_far_as_asked(demo_venues: VenueGround) -> None:
    plain = place_venues(demo_venues, VenueSettings(n_open=13), stop=Never())
    favoured = place_venues(demo_venues, VenueSettings(n_open=13, colocation_m=500), stop=Never())

    def beside(plan: object) -> int:
        return int((demo_venues.beside & plan.venues["open"].to_numpy()).sum())  # type: ignore[attr-defined]

    assert 0 < demo_venues.beside.sum() < len(demo_venues.venues)
    assert beside(favoured) > beside(plain)
    assert np.isfinite(favoured.certificate["objective"])
