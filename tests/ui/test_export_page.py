"""The export page: preview, choices that stay, a file made in a worker; the same by command."""

import time
from pathlib import Path

import pypdf
import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

import gridplan
from exports.choices import PARTS, SheetChoices
from scenarios.propose import Settings, propose
from scenarios.store import read_outcome
from scenarios.workers import Workers
from ui.export_choices import ExportChoices, keep, load
from ui.jobs import all_jobs
from ui.texts.catalog import LANGUAGES, Texts


@pytest.fixture
def solved(tmp_path: Path, small_project: Path, workers: Workers, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GRIDPLAN_HOME", str(tmp_path))
    monkeypatch.delenv("GRIDPLAN_PROJECT", raising=False)
    propose(small_project, Settings(), stop=lambda: False, on_progress=lambda _: None, workers=workers)
    return small_project


def _page() -> None:
    # Runs inside the tested app, so it imports for itself.
    from pages import export  # noqa: PLC0415
    from ui import frame  # noqa: PLC0415

    frame.settle()
    export.render()


def own_key(test: AppTest) -> tuple[str, str]:
    """The key of this visitor's job; jobs of earlier tests do not matter."""
    return "export", test.session_state["gridplan_export_job"]


def open_page(language: str = "zh_Hans") -> AppTest:
    test = AppTest.from_function(_page, default_timeout=90)
    test.query_params["lang"] = language
    return test.run()


@pytest.mark.usefixtures("solved")
@pytest.mark.parametrize("language", LANGUAGES)
def test_page_shows_the_sheet(language):
    test = open_page(language)
    assert not test.exception
    assert not test.warning
    texts = Texts(language)
    assert texts("export_page.preview_sheet") in [item.value for item in test.caption]
    assert [item.label for item in test.button] == [texts("export_page.make")]


@pytest.mark.usefixtures("solved")
def test_choices_stay_and_are_printed():
    test = open_page()
    test.selectbox(key="export_paper").select("A4").run()
    test.selectbox(key="export_orientation").select("portrait").run()
    test.selectbox(key="export_extent").select("999001001001").run()
    test.text_input(key="export_title").set_value("春季方案").run()
    assert not test.exception
    kept = test.session_state["gridplan_export"]
    assert (kept.sheet.paper, kept.sheet.orientation) == ("A4", "portrait")
    assert (kept.sheet.extent, kept.sheet.title) == ("999001001001", "春季方案")
    # Another format has no paper; coming back finds the choices as they were.
    test.selectbox(key="export_ending").select(".gpkg").run()
    assert "export_paper" not in [item.key for item in test.selectbox]
    test.selectbox(key="export_ending").select(".pdf").run()
    assert test.selectbox(key="export_paper").value == "A4"
    assert test.session_state["gridplan_export"] == kept


@pytest.mark.usefixtures("solved")
def test_choices_outlive_a_restart_and_names_do_not(tmp_path):
    test = open_page()
    test.selectbox(key="export_paper").select("A0").run()
    test.selectbox(key="export_ending").select(".gpkg").run()
    test.selectbox(key="export_crs").select("GCJ-02").run()
    again = open_page()  # a new session, as after a restart
    kept = again.session_state["gridplan_export"]
    assert (kept.ending, kept.crs, kept.sheet.paper) == (".gpkg", "GCJ-02", "A0")
    choices = ExportChoices(sheet=SheetChoices(people={("999", "leader"): "张三"}))
    keep(choices, tmp_path / "kept.json", "p.gpkg")
    assert "张三" not in (tmp_path / "kept.json").read_text(encoding="utf-8")
    assert load(tmp_path / "kept.json", "p.gpkg") == ExportChoices()


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"p.gpkg": 3}', '{"p.gpkg": {"ending": ".exe", "sheet": {"paper": "A9", "atlas": []}}}'],
)
def test_a_damaged_memory_counts_as_none(tmp_path, text):
    (tmp_path / "kept.json").write_text(text, encoding="utf-8")
    assert load(tmp_path / "kept.json", "p.gpkg") == ExportChoices()


