"""Sheets: what is on them, that no label meets another, that other programs read the same plan."""

import dataclasses
import datetime as dt
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pypdf
import pytest
import shapely
from PIL import Image

from exports import errors
from exports.choices import SheetChoices
from exports.formats import write_request
from exports.request import Request
from exports.sheet import fonts
from exports.sheet.fonts import MM_PER_PT, Face, Type, find_type
from exports.sheet.marks import Shapes, Words
from exports.sheet.pages import build_document
from scenarios.outcome import Outcome
from ui.texts.catalog import Texts

DATE = dt.date(2026, 11, 24)


def ask(outcome: Outcome, language: str = "zh_Hans", layers=None, **sheet) -> Request:
    return Request(
        outcome=outcome,
        texts=Texts(language),
        date=DATE,
        layers=layers or {},
        sources="测试数据 $a_1$ & <b>",
        sheet=SheetChoices(**sheet),
    )


def write(request: Request, path: Path) -> Path:
    write_request(request, path)
    return path


def run(program: str, *arguments: str) -> str:
    if shutil.which(program) is None:
        pytest.skip(f"{program} (poppler-utils) is not installed")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=True).stdout


def said(document) -> str:
    return "\n".join(mark.text for page in document.pages for mark in page.marks if isinstance(mark, Words))


def test_every_grid_is_labelled_with_code_and_households(outcome):
    document = build_document(ask(outcome))
    labels = [label for label in document.pages[0].labels if label.kind == "grid"]
    assert sorted(label.key for label in labels) == sorted(outcome.grids["code"])
    words = said(document)
    for households in outcome.grids["households"]:
        assert f"{households} 户" in words


@pytest.mark.parametrize("paper", ["A4", "A3", "A0"])
@pytest.mark.parametrize("orientation", ["landscape", "portrait"])
def test_paper_has_its_size_and_nothing_hangs_over_its_edge(outcome, paper, orientation, tmp_path):
    document = build_document(ask(outcome, paper=paper, orientation=orientation))
    short, long = {"A4": (210, 297), "A3": (297, 420), "A0": (841, 1189)}[paper]
    wanted = (long, short) if orientation == "landscape" else (short, long)
    for page in document.pages:
        assert (page.width, page.height) == wanted
        for mark in page.marks:
            if isinstance(mark, Words):
                width = document.type_.width_mm(mark.text, mark.size_pt, bold=mark.bold)
                left = mark.x - {"left": 0, "center": width / 2, "right": width}[mark.align]
                assert left >= 5, mark
                assert left + width <= page.width - 5, mark
                assert 4 <= mark.y <= page.height - 4, mark
    path = write(ask(outcome, paper=paper, orientation=orientation, parts=("map",)), tmp_path / "x.pdf")
    box = pypdf.PdfReader(path).pages[0].mediabox
    assert np.allclose([float(box.width) * MM_PER_PT, float(box.height) * MM_PER_PT], wanted, atol=0.01)


def test_scale_is_true_on_paper(outcome):
    """The ratio that is printed is the one that the grids are drawn at."""
    document = build_document(ask(outcome))
    ratio = float(re.search(r"1 : ([\d,]+)", said(document))[1].replace(",", ""))
    fills = [
        mark
        for mark in document.pages[0].marks
        if isinstance(mark, Shapes) and mark.clip is not None and mark.style.fill and not mark.style.line
    ]
    drawn = sum(shapely.area(shape) for mark in fills for shape in mark.shapes)
    assert drawn * (ratio / 1000) ** 2 == pytest.approx(outcome.grids["area_m2"].sum(), rel=1e-3)
    bar = [
        mark.shapes[0].bounds
        for mark in document.pages[0].marks
        if isinstance(mark, Shapes)
        and 0.2 <= mark.style.width_mm < 0.3
        and mark.style.line == "#1A1A1A"
        and mark.clip is None
    ]
    quarter = {
        round((east - west) * ratio / 1000, 6) for west, south, east, north in bar if north - south < 3
    }
    assert len(quarter) == 1
    assert quarter.pop() in {10, 20, 50, 100, 200}


