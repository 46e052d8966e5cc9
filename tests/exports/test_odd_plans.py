"""Plans that nobody draws on purpose: every sheet still comes out, whole and within its edges."""

import dataclasses
import errno
import itertools
import os

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from exports import errors
from exports.choices import SheetChoices
from exports.formats import FORMATS, write_request
from exports.request import Request
from exports.sheet.comparison_tables import cut_table
from exports.sheet.fonts import find_type
from exports.sheet.marks import Box, Shapes, Words
from exports.sheet.pages import build_document
from exports.sheet.tables import Column, Table, draw_table
from scenarios.outcome import Outcome
from tests.exports.outcome_by_hand import METRIC, build_outcome
from ui.texts.catalog import Texts

MARKUP = "<b>&amp;{n}$x^2$\\u202e</b>" + "很长的名称" * 40


def request(outcome: Outcome, **sheet) -> Request:
    others = sheet.pop("others", ())
    return Request(outcome=outcome, texts=Texts("zh_Hans"), others=others, sheet=SheetChoices(**sheet))


def one_cell() -> Outcome:
    """Each community is one cell and one grid."""
    plan = build_outcome()
    cells = plan.cells.dissolve(
        "community_code", aggfunc={"households": "sum", "residents": "sum", "kind": "first"}
    ).reset_index()
    cells["grid_code"] = cells["community_code"] + "001"
    cells = cells.assign(cell_id=cells["community_code"], compound_id=None)
    grids = plan.grids.drop_duplicates("community_code").drop(columns="geometry")
    grids = grids.assign(code=grids["community_code"] + "001", n_cells=1)
    grids = gpd.GeoDataFrame(grids, geometry=cells.geometry.to_numpy(), crs=plan.grids.crs)
    return dataclasses.replace(plan, cells=cells, grids=grids.reset_index(drop=True))


def many_grids(side: int = 8) -> Outcome:
    """One community of 64 grids, each a cell."""
    plan = build_outcome()
    shapes = [shapely.box(x * 70, y * 70, x * 70 + 70, y * 70 + 70) for x in range(side) for y in range(side)]
    shapes = gpd.GeoSeries(shapes, crs=METRIC).translate(500_000, 3_320_000).to_crs("EPSG:4490")
    code = "999001001001"
    count = len(shapes)
    cells = gpd.GeoDataFrame(
        {
            "cell_id": [f"c{n}" for n in range(count)],
            "community_code": code,
            "compound_id": None,
            "households": 300,
            "residents": 700,
            "kind": "parcel",
            "grid_code": [f"{code}{n + 1:03d}" for n in range(count)],
        },
        geometry=shapes.to_numpy(),
        crs="EPSG:4490",
    )
    row = plan.grids.iloc[0].drop("geometry").to_dict()
    rows = [row | {"code": cell, "name": None, "households": 300} for cell in cells["grid_code"]]
    grids = gpd.GeoDataFrame(rows, geometry=shapes.to_numpy(), crs="EPSG:4490")
    home = gpd.GeoDataFrame(
        {"code": [code], "name": ["大社区"]}, geometry=[shapely.union_all(shapes.to_numpy())], crs="EPSG:4490"
    )
    return dataclasses.replace(
        plan, cells=cells, grids=grids, communities=home, certificates=plan.certificates[:1]
    )


def long_names() -> Outcome:
    plan = build_outcome()
    return dataclasses.replace(
        plan,
        scenario=MARKUP,
        grids=plan.grids.assign(name=MARKUP),
        communities=plan.communities.assign(name=MARKUP),
    )


def empty_community() -> Outcome:
    """A community that has cells and no grid yet."""
    plan = build_outcome()
    gone = plan.grids["community_code"] == "999001001002"
    cells = plan.cells.assign(
        grid_code=plan.cells["grid_code"].where(plan.cells["community_code"] != "999001001002", None)
    )
    return dataclasses.replace(plan, grids=plan.grids[~gone].reset_index(drop=True), cells=cells)


PLANS = {
    "one cell": one_cell, "many grids": many_grids, "long names": long_names, "no grids": empty_community
}  # fmt: skip
ALL_PARTS = ("map", "table", "posts", "minutes")


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("ending", list(FORMATS))
def test_every_format_is_written(name, ending, tmp_path):
    write_request(request(PLANS[name]()), tmp_path / f"x{ending}")
    assert (tmp_path / f"x{ending}").stat().st_size > 500


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("orientation", ["landscape", "portrait"])
@pytest.mark.parametrize("extent", ["", "999001001001", "999001001001001"])
def test_nothing_hangs_over_an_edge_and_no_label_meets_another(name, orientation, extent):
    plan = PLANS[name]()
    document = build_document(request(plan, orientation=orientation, extent=extent, parts=ALL_PARTS))
    for page in document.pages:
        for mark in page.marks:
            if isinstance(mark, Words) and not mark.angle_deg:
                width = document.type_.width_mm(mark.text, mark.size_pt, bold=mark.bold)
                left = mark.x - {"left": 0, "center": width / 2, "right": width}[mark.align]
                assert left >= 3, mark
                assert left + width <= page.width - 3, mark
        boxes = [(label.key, box) for label in page.labels for box in label.boxes]
        for (a, one), (b, two) in itertools.combinations(boxes, 2):
            assert a == b or not one.meets(two), (a, b)