@pytest.mark.usefixtures("solved")
def test_file_is_made_in_a_worker_and_handed_over(tmp_path):
    test = open_page()
    test.selectbox(key="export_paper").select("A4").run()
    test.button(key="export_make").click().run()
    key = own_key(test)
    job = all_jobs().find(key)
    job.join(90)
    view = job.view()
    assert view.state == "done", view.error
    (tmp_path / "made.pdf").write_bytes(view.answer.data)
    assert len(pypdf.PdfReader(tmp_path / "made.pdf").pages) == 2
    test.run()
    assert [item.proto.label.startswith("下载") for item in test.get("download_button")] == [True]
    all_jobs().forget(key)


@pytest.mark.usefixtures("solved")
def test_stopping_hands_over_nothing():
    test = open_page()
    test.selectbox(key="export_atlas").select("grids").run()
    test.button(key="export_make").click().run()
    key = own_key(test)
    job = all_jobs().find(key)
    job.cancel()
    started = time.monotonic()
    job.join(60)
    assert time.monotonic() - started < 60
    test.run()
    assert not test.get("download_button")
    assert Texts("zh_Hans")("export_page.stopped") in [item.value for item in test.info]
    all_jobs().forget(key)


@pytest.mark.usefixtures("small_project")
def test_project_without_a_plan_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("GRIDPLAN_HOME", str(tmp_path))
    monkeypatch.delenv("GRIDPLAN_PROJECT", raising=False)
    test = open_page()
    assert not test.exception
    assert [item.value for item in test.info] == [Texts("zh_Hans")("export_page.no_plan")]


def run(*arguments: object):
    return CliRunner().invoke(gridplan.main, [str(argument) for argument in arguments])


def test_command_writes_an_atlas_with_the_parts_asked_for(solved, tmp_path):
    to = tmp_path / "atlas.pdf"
    parts = [argument for part in PARTS for argument in ("--part", part)]
    done = run(
        "export", solved, "--to", to, "--paper", "A4", "--atlas", "communities", *parts, "--lang", "en"
    )
    assert done.exit_code == 0, done.output
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(to).pages)
    for wanted in ("Contents", "Responsibility sheet", "Approval sheet", "Draft"):
        assert wanted in text


def test_command_compares_two_scenarios(solved, tmp_path):
    assert run("grids", solved, "--scenario", "wide", "--max-households", 800).exit_code in (0, 1)
    to = tmp_path / "both.pdf"
    assert run("export", solved, "--to", to, "--compare-with", "wide", "--lang", "en").exit_code == 0
    assert "wide" in pypdf.PdfReader(to).pages[0].extract_text()
    assert run("export", solved, "--to", to, "--compare-with", "none such").exit_code == 2


def test_command_takes_what_the_page_offers(solved, tmp_path):
    to, grid = tmp_path / "posts.pdf", read_outcome(solved, "base").grids["code"][0]
    options = (
        "--part",
        "posts",
        "--post",
        f"{grid}/leader=张三",
        "--sources",
        "区测绘院",
        "--place",
        "新街道",
    )
    done = run("export", solved, "--to", to, *options, "--lang", "zh_Hans")
    assert done.exit_code == 0, done.output
    text = pypdf.PdfReader(to).pages[0].extract_text()
    for wanted in ("张三", "区测绘院", "新街道"):
        assert wanted in text
    to = tmp_path / "grids.geojson"
    assert run("export", solved, "--to", to, "--crs", "GCJ-02").exit_code == 0
    assert "GCJ-02" in to.read_text(encoding="utf-8")
    assert run("export", solved, "--to", to, "--post", "nonsense").exit_code == 2


def test_command_refuses_a_name_beside_a_grid_that_is_not_there(solved, tmp_path):
    to = tmp_path / "posts.pdf"
    done = run("export", solved, "--to", to, "--part", "posts", "--post", "999/leader=张三")
    assert done.exit_code == 2
    assert "999" in done.output
    assert not to.exists()


def test_command_refuses_a_comparison_that_the_format_cannot_hold(solved, tmp_path):
    to = tmp_path / "page.html"
    done = run("export", solved, "--to", to, "--compare-with", "base")
    assert done.exit_code == 2
    assert ".pdf" in done.output
    assert not to.exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("--extent", "000"), 2), (("--crs", "GCJ-02"), 2), (("--part", "poem"), 2), (("--paper", "A9"), 2)],
)
def test_command_refuses_senseless_choices(solved, tmp_path, arguments, code):
    done = run("export", solved, "--to", tmp_path / "x.pdf", *arguments)
    assert done.exit_code == code
    assert not (tmp_path / "x.pdf").exists()