@pytest.mark.parametrize(
    ("paper", "orientation"),
    [("A4", "landscape"), ("A4", "portrait"), ("A3", "landscape"), ("A0", "portrait")],
)
def test_the_bar_in_the_file_is_as_long_as_it_says(outcome, paper, orientation, tmp_path):
    """Another program draws the page; the black quarters of the bar are measured in its picture."""
    request = ask(outcome, paper=paper, orientation=orientation, parts=("map",))
    ratio = float(re.search(r"1 : ([\d,]+)", said(build_document(request)))[1].replace(",", ""))
    pdf = write(request, tmp_path / "x.pdf")
    dpi = {"A0": 60}.get(paper, 150)
    run("pdftoppm", "-r", str(dpi), "-gray", "-png", str(pdf), str(tmp_path / "x"))
    with Image.open(next(tmp_path.glob("x*.png"))) as picture:
        dark = np.asarray(picture.convert("L")) < 60
    bar = next(
        mark
        for mark in build_document(request).pages[0].marks
        if isinstance(mark, Shapes) and mark.style.fill == "#1A1A1A" and mark.clip is None
    )
    left, bottom, _, top = bar.shapes[0].bounds
    row = round(dark.shape[0] - (bottom + top) / 2 / 25.4 * dpi)
    start = round(left / 25.4 * dpi) + 2
    length = next(at for at in range(start, dark.shape[1]) if not dark[row, at]) - round(left / 25.4 * dpi)
    metres = length / dpi * 25.4 * ratio / 1000
    step = max(n for n in (10, 20, 50, 100, 200, 500) if n <= metres * 1.1)
    assert metres == pytest.approx(step, rel=0.03)


@pytest.mark.parametrize("extent", ["", "999001001001", "999001001001001"])
@pytest.mark.parametrize("orientation", ["landscape", "portrait"])
def test_a_poster_has_all_that_it_must_have(outcome, extent, orientation):
    texts = Texts("zh_Hans")
    words = said(build_document(ask(outcome, extent=extent, orientation=orientation, parts=("map",))))
    wanted = [
        "草案 · 须经批准",
        "2026-11-24",
        "图例",
        "比例尺 1 :",
        "坐标系：CGCS2000",
        "北",
        "数据来源：测试数据",
    ]
    wanted += ["第 1 页，共 1 页", "概况", texts("sheets.draft_sentence")]
    wanted.append("网格长" if len(extent) == 15 else "网格一览表")
    for text in wanted:
        assert text in words, text


def test_names_stay_text(outcome, tmp_path):
    """Dollar signs make no formula, hostile names no markup, control signs no boxes."""
    pdf = write(ask(outcome), tmp_path / "x.pdf")
    text = run("pdftotext", "-layout", str(pdf), "-")
    assert "草案 · 须经批准" in text
    assert "alert(1)" in text
    svg = write(ask(outcome), tmp_path / "x.svg").read_text(encoding="utf-8")
    assert "<script" not in svg
    assert "测试数据 $a_1$" in svg  # matplotlib keeps the text of outlined letters as a comment


def test_other_programs_find_the_same_grids_and_households(outcome, tmp_path):
    pdf = write(ask(outcome), tmp_path / "x.pdf")
    text = run("pdftotext", "-layout", "-f", "2", str(pdf), "-")
    for code, households in zip(outcome.grids["code"], outcome.grids["households"], strict=True):
        line = next(line for line in text.splitlines() if line.strip().startswith(code))
        assert re.search(rf"\b{households}\b", line), line


def test_fonts_are_embedded_as_what_they_say_they_are(outcome, tmp_path):
    pdf = write(ask(outcome), tmp_path / "x.pdf")
    lines = run("pdffonts", str(pdf)).splitlines()[2:]
    assert lines
    for line in lines:
        assert "CID TrueType" in line
        assert re.search(r"yes +yes +yes", line)  # embedded, cut to the letters used, searchable
    complaints = subprocess.run(
        ["pdftotext", str(pdf), "-"], capture_output=True, text=True, check=True
    ).stderr
    assert complaints == ""


def test_no_glyph_is_missing(outcome):
    type_ = find_type("zh_Hans")
    known = fonts.known_signs(type_.regular)
    for mark in build_document(ask(outcome)).pages[0].marks:
        if isinstance(mark, Words):
            assert all(ord(sign) in known for sign in mark.text), mark.text
    assert type_.plain("a\u2028\x07b\u1980") == "a  b〓"


def test_without_a_chinese_font_nothing_is_drawn(outcome, tmp_path, monkeypatch):
    monkeypatch.setattr(fonts.font_manager, "findSystemFonts", lambda **_: [])
    find_type.cache_clear()
    with pytest.raises(errors.FontError) as caught:
        write(ask(outcome), tmp_path / "x.pdf")
    find_type.cache_clear()
    assert caught.value.code == "no_chinese_font"
    assert "fonts-noto-cjk" in caught.value.facts["packages"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", [".pdf", ".svg", ".png"])
def test_same_plan_same_bytes(outcome, tmp_path, ending):
    request = ask(outcome, paper="A4", parts=("map", "table"))
    first, second = (write(request, tmp_path / f"{name}{ending}").read_bytes() for name in "ab")
    assert first == second


def test_picture_prints_at_its_size(outcome, tmp_path):
    path = write(ask(outcome, paper="A4"), tmp_path / "x.png")
    with Image.open(path) as picture:
        assert picture.size == (round(297 / 25.4 * 300), round(210 / 25.4 * 300))
        assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.1)


