"""Coverage on the page of branches: every share with what it is counted among, in table and map."""

import json
from dataclasses import replace

import geopandas as gpd
import pytest
import shapely

from geo.layers import Layers
from scenarios.branches.values import BranchPlan, BranchSettings, CoverageRow, Place
from ui.branches_coverage import Colouring, coverage_rows
from ui.branches_words import MEASURES, coverage_said
from ui.map.coverage import coverage_content
from ui.map.geometry import to_document
from ui.texts.catalog import LANGUAGES, Texts

ZH = Texts("zh_Hans")
ROW = CoverageRow(
    scope="community", key="A", operating=8, own_today=2, joint_today=1, effective_today=2, own=3, joint=2,
    without=3, worked=1, unknown=0, uncounted=1, worked_today=2, unknown_today=1,
)  # fmt: skip
UNKNOWN = replace(ROW, key="B", worked=0, unknown=3, worked_today=0, unknown_today=5)
NOBODY = CoverageRow(
    scope="community", key="C", operating=0, own_today=0, joint_today=0, effective_today=0, own=0, joint=0,
    without=0, worked=0, unknown=0, uncounted=0,
)  # fmt: skip


def test_shares_are_written_with_their_denominators() -> None:
    said = {name: coverage_said(ZH, ROW, name) for name in MEASURES}
    assert said == {
        "organisational_today": "3 / 8 = 37.5%",
        "effective": "2 / 8 = 25%",
        "work_today": "2 / 5 = 40%",
        "organisational": "5 / 8 = 62.5%",
        "work": "1 / 3 = 33.3%",
    }


def test_what_is_not_on_record_is_no_data_and_never_nought() -> None:
    assert coverage_said(ZH, UNKNOWN, "work_today") == "无数据 / 5"
    assert coverage_said(ZH, NOBODY, "organisational_today") == "—"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_has_every_measure(language: str) -> None:
    table = coverage_rows(Texts(language), [ROW], {"A": "甲社区"})
    assert list(table.columns) == ["key", "operating", "own_today", "joint_today", *MEASURES]


def _town() -> tuple[Layers, BranchPlan]:
    squares = [shapely.box(120 + k / 100, 30, 120.01 + k / 100, 30.01) for k in range(3)]
    communities = gpd.GeoDataFrame(
        {"code": ["A", "B", "C"], "name": ["甲社区", "乙社区", "丙社区"]}, geometry=squares, crs="EPSG:4490"
    )
    shop = Place(
        id="D", kind="institution", source_id="D", name="店", community_code="A", grid_code="A1",
        formal_members=1, sector="商贸", at=(500_000.0, 3_320_000.0),
    )  # fmt: skip
    rows = (
        ROW,
        UNKNOWN,
        NOBODY,
        replace(ROW, scope="sector", key="商贸"),
        replace(ROW, scope="grid", key="A1"),
    )
    plan = BranchPlan(
        scenario="base", settings=BranchSettings(), as_of=None, places=(shop,), bodies=(), coverage=rows,
        stages=(), runtime_s=0.0,
    )  # fmt: skip
    grids = communities.iloc[:1].assign(code=["A1"], name=["一网格"])
    return Layers(frames={"communities": communities, "grids": grids}), plan


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scope", ["community", "sector", "grid"])
def test_the_map_is_coloured_by_the_share(scope: str, language: str) -> None:
    layers, plan = _town()
    content = coverage_content(
        layers, None, plan, Colouring(measure="work_today", scope=scope), Texts(language), "x"
    )
    document = json.loads(to_document(content))
    assert {layer["key"] for layer in document["layers"]} & {"communities", "plan", "institutions"}
    drawn = next(layer for layer in content.layers if layer.fills)
    assert any("2 / 5 = 40" in line for line in drawn.tips[0])
    if scope == "community":
        # Two of five; not on record; nobody there: the last two are grey and not the palest.
        assert drawn.fills[0] not in drawn.fills[1:]
        assert drawn.fills[1] == drawn.fills[2] == "#d9d9d9"
