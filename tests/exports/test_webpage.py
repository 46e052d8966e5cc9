"""The web page: one file, no request, no name that becomes markup, and a map that is really drawn."""

import dataclasses
import datetime as dt
import html
import json
import math
import re
import shutil
from html.parser import HTMLParser

import geopandas as gpd
import pytest
import shapely
from playwright.sync_api import sync_playwright

from exports.certificates import certificate_lines
from exports.formats import export
from exports.webpage import json_for_script
from tests.exports.outcome_by_hand import GRID_NAMES, NASTY
from ui.texts.catalog import LANGUAGES, Texts


class Elements(HTMLParser):
    """Every element with its attributes, and the text inside each script and cell."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict]] = []
        self.scripts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        if self.found and self.found[-1][0] == "script":
            self.scripts.append(data)


@pytest.fixture(scope="module")
def page(exported) -> str:
    return exported[".html"].read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def data(page):
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)[1])


def test_no_element_asks_for_anything(page):
    elements = Elements(page).found
    for tag, attributes in elements:
        for name in ("src", "href", "action", "data", "poster", "srcset"):
            assert not attributes.get(name, "").startswith(("http", "//", "file")), (tag, attributes)
    assert "sourceMappingURL" not in page
    styles = re.findall(r"<style>(.*?)</style>", page, re.S)
    assert len(styles) == 2
    assert not re.search(r"@import|url\((?!#)", "".join(styles))


def test_policy_forbids_connections(page):
    policy = next(a["content"] for _, a in Elements(page).found if a.get("http-equiv"))
    assert "default-src 'none'" in policy
    assert "unsafe-inline' " not in policy.split("style-src")[0]


def test_names_never_become_markup(page):
    tags = [tag for tag, _ in Elements(page).found]
    assert tags.count("script") == 3
    assert "img" not in tags
    assert "b" not in tags
    assert not any(name.startswith("on") for _, attributes in Elements(page).found for name in attributes)


def test_script_in_json_is_escaped_and_comes_back(page, data):
    assert "<" not in re.search(r'id="data">(.*?)</script>', page, re.S)[1]
    tips = {grid["properties"]["code"]: grid["properties"]["tip"][0] for grid in data["grids"]["features"]}
    assert tips == {code: name or code for code, name in GRID_NAMES.items()}


def test_leading_equals_sign_stays_text(page, data):
    labels = [community["properties"]["label"]["text"] for community in data["communities"]["features"]]
    assert labels == list(NASTY.values())
    assert html.escape('=HYPERLINK("x")') in page


@pytest.mark.parametrize("hostile", ["</script>", "<!--", "]]>", "&lt;", "\u2028", "𠮷"])
def test_json_for_script_survives_any_text(hostile):
    written = json_for_script({hostile: hostile})
    assert not set(written) & set("<>&\u2028\u2029")
    assert json.loads(written) == {hostile: hostile}


def test_licence_of_leaflet_is_kept(page):
    assert "BSD 2-Clause License" in page
    assert "@preserve" in page


def test_date_is_printed_when_given_and_no_clock_is_read(outcome, texts, tmp_path, page):
    export(outcome, tmp_path / "x.html", texts, date=dt.date(2026, 3, 1))
    assert "2026-03-01" in (tmp_path / "x.html").read_text(encoding="utf-8")
    assert "制图日期" not in page


def test_same_outcome_same_page(outcome, texts, tmp_path):
    for name in ("a.html", "b.html"):
        export(outcome, tmp_path / name, texts)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_every_language_has_every_text(outcome, tmp_path, language):
    texts = Texts(language)
    export(outcome, tmp_path / "x.html", texts)
    written = (tmp_path / "x.html").read_text(encoding="utf-8")
    assert html.escape(texts("exports.draft")) in written
    assert f'lang="{language.replace("_", "-")}"' in written


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_certificates_are_sentences(outcome, language):
    best, relaxed = (certificate_lines(certificate, Texts(language)) for certificate in outcome.certificates)
    assert len(best) == 1
    assert len(relaxed) == 2  # the sentence and one reason; a code without a text is not shown
    assert "元9-3" in relaxed[1]
    assert "1,484" in relaxed[1]


@pytest.mark.parametrize("gap", [math.inf, math.nan])
def test_community_without_a_plan_is_said_in_words(outcome, gap):
    none = dataclasses.replace(outcome.certificates[1], status="none", gap=gap)
    assert certificate_lines(none, Texts("en"))[0] == "There is no plan."


@pytest.fixture(scope="module")
def browser():
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def opened(browser, exported):
    """The page opened from its file, with every request and complaint noted."""
    tab = browser.new_page(viewport={"width": 1366, "height": 768})
    tab.noted = {"requests": [], "complaints": []}
    tab.on("request", lambda request: tab.noted["requests"].append(request.url))
    tab.on("pageerror", lambda error: tab.noted["complaints"].append(str(error)))
    tab.on("console", lambda message: tab.noted["complaints"].append(message.text))
    tab.on("dialog", lambda dialog: (tab.noted["complaints"].append(dialog.message), dialog.dismiss()))
    tab.goto(exported[".html"].as_uri())
    tab.wait_for_selector("html[data-ready=yes]", timeout=10_000)
    yield tab
    tab.close()


@pytest.mark.browser
def test_page_opens_from_a_file_without_a_request(opened, exported):
    sent = [url for url in opened.noted["requests"] if not url.startswith("data:")]
    assert sent == [exported[".html"].as_uri()]
    assert opened.noted["complaints"] == []
    assert opened.locator(".leaflet-grids-pane path").count() == 5
    assert opened.locator(".leaflet-broken-pane path").count() == 1
    assert opened.locator(".leaflet-communities-pane path").count() == 2
    assert opened.locator(".label.grid").count() == 5
    assert opened.locator(".label.community").count() == 2


@pytest.mark.browser
def test_click_shows_the_card_and_marks_the_row(opened):
    opened.locator(".leaflet-grids-pane path").first.click()
    card = opened.locator("#card").inner_text()
    assert "999001001001001" in card
    assert GRID_NAMES["999001001001001"] in card
    assert "344" in card
    assert NASTY["999001001001"] in card
    assert opened.locator("tr.chosen").get_attribute("data-code") == "999001001001001"
    assert opened.noted["complaints"] == []


@pytest.mark.browser
def test_hovering_shows_the_name_as_text(opened):
    opened.locator(".leaflet-grids-pane path").first.hover()
    tooltip = opened.locator(".leaflet-tooltip")
    assert GRID_NAMES["999001001001001"] in tooltip.inner_text()
    assert tooltip.locator("img, script").count() == 0
    assert opened.noted["complaints"] == []


@pytest.mark.browser
def test_row_leads_to_the_grid(opened):
    before = opened.locator(".leaflet-chosen-pane path").count()
    opened.locator("#list summary").click()
    opened.locator("tr[data-code='999001001002002']").click()
    assert before == 0
    assert opened.locator(".leaflet-chosen-pane path").count() == 1
    assert "999001001002002" in opened.locator("#card").inner_text()


@pytest.mark.browser
def test_print_sheet_is_whole(opened):
    opened.emulate_media(media="print")
    opened.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    map_box, areas = (
        opened.locator("#map").bounding_box(),
        opened.locator(".leaflet-communities-pane g").bounding_box(),
    )
    assert (map_box["width"], map_box["height"]) == (740, 638)
    assert areas["x"] >= map_box["x"]
    assert areas["x"] + areas["width"] <= map_box["x"] + 740
    assert areas["width"] > 500  # fitted to the sheet, not left at the screen's scale
    assert opened.locator("#table tbody tr").first.is_visible()
    assert not opened.locator(".leaflet-control-zoom").is_visible()
    opened.evaluate("window.dispatchEvent(new Event('afterprint'))")
    opened.emulate_media(media="screen")
    assert opened.locator("#map").bounding_box()["width"] > 740
    assert opened.locator("#list").get_attribute("open") is None


@pytest.mark.browser
def test_layers_can_be_switched(opened):
    assert opened.locator(".leaflet-cells-pane path").count() == 0
    opened.locator("input[name=cells]").check()
    assert opened.locator(".leaflet-cells-pane path").count() == 40
    opened.locator("input[name=grids]").uncheck()
    assert opened.locator(".leaflet-grids-pane path").count() == 0
    assert opened.locator(".leaflet-broken-pane path").count() == 0


@pytest.mark.browser
def test_labels_do_not_meet(opened):
    opened.evaluate("window.scrollTo(0, 0)")
    boxes = [label.bounding_box() for label in opened.locator(".label > div").all()]
    assert len(boxes) == 7
    for number, a in enumerate(boxes):
        for b in boxes[number + 1 :]:
            apart_x = a["x"] + a["width"] <= b["x"] + 1 or b["x"] + b["width"] <= a["x"] + 1
            apart_y = a["y"] + a["height"] <= b["y"] + 1 or b["y"] + b["height"] <= a["y"] + 1
            assert apart_x or apart_y, (a, b)


@pytest.mark.browser
def test_nothing_lies_over_the_map_but_its_controls(opened):
    map_box, legend = opened.locator("#map").bounding_box(), opened.locator("#legend").bounding_box()
    assert legend["x"] >= map_box["x"] + map_box["width"]
    assert opened.evaluate("document.documentElement.scrollWidth") <= 1366


@pytest.mark.browser
def test_water_and_railways_are_drawn_and_never_catch_a_click(browser, outcome, texts, tmp_path):
    west, south, east, north = outcome.communities.total_bounds
    middle = (south + north) / 2
    barriers = gpd.GeoDataFrame(
        {"kind": ["river", "river", "railway", "wall"]},
        geometry=[
            shapely.box(west, middle - 0.0005, east, middle + 0.0005),
            shapely.LineString([(west, south), (east, middle)]),
            shapely.LineString([(west, north), (east, middle)]),
            shapely.LineString([(west, north), (east, north)]),
        ],
        crs="EPSG:4490",
    )
    export(outcome, tmp_path / "x.html", texts, layers={"barriers": barriers})
    tab = browser.new_page(viewport={"width": 1366, "height": 768})
    complaints = []
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto((tmp_path / "x.html").as_uri())
    tab.wait_for_selector("html[data-ready=yes]", timeout=10_000)
    assert tab.locator(".leaflet-water-pane path").count() == 2
    assert tab.locator(".leaflet-railways-pane path").count() == 2  # one railway, drawn as two strokes
    legend = tab.locator("#legend").inner_text()
    assert texts("sheets.legend.river") in legend
    assert texts("sheets.legend.railway") in legend
    box = tab.locator(".leaflet-water-pane path").first.bounding_box()
    tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert tab.locator("tr.chosen").count() == 1
    tab.locator("input[name=water]").uncheck()
    assert tab.locator(".leaflet-water-pane path").count() == 0
    assert complaints == []
    tab.close()


@pytest.mark.browser
def test_search_finds_grids_and_places_and_goes_there(browser, outcome, texts, tmp_path):
    west, south, *_ = outcome.communities.total_bounds
    venues = gpd.GeoDataFrame(
        {
            "name": ["清河服务站 <b>", "北苑拟设点"],
            "status": ["existing", "candidate"],
            "area_m2": [1200.0, 300.0],
        },
        geometry=gpd.points_from_xy([west + 0.001, west + 0.002], [south + 0.001, south + 0.001]),
        crs="EPSG:4490",
    )
    export(outcome, tmp_path / "x.html", texts, layers={"venues": venues})
    tab = browser.new_page(viewport={"width": 1366, "height": 768})
    complaints = []
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto((tmp_path / "x.html").as_uri())
    tab.wait_for_selector("html[data-ready=yes]", timeout=10_000)
    assert tab.locator(".leaflet-places-pane path").count() == 2
    tab.locator("#search").fill("001001001 002")
    assert tab.locator("#found button").count() == 1
    tab.locator("#found button").click()
    assert tab.locator("tr.chosen").get_attribute("data-code") == "999001001001002"
    tab.locator("#search").fill("001001002 001")
    tab.locator("#search").press("Enter")
    assert tab.locator("tr.chosen").get_attribute("data-code") == "999001001002001"
    tab.locator("#search").fill("服务站")
    tab.locator("#found button").click()
    card = tab.locator("#card").inner_text()
    assert "清河服务站 <b>" in card
    assert "1,200" in card
    tab.locator("#search").fill("没有这个地方")
    assert tab.locator("#found").inner_text() == texts("exports.nothing_found")
    assert complaints == []
    tab.close()