def test_atlas_has_contents_that_lead_to_its_pages(outcome, tmp_path):
    steps = []
    request = dataclasses.replace(
        ask(outcome, atlas="grids", parts=("map",)), on_step=lambda done, of: steps.append((done, of))
    )
    reader = pypdf.PdfReader(write(request, tmp_path / "atlas.pdf"))
    n = len(outcome.grids)
    assert len(reader.pages) == 2 + n
    assert len(reader.outline) == 2 + n
    assert [reader.get_destination_page_number(item) for item in reader.outline] == list(range(2 + n))
    links = [note.get_object() for note in reader.pages[1]["/Annots"]]
    assert len(links) == n
    assert [of >= done for done, of in steps] == [True] * len(steps)
    assert steps[-1][0] == steps[-1][1]


def test_atlas_of_communities_shows_each_once(outcome):
    document = build_document(ask(outcome, atlas="communities", parts=("map",)))
    assert len(document.pages) == 2 + len(outcome.communities)
    shown = [
        sorted(label.key for label in page.labels if label.kind == "grid") for page in document.pages[2:]
    ]
    assert sorted(code for codes in shown for code in codes) == sorted(outcome.grids["code"])


def test_stopping_leaves_no_file(outcome, tmp_path):
    asked = []
    request = dataclasses.replace(
        ask(outcome, atlas="grids"), stop=lambda: bool(asked.append(1)) or len(asked) > 7
    )
    with pytest.raises(errors.ExportStopped):
        write(request, tmp_path / "atlas.pdf")
    assert list(tmp_path.iterdir()) == []


def test_people_are_printed_only_when_typed_in(outcome):
    code = outcome.grids["code"].iloc[0]
    plain = said(build_document(ask(outcome, parts=("posts",))))
    assert "网格长" in plain
    typed = said(build_document(ask(outcome, parts=("posts",), people={(code, "leader"): "张三"})))
    assert "张三" in typed
    assert "张三" not in plain


def test_approval_sheet_gives_reasons_with_their_codes(outcome):
    words = said(build_document(ask(outcome, parts=("minutes",))))
    assert "oversize_cell" in words
    assert "须经批准" in words
    assert "签字" in words
    assert "a_code_not_known_yet" not in words


@pytest.mark.parametrize("language", ["zh_Hans", "zh_Hant", "en"])
@pytest.mark.parametrize("draft", [True, False])
def test_every_page_says_that_it_is_a_draft(outcome, language, draft):
    request = ask(outcome, language, draft_mark=draft, parts=("map", "table", "posts", "minutes"))
    texts = Texts(language)
    for page in build_document(request).pages:
        words = [mark.text for mark in page.marks if isinstance(mark, Words)]
        assert texts("sheets.draft_sentence") in words
        assert (texts("exports.draft") in words) == draft


@pytest.mark.parametrize(
    ("sheet", "name", "code"),
    [
        ({"extent": "000"}, "x.pdf", "unknown_extent"),
        ({"atlas": "grids"}, "x.png", "atlas_needs_pdf"),
    ],
)
def test_senseless_choices_are_refused(outcome, tmp_path, sheet, name, code):
    with pytest.raises(errors.ChoiceError) as caught:
        write(ask(outcome, **sheet), tmp_path / name)
    assert caught.value.code == code


def test_paper_takes_no_other_system(outcome, tmp_path):
    with pytest.raises(errors.ChoiceError) as caught:
        write(dataclasses.replace(ask(outcome), crs="GCJ-02"), tmp_path / "x.pdf")
    assert caught.value.code == "no_crs_on_paper"


def test_text_is_broken_where_a_reader_would():
    type_ = find_type("zh_Hans")
    lines = type_.wrapped("本社区的方案，须经批准；不得自行调整。", 20, 9)
    assert "".join(lines) == "本社区的方案，须经批准；不得自行调整。"
    assert all(type_.width_mm(line, 9) <= 20 + 9 * MM_PER_PT for line in lines)
    assert not any(line[0] in "，；。" for line in lines)
    assert isinstance(type_, Type)
    assert isinstance(type_.regular, Face)


def test_a_dedicated_grid_may_have_any_size(outcome):
    """The band binds base grids: a dedicated grid outside it is neither hatched nor counted as a miss."""
    grids = outcome.grids.assign(in_band=outcome.grids["kind"] != "dedicated", contiguous=True)
    words = said(build_document(ask(dataclasses.replace(outcome, grids=grids))))
    assert f"{len(grids)} / {len(grids)}" in words
    assert "不限" in words
    assert "不符合硬性规则的网格" not in words
