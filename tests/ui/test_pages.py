"""Pages run in every language without an exception, and say what is the matter in words."""

import io
import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pyogrio
import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from exports.order import Order, fill
from gridplan import main
from scenarios.propose import Progress, ProposalStopped, Settings, propose
from scenarios.workers import Workers
from ui.downloads import QUICK
from ui.jobs import Job, all_jobs
from ui.texts.catalog import LANGUAGES, Texts, read_catalog

DRAWN = (".pdf", ".png", ".svg", ".pptx")
RAW_KEY = re.compile(r"\b(?:app|common|errors|reasons|layers|columns|data_page|grids_page)\.[a-z_]+")


@pytest.fixture
def workspace(tmp_path: Path, small_project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace folder with one project of two communities."""
    monkeypatch.setenv("GRIDPLAN_HOME", str(tmp_path))
    monkeypatch.delenv("GRIDPLAN_PROJECT", raising=False)
    return small_project


@pytest.fixture
def solved(workspace: Path, workers: Workers) -> Path:
    """The same project with a plan."""
    propose(workspace, Settings(), stop=lambda: False, on_progress=lambda _: None, workers=workers)
    return workspace


def _page(page: str) -> None:
    # Runs inside the tested app, so it imports for itself.
    import importlib  # noqa: PLC0415

    from ui import frame  # noqa: PLC0415
    from ui.boundary import boundary  # noqa: PLC0415
    from ui.texts.catalog import Texts  # noqa: PLC0415

    texts = Texts(frame.settle().language)
    with boundary(texts):
        frame.draw_top_line(texts)
        importlib.import_module(f"pages.{page}").render()


def open_page(page: str, language: str = "zh_Hans") -> AppTest:
    test = AppTest.from_function(_page, args=(page,), default_timeout=60)
    test.query_params["lang"] = language
    return test.run()


def words(test: AppTest) -> str:
    kinds = ("markdown", "caption", "info", "warning", "error", "button", "selectbox", "number_input", "tab")
    elements = [element for kind in kinds for element in test.get(kind)]
    said = [f"{getattr(e, 'label', '')} {getattr(e, 'value', '')} {getattr(e, 'body', '')}" for e in elements]
    return "\n".join(said)


@pytest.mark.usefixtures("solved")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", ["data", "grids"])
def test_a_page_runs_in_every_language(page: str, language: str) -> None:
    test = open_page(page, language)
    assert not test.exception
    assert not test.warning
    assert not RAW_KEY.search(words(test))
    assert read_catalog(language)["app.all_communities"] in str(test.selectbox(key="frame_community").options)


@pytest.mark.parametrize("page", ["data", "grids"])
def test_a_page_without_any_project_says_what_to_do(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRIDPLAN_HOME", str(tmp_path / "empty"))
    monkeypatch.delenv("GRIDPLAN_PROJECT", raising=False)
    test = open_page(page)
    assert not test.exception
    assert test.info


@pytest.mark.parametrize("page", ["data", "grids"])
def test_a_broken_project_is_a_sentence_not_a_traceback(page: str, workspace: Path) -> None:
    workspace.write_bytes(b"")
    test = open_page(page)
    assert not test.exception
    assert "不是网格规划台的项目" in words(test)


@pytest.mark.usefixtures("solved")
def test_the_plan_is_told_in_plain_words() -> None:
    said = words(open_page("grids"))
    assert "个网格" in said
    assert "超过上限" in said  # the parcel of 700 households, by name of the rule it breaks
    assert "MIP" not in said
    assert "gap" not in said.lower()


@pytest.mark.usefixtures("solved")
def test_an_upside_down_band_is_refused_before_anything_runs() -> None:
    test = open_page("grids")
    test.number_input(key="limit_min_households").set_value(900).run()
    assert "最少户数（900）大于最多户数（500）" in words(test).replace("\\", "")
    propose_button = next(b for b in test.button if b.label == Texts("zh_Hans")("grids_page.propose"))
    assert propose_button.disabled


@pytest.mark.usefixtures("solved")
def test_the_form_keeps_what_was_typed() -> None:
    test = open_page("grids")
    test.number_input(key="limit_max_households").set_value(450).run()
    test.slider(key="weight_compactness").set_value(2.5).run()
    assert test.number_input(key="limit_max_households").value == 450
    assert test.slider(key="weight_compactness").value == 2.5


@pytest.mark.usefixtures("solved")
def test_another_language_is_one_choice_away() -> None:
    test = open_page("grids")
    test.selectbox(key="frame_language").set_value("en").run()
    assert "Propose grids" in words(test)
    assert test.query_params["lang"] in ("en", ["en"])


@pytest.mark.usefixtures("solved")
@pytest.mark.parametrize("ending", QUICK)
def test_every_format_made_at_once_can_be_taken_away(ending: str) -> None:
    test = open_page("grids")
    choice = next(box for box in test.selectbox if box.label == Texts("zh_Hans")("grids_page.export.format"))
    choice.set_value(ending).run()
    assert not test.exception
    assert not test.warning
    buttons = [button.proto.label for button in test.get("download_button")]
    assert buttons.count(Texts("zh_Hans")("grids_page.export.download")) == 1


def test_a_file_made_at_once_is_that_of_the_export_page(
    solved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It once went a way of its own: small counts were told, staff, venues and branches were missing."""
    taken: list[bytes] = []
    monkeypatch.setattr("ui.downloads.st.download_button", lambda _label, data, **_more: taken.append(data))
    test = open_page("grids")
    label = Texts("zh_Hans")("grids_page.export.format")
    next(box for box in test.selectbox if box.label == label).set_value(".xlsx").run()
    own = tmp_path / "own.xlsx"
    fill(Order(project=solved, scenario="base", to=own, texts=Texts("zh_Hans")))

    def cells(book: openpyxl.Workbook) -> dict[str, list[tuple[object, ...]]]:
        return {page.title: list(page.iter_rows(values_only=True)) for page in book}

    said = cells(openpyxl.load_workbook(io.BytesIO(taken[-1])))
    assert said == cells(openpyxl.load_workbook(own))
    assert Texts("zh_Hans")("book.sheet.staff") in said


@pytest.mark.usefixtures("solved")
def test_what_is_drawn_is_left_to_the_export_page() -> None:
    test = open_page("grids")
    choice = next(box for box in test.selectbox if box.label == Texts("zh_Hans")("grids_page.export.format"))
    assert not [option for option in choice.options if any(end in option for end in DRAWN)]
    assert Texts("zh_Hans")("grids_page.export.drawn") in words(test)
    box = next(box for box in open_page("export").selectbox if box.key == "export_ending")
    assert all(any(end in option for option in box.options) for end in (*QUICK, *DRAWN))


@pytest.fixture
def slow_job(workspace: Path) -> Iterator[Job]:
    """A proposal under way for the project, which ends when it is stopped."""
    begun = threading.Event()

    def work(stop, on_progress):
        on_progress(Progress(stage="solve", done=1, total=2, community="999001001001"))
        begun.set()
        while not stop():
            time.sleep(0.01)
        raise ProposalStopped("stopped")

    assert all_jobs().start(str(workspace), work)
    job = all_jobs().find(str(workspace))
    begun.wait(5)
    yield job
    job.cancel()
    job.join(5)
    all_jobs().forget(str(workspace))


def test_a_proposal_survives_a_refresh_and_can_be_stopped(slow_job: Job) -> None:
    for _visit in range(2):
        test = open_page("grids")
        assert "1/2" in str(test.get("progress")[0].proto)
        assert not [b for b in test.button if b.label == Texts("zh_Hans")("grids_page.propose")]
    test.button(key="stop_proposal").click().run()
    slow_job.join(5)
    assert slow_job.view().state == "stopped"
    test = open_page("grids")
    assert Texts("zh_Hans")("grids_page.stopped") in words(test)


def test_a_first_start_solves_by_itself_once(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = []
    monkeypatch.setenv("GRIDPLAN_PROJECT", str(workspace))
    monkeypatch.setattr("ui.greeting.start_proposal", lambda state, _outcome: begun.append(state.project))
    test = open_page("grids")
    test.run()
    assert begun == [workspace]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plan_that_no_longer_fits_its_layers_is_said_beside_the_way_out(
    solved: Path, language: str
) -> None:
    # The desk was empty, and the sentence below it spoke of an export and of a scenario "base".
    parcels = pyogrio.read_dataframe(solved, layer="parcels")
    parcels.loc[0, "households"] = 111
    pyogrio.write_dataframe(parcels, solved, layer="parcels", driver="GPKG")
    test = AppTest.from_function(_page, args=("grids",), default_timeout=60)
    test.query_params.update({"lang": language, "mode": "adjust"})
    test.run()
    assert not test.exception
    (warning,) = test.warning
    assert read_catalog(language)["app.base_scenario"] in warning.value
    assert read_catalog(language)["errors.plan_stale.next"][:8] in warning.value
    assert test.session_state["desk_mode"] == "adjust"


def test_branches_of_grids_that_no_longer_fit_say_what_to_do_first(solved: Path) -> None:
    with sqlite3.connect(solved) as connection:
        # What a version that read the layers otherwise would have left.
        connection.execute("UPDATE gridplan_meta SET value = 'other' WHERE key = 'plan_cut_from:base'")
    assert "gridplan grids" in open_page("branches").warning[0].value
    done = CliRunner().invoke(main, ["branches", str(solved), "--lang", "zh_Hans"])
    assert done.exit_code == 0
    assert done.stderr.startswith("网格划分完成之后图层有改动，或项目由较早版本的软件保存")
