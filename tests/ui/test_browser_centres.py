"""The page of centres in a real browser: a click marks a candidate, another forces it, the map answers."""

import shutil
from pathlib import Path

import pytest

from bench.browser import map_frame, serving

pytestmark = pytest.mark.browser

DEMO = Path(__file__).parents[2] / "data" / "demo.gpkg"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    home = tmp_path_factory.mktemp("centres")
    shutil.copy(DEMO, home / "demo.gpkg")
    with serving(home) as address:
        yield address


def click_venue(page, venue: str) -> None:
    """Click the middle of a venue's dot."""
    frame = map_frame(page, layer="walks")
    box = page.locator('iframe[title^="streamlit_folium"]').bounding_box()
    at = frame.evaluate(
        """venue => {
            const state = window.gridplanMap.state;
            for (const [key, layer] of Object.entries(state.byLayer)) {
                const path = key.startsWith("venues_") && (layer.byId[venue] || [])[0];
                if (path) { const p = state.map.latLngToContainerPoint(path.getLatLng()); return [p.x, p.y]; }
            }
        }""",
        venue,
    )
    page.mouse.click(box["x"] + at[0], box["y"] + at[1])


def layer_of(page, venue: str) -> str:
    return map_frame(page, layer="walks").evaluate(
        """venue => Object.entries(window.gridplanMap.state.byLayer)
            .find(([key, layer]) => key.startsWith("venues_") && layer.byId[venue])[0]""",
        venue,
    )


def test_a_candidate_is_forced_in_by_clicks_on_the_map(demo: str, open_page) -> None:
    page, watch = open_page(f"{demo}/centres")
    page.get_by_text("没有别的布局能让大家走得更少").wait_for()
    map_frame(page, layer="walks")
    assert layer_of(page, "ZD012") == "venues_not_needed"
    click_venue(page, "ZD012")
    page.get_by_text("候选，暂不设").first.wait_for()
    click_venue(page, "ZD012")
    page.get_by_text("建议新设").first.wait_for()
    page.wait_for_function(
        """() => [...document.querySelectorAll('iframe')].some(one => {
            const map = one.contentWindow.gridplanMap;
            return map && map.state.byLayer.venues_opens && map.state.byLayer.venues_opens.byId.ZD012;
        })"""
    )
    assert page.get_by_text("共开设 13 处").count() == 1
    assert watch.outside == []
    assert watch.faults == []


def test_everything_is_there_at_an_office_screen(demo: str, open_page) -> None:
    page, watch = open_page(f"{demo}/centres")
    proof = page.get_by_text("没有别的布局能让大家走得更少")
    proof.wait_for()
    frame = map_frame(page, layer="walks")
    shown = proof.bounding_box()
    assert shown["y"] + shown["height"] < 768
    assert frame.evaluate("document.getElementById('map_div').offsetHeight") > 300
    page.get_by_role("tab", name="投入与覆盖").click()
    page.get_by_text("各点均已证明最优").wait_for()
    assert watch.faults == []