@pytest.mark.parametrize("orientation", ["landscape", "portrait"])
@pytest.mark.parametrize("paper", ["A4", "A3"])
@pytest.mark.parametrize("name", PLANS)
def test_blocks_beside_the_map_do_not_run_into_each_other(name, paper, orientation):
    """Lines of text that overlap are blocks that overlap: a grid's figures once ran into its scale."""
    extents = ["", "999001001001", "999001001001001"]
    for extent in extents:
        document = build_document(
            request(PLANS[name](), paper=paper, orientation=orientation, extent=extent, parts=("map",))
        )
        boxes = []
        for mark in document.pages[0].marks:
            if isinstance(mark, Words) and mark.halo is None:
                size = mark.size_pt * 25.4 / 72
                width = document.type_.width_mm(mark.text, mark.size_pt, bold=mark.bold)
                left = mark.x - {"left": 0, "center": width / 2, "right": width}[mark.align]
                boxes.append((left, mark.y, left + width, mark.y + 0.7 * size))
        left, bottom, right, top = np.array(boxes).T
        near = (left[:, None] < right - 0.2) & (left < right[:, None] - 0.2)
        near &= (bottom[:, None] < top - 0.2) & (bottom < top[:, None] - 0.2)
        np.fill_diagonal(near, val=False)
        assert not near.any(), [boxes[at] for at in np.argwhere(near)[0]]


def test_a_table_that_is_cut_says_how_many_rows_are_left_out():
    rows = [(str(number),) for number in range(40)]
    table = Table(columns=[Column("grid", 1.0)], rows=rows, row_mm=4.0)
    cut = cut_table(table, 20 * 4.0, Texts("zh_Hans"), "sheets.rows_left_out")
    assert cut.fitting(20 * 4.0) >= len(cut.rows)
    left_out = 40 - (len(cut.rows) - 1)
    assert f" {left_out} " in cut.rows[-1][0]
    assert cut_table(table, 500, Texts("zh_Hans"), "sheets.rows_left_out") is table


def test_long_heads_are_set_smaller_and_a_lone_sentence_runs_across():
    """English heads once were cut after five letters, and so was what says how many rows are left out."""
    columns = [Column("Grid", 2.0), Column("Households", 1.6, "right"), Column("Residents", 1.6, "right")]
    rows = [("001", "1", "2"), ("… 38 smaller moves: see the workbook", "", "")]
    type_ = find_type("en")
    drawn = draw_table(Table(columns=columns, rows=rows), Box(0, 0, 50, 60), type_)
    words = [mark.text for mark in drawn if isinstance(mark, Words)]
    assert "Households" in words
    assert rows[1][0] in words


def test_compounds_without_names_or_ids_do_no_harm():
    plan = build_outcome()
    cells = plan.cells.assign(compound_id=["k1"] * 20 + [None] * 20)
    compounds = pd.DataFrame({"id": ["k1", None], "name": [None, "无编号"]})
    asked = Request(
        outcome=dataclasses.replace(plan, cells=cells),
        texts=Texts("zh_Hans"),
        layers={"compounds": compounds},
        sheet=SheetChoices(parts=("map",), extent="999001001001"),
    )
    words = [mark.text for mark in build_document(asked).pages[0].marks if isinstance(mark, Words)]
    assert "k1" in words


@pytest.mark.parametrize("ending", [".pdf", ".xlsx", ".gpkg", ".zip"])
@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.ENOSPC, "disk_full"), (errno.EROFS, "not_writable"), (errno.EIO, "write_failed")],
)
def test_a_full_disk_or_a_closed_folder_leaves_nothing_and_says_why(
    ending, number, code, tmp_path, monkeypatch
):
    """The cause once was the system's own sentence, in English."""

    def refuse(*_args, **_kwargs):
        raise OSError(number, "refused")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(errors.WriteError) as caught:
        write_request(request(build_outcome()), tmp_path / f"x{ending}")
    assert caught.value.code == code
    assert list(tmp_path.iterdir()) == []


def test_a_community_without_grids_is_shown_where_it_lies():
    """The small map showed nothing at all."""
    document = build_document(request(empty_community(), extent="999001001002", parts=("map",)))
    marked = [
        shape
        for mark in document.pages[0].marks
        if isinstance(mark, Shapes) and mark.style.fill == "#3B5B7E"
        for shape in mark.shapes
    ]
    assert [shape.is_empty for shape in marked] == [False]
