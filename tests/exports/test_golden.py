"""Three sheets as they were when somebody looked at them last.

A change here is no fault by itself: look at the picture that the failing test names, and if the sheet is as
good as before, run the test once with GRIDPLAN_DRAW_GOLDEN=1, which draws the files in `golden` anew.
"""

import dataclasses
import datetime as dt
import io
import os
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from PIL import Image

from exports.choices import SheetChoices
from exports.request import Request
from exports.sheet.fonts import find_type
from exports.sheet.pages import build_document
from exports.sheet.render import draw_png
from tests.exports.outcome_by_hand import build_outcome
from ui.texts.catalog import Texts

GOLDEN = Path(__file__).parent / "golden"
DPI = 72


def layers() -> dict[str, gpd.GeoDataFrame]:
    """Roads, a river, venues and compounds around the plan made by hand."""
    west, south, east, north = build_outcome().communities.total_bounds
    middle = (south + north) / 2
    roads = gpd.GeoDataFrame(
        {"name": ["中山路", "解放巷"], "class": ["main", "lane"]},
        geometry=[
            shapely.LineString([(west - 0.001, middle), (east + 0.001, middle + 0.0004)]),
            shapely.LineString([((west + east) / 2, south), ((west + east) / 2 - 0.0005, north)]),
        ],
        crs="EPSG:4490",
    )
    river = gpd.GeoDataFrame(
        {"kind": ["river"]},
        geometry=[shapely.box(west - 0.001, south - 0.0006, east + 0.001, south - 0.0003)],
        crs="EPSG:4490",
    )
    venues = gpd.GeoDataFrame(
        {"name": ["清河党群服务站", "北苑拟设服务点"], "status": ["existing", "candidate"]},
        geometry=gpd.points_from_xy([west + 0.0015, east - 0.0012], [middle + 0.0004, middle - 0.0006]),
        crs="EPSG:4490",
    )
    return {"roads": roads, "barriers": river, "venues": venues}


def moved():
    plan = build_outcome()
    cells = plan.cells.copy()
    cells.loc[cells["cell_id"].isin(["元1-1", "元1-2"]), "grid_code"] = "999001001001002"
    return dataclasses.replace(plan, scenario="调整方案", cells=cells)


SHEETS = {
    "map": ({}, None),
    "approval": ({"parts": ("minutes",), "orientation": "portrait"}, None),
    "comparison": ({}, moved),
}


def picture(name: str) -> np.ndarray:
    sheet, against = SHEETS[name]
    request = Request(
        outcome=build_outcome(),
        texts=Texts("zh_Hans"),
        date=dt.date(2026, 11, 24),
        layers=layers(),
        sources="手工测试数据",
        sheet=SheetChoices(paper="A4", **{"parts": ("map",), **sheet}),
        others=(against(),) if against else (),
    )
    file = io.BytesIO()
    draw_png(build_document(request), file, dpi=DPI)
    return np.asarray(Image.open(file).convert("L"))


@pytest.mark.parametrize("name", SHEETS)
def test_sheet_looks_as_it_did(name, tmp_path):
    if "NotoSansCJK" not in find_type("zh_Hans").regular.path:
        pytest.skip("the pictures were drawn with Noto Sans CJK, which is not installed")
    path = GOLDEN / f"{name}.png"
    now = picture(name)
    if os.environ.get("GRIDPLAN_DRAW_GOLDEN"):
        Image.fromarray(now).save(path, optimize=True)
        pytest.skip(f"{path.name} has been drawn anew: look at it")
    was = np.asarray(Image.open(path).convert("L"))
    assert was.shape == now.shape
    # Blurred: letters may differ by a dot between versions of the typeface.
    off = np.abs(blurred(was) - blurred(now))
    Image.fromarray(now).save(tmp_path / path.name)
    assert off.mean() < 1.0, f"see {tmp_path / path.name}"
    assert (off > 40).mean() < 0.004, f"see {tmp_path / path.name}"


def test_the_measure_sees_a_missing_label():
    was = np.full((200, 200), 255, np.uint8)
    now = was.copy()
    now[50:62, 50:90] = 0
    assert (np.abs(blurred(was) - blurred(now)) > 40).mean() > 0.004


def blurred(dots: np.ndarray, size: int = 4) -> np.ndarray:
    height, width = (part // size * size for part in dots.shape)
    return dots[:height, :width].astype(float).reshape(height // size, size, -1, size).mean(axis=(1, 3))
