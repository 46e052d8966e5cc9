"""Slides: text and tables that can be edited, sharp maps, and an office program that draws them."""

import dataclasses
import io
import shutil
import subprocess

import pptx
import pytest
from PIL import Image

from exports.choices import SheetChoices
from exports.formats import export, write_request
from exports.request import Request
from tests.exports.outcome_by_hand import build_outcome
from ui.texts.catalog import LANGUAGES, Texts


@pytest.fixture(scope="module")
def show(exported):
    return pptx.Presentation(exported[".pptx"])


def tables(show):
    return [shape.table for slide in show.slides for shape in slide.shapes if shape.has_table]


def words(show) -> str:
    return "\n".join(
        shape.text_frame.text for slide in show.slides for shape in slide.shapes if shape.has_text_frame
    )


def test_grids_and_households_stand_in_tables_that_can_be_edited(show, outcome):
    found = {}
    for table in tables(show):
        heads = [cell.text for cell in table.rows[0].cells]
        if heads[0] == "网格编码":
            for row in list(table.rows)[1:]:
                found[row.cells[0].text] = row.cells[heads.index("户数")].text
    assert found == {
        code: f"{households:,}"
        for code, households in zip(outcome.grids["code"], outcome.grids["households"], strict=True)
    }


def test_every_slide_says_that_it_is_a_draft(show):
    for slide in show.slides:
        said = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        assert any("草案 · 须经批准" in text for text in said)
        assert slide.shapes.title.text_frame.text


def test_maps_are_sharp(show):
    pictures = [shape for slide in show.slides for shape in slide.shapes if shape.shape_type == 13]
    assert len(pictures) == 1
    with Image.open(io.BytesIO(pictures[0].image.blob)) as picture:
        assert picture.width / (pictures[0].width / 914400) >= 200  # dots an inch on the slide
    assert "5" in pictures[0]._element.nvPicPr.cNvPr.get("descr")


def test_nothing_hangs_over_the_edge(show):
    for slide in show.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= show.slide_width
            assert shape.top + shape.height <= show.slide_height


def test_chinese_letters_have_a_face_of_their_own(show):
    assert 'typeface="Microsoft YaHei"' in show.slides[0].shapes.title._element.xml
    assert "<a:ea " in show.slides[0].shapes.title._element.xml


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language(language, tmp_path):
    export(build_outcome(), tmp_path / "x.pptx", Texts(language))
    said = words(pptx.Presentation(tmp_path / "x.pptx"))
    assert Texts(language)("exports.draft") in said
    assert "{" not in said


def test_office_draws_every_slide(exported, show, tmp_path):
    office, drawer = shutil.which("soffice"), shutil.which("pdftoppm")
    if office is None or drawer is None:
        pytest.skip("LibreOffice or poppler-utils is not installed")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    done = subprocess.run(
        [
            office,
            profile,
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(tmp_path),
            str(exported[".pptx"]),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    made = list(tmp_path.glob("*.pdf"))
    if not made:
        pytest.skip(f"LibreOffice has no Impress: {done.stderr[-200:]}")
    subprocess.run([drawer, "-r", "30", "-png", str(made[0]), str(tmp_path / "slide")], check=True)
    pictures = sorted(tmp_path.glob("slide*.png"))
    assert len(pictures) == len(show.slides)
    for path in pictures:
        with Image.open(path) as picture:
            low, high = picture.convert("L").getextrema()
            assert high - low > 150, path.name  # something is drawn


def test_a_long_heading_of_the_cover_stays_above_its_rule(outcome, texts, tmp_path):
    """A heading on two lines once ran through the rule below it."""
    request = Request(outcome=outcome, texts=texts, sheet=SheetChoices(title="长" * 40))
    write_request(request, tmp_path / "long.pptx")
    title = pptx.Presentation(str(tmp_path / "long.pptx")).slides[0].shapes.title
    size = title.text_frame.paragraphs[0].runs[0].font.size
    assert 40 * size <= title.width


def test_moves_against_today_and_between_scenarios_are_told_apart(outcome, texts, tmp_path):
    """Both were once called "households that change grid", on slides of one deck."""
    cells = outcome.cells.copy()
    cells.loc[cells["cell_id"] == "元1-1", "grid_code"] = "999001001001002"
    other = dataclasses.replace(outcome, scenario="second", cells=cells)
    today = outcome.communities.assign(kind="base", community_code=outcome.communities["code"])
    layers = {"grids": today[["code", "name", "kind", "community_code", "geometry"]]}
    request = Request(outcome=outcome, texts=texts, others=(other,), layers=layers)
    write_request(request, tmp_path / "two.pptx")
    said = words(pptx.Presentation(str(tmp_path / "two.pptx"))).splitlines()
    moved = [line for line in said if "换网格" in line and "斜线" not in line]
    assert any("改为“second”，共 44 户" in line for line in moved)
    for line in moved:
        assert ("现行网格" in line) != ("改为" in line), line
