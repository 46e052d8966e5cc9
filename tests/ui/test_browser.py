"""The app in a real browser: deep links, no request to the outside, propose, click, zoom, hostile names."""

import pytest

from bench.browser import map_frame, serving
from tests.ui.conftest import EVIL, new_home, street_layers

pytestmark = pytest.mark.browser

PAGES = {"today": "现状", "data": "数据", "grids": "网格", "branches": "党组织"}


def propose(page) -> None:
    page.get_by_role("button", name="提出网格划分").click()
    map_frame(page, layer="plan")


@pytest.mark.parametrize("name", PAGES)
def test_cold_deep_link(name: str, tmp_path, open_page) -> None:
    with serving(new_home(tmp_path)) as address:
        page, watch = open_page(f"{address}/{name}")
        map_frame(page)
        assert page.url.startswith(f"{address}/{name}")
        assert page.title().startswith(PAGES[name])
        assert page.get_by_role("combobox").first.input_value() == "项目：street"
        assert watch.outside == []
        assert watch.faults == []


def test_the_door_leads_to_today(desk: str, open_page) -> None:
    page, watch = open_page(desk)
    map_frame(page)
    assert "/today" in page.url
    assert watch.outside == []


def test_the_browser_s_language_comes_first(desk: str, open_page) -> None:
    page, _ = open_page(f"{desk}/grids", "en-GB")
    page.get_by_role("button", name="Propose grids").wait_for()
    page, _ = open_page(f"{desk}/grids", "zh-TW")
    page.get_by_role("button", name="提出網格劃分").wait_for()
    page, _ = open_page(f"{desk}/grids?lang=zh_Hans", "en-GB")
    page.get_by_role("button", name="提出网格划分").wait_for()


def test_propose_click_and_zoom(desk: str, open_page) -> None:
    page, watch = open_page(f"{desk}/grids")
    map_frame(page)
    propose(page)
    frame = map_frame(page, layer="plan")
    page.get_by_text("个网格户数在规定范围内").or_(page.get_by_text("已证明最优")).first.wait_for()
    frame.evaluate("gridplanMap.state.map.zoomIn(1, {animate: false}) && 0")
    before = frame.evaluate("gridplanMap.state.map.getZoom()")
    box = page.locator('iframe[title^="streamlit_folium"]').bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 200)
    picked = frame.evaluate("gridplanMap.state.selected")
    assert picked
    page.get_by_text(f"网格 {picked}", exact=True).wait_for()
    assert frame.evaluate("gridplanMap.state.map.getZoom()") == before
    assert frame == map_frame(page, layer="plan")  # the frame was not rebuilt
    assert watch.outside == []
    assert watch.faults == []


def test_hostile_names_are_only_text(desk: str, open_page) -> None:
    page, watch = open_page(f"{desk}/data")
    frame = map_frame(page)
    frame.evaluate("gridplanMap.state.map.setZoom(17, {animate: false}) && 0")
    page.wait_for_timeout(300)
    assert EVIL in frame.locator(".gp-label-communities").all_inner_texts()
    assert frame.locator("img[src=x]").count() == 0
    assert page.locator("img[src=x]").count() == 0
    assert watch.faults == []


def test_a_row_moves_the_map(desk: str, open_page) -> None:
    page, _ = open_page(f"{desk}/grids")
    map_frame(page)
    if page.get_by_role("tab").count() == 0:
        propose(page)
    frame = map_frame(page, layer="plan")
    before = frame.evaluate("gridplanMap.state.map.getZoom()")
    table = page.locator('[data-testid="stDataFrame"]:visible').first
    table.scroll_into_view_if_needed()
    corner = table.bounding_box()
    page.mouse.click(corner["x"] + 18, corner["y"] + 35 + 17)
    page.wait_for_timeout(100)
    frame.wait_for_function("gridplanMap.state.selected !== null")
    frame.wait_for_function(f"gridplanMap.state.map.getZoom() !== {before}")


def test_the_last_of_quick_clicks_wins(desk: str, open_page) -> None:
    # Until the browser had drawn the row marked by one click, it sent the row before with the next click, and
    # that was taken for a choice in the table: the mark jumped back and the map moved.
    page, _ = open_page(f"{desk}/grids")
    map_frame(page)
    if page.get_by_role("tab").count() == 0:
        propose(page)
    frame = map_frame(page, layer="plan")
    page.locator('[data-testid="stDataFrame"]:visible').first.wait_for()
    page.wait_for_timeout(500)
    zoom = frame.evaluate("gridplanMap.state.map.getZoom()")
    box = page.locator('iframe[title^="streamlit_folium"]').bounding_box()
    for part in (0.35, 0.65, 0.4, 0.6, 0.38, 0.62) * 3:
        page.mouse.click(box["x"] + box["width"] * part, box["y"] + 120 + 200 * part)
        page.wait_for_timeout(40)
    last = frame.evaluate("gridplanMap.state.selected")
    page.get_by_text(f"网格 {last}", exact=True).wait_for()
    page.wait_for_timeout(2500)
    assert frame.evaluate("gridplanMap.state.selected") == last
    assert page.get_by_text(f"网格 {last}", exact=True).count()
    assert frame.evaluate("gridplanMap.state.map.getZoom()") == zoom


def test_alternatives_are_shown_looked_at_and_taken(tmp_path, open_page) -> None:
    with serving(new_home(tmp_path)) as address:
        page, watch = open_page(f"{address}/grids")
        map_frame(page)
        propose(page)
        frame = map_frame(page, layer="plan")
        box = page.locator('iframe[title^="streamlit_folium"]').bounding_box()
        page.mouse.click(box["x"] + box["width"] * 0.4, box["y"] + 200)
        page.get_by_role("tab", name="备选").click()
        page.get_by_role("button", name="给出备选划分").click()
        look = page.get_by_role("button", name="看地图")
        look.first.wait_for(timeout=60_000)
        assert page.get_by_role("tab", name="备选").get_attribute("aria-selected") == "true"
        pictures = page.locator('[data-testid="stImage"] img')
        sources = [pictures.nth(at).get_attribute("src") for at in range(pictures.count())]
        assert len(sources) >= 2
        assert all(source.startswith("data:image/svg+xml") for source in sources)
        before = frame.evaluate("gridplanMap.state.src")
        look.first.click()
        frame.wait_for_function(f"gridplanMap.state.src !== '{before}'")
        page.get_by_text("尚未保存").wait_for()
        page.get_by_role("button", name="采用").first.click()
        page.get_by_text("与当前划分相同").first.wait_for()
        assert watch.outside == []
        assert watch.faults == []


def test_import_lists_faults_then_takes_the_mended_file(tmp_path, open_page) -> None:
    layers = street_layers(columns=4, rows=2)
    paths = [tmp_path / "社区.geojson", tmp_path / "地块.geojson"]
    layers.frames["communities"].to_file(paths[0])
    broken = layers.frames["parcels"].copy()
    broken.loc[2, "households"] = -5
    broken.to_file(paths[1])
    home = tmp_path / "home"
    home.mkdir()
    with serving(home) as address:
        page, watch = open_page(address)
        files = page.locator("input[type=file]")
        files.set_input_files(paths)
        name = page.get_by_label("项目名称")
        name.fill("新街道")
        name.press("Tab")
        page.get_by_role("button", name="读入并建立项目").click()
        page.get_by_text("检查结果：错误 1 处").wait_for()
        assert "-5" in page.locator("table").inner_text()
        assert list(home.glob("*.gpkg")) == []
        layers.frames["parcels"].to_file(paths[1])
        page.get_by_role("button", name="Remove").or_(page.get_by_test_id("stFileChipDeleteBtn")).last.click()
        files.set_input_files(paths[1])
        page.wait_for_timeout(1000)
        page.get_by_role("button", name="读入并建立项目").click()
        map_frame(page)
        assert [path.name for path in home.glob("*.gpkg")] == ["新街道.gpkg"]
        assert watch.outside == []
        assert watch.faults == []
