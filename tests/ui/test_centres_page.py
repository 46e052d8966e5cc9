"""The page of centres in every language: ask, answer, force, keep, and say why there is nothing."""

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pytest
from streamlit.testing.v1 import AppTest

from data.generate import build_demo
from geo.layers import Layers
from optimize.stop import TimeLimit
from scenarios.store import create_project
from scenarios.venues.propose import read_venues
from tests.ui.test_pages import RAW_KEY, open_page, words
from ui.centres_data import ROOM_S
from ui.jobs import all_jobs
from ui.texts.catalog import LANGUAGES


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    create_project(folder / "demo.gpkg", build_demo())
    return folder


@pytest.fixture
def workspace(made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GRIDPLAN_HOME", str(made))
    monkeypatch.delenv("GRIDPLAN_PROJECT", raising=False)
    return made / "demo.gpkg"


def ask(test: AppTest, **changes: object) -> AppTest:
    """Ask something else, as a visitor's choices do."""
    choice = test.session_state["gridplan"].centres
    settings = choice.settings if choice is not None else first(test)
    kept = replace(settings, **changes)
    state = test.session_state["gridplan"]
    from ui.centres_state import CentresChoice  # noqa: PLC0415 - as the page does

    test.session_state["gridplan"] = replace(
        state, centres=CentresChoice(scenario=state.scenario, settings=kept)
    )
    return test.run()


def first(test: AppTest):
    from pages.centres import asked_of  # noqa: PLC0415
    from ui.centres_data import load_ground  # noqa: PLC0415

    state = test.session_state["gridplan"]
    return asked_of(state, load_ground(state.project, state.scenario))


QUESTIONS = (
    {},
    {"model": "mclp", "n_open": None, "budget": 1e6},
    {"model": "lscp", "n_open": None, "share": 0.8},
    {"model": "lscp", "n_open": None},
    {"model": "p_centre", "keep_existing": False},
    {"model": "capacitated", "n_open": 14, "weight": "residents"},
    {"weight": "elderly", "colocation_m": 100.0, "opened": ("ZD012",), "closed": ("ZD013", "ZD002")},
)
"""Each with its own words on the page; the fourth cannot be answered."""


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_is_answered_in_every_language(language: str) -> None:
    test = open_page("centres", language)
    for at, changes in enumerate(QUESTIONS):
        test.session_state["gridplan"] = replace(test.session_state["gridplan"], centres=None)
        test = ask(test, **changes)
        assert not test.exception
        assert len(test.warning) == (at == 3)
        said = words(test)
        assert not RAW_KEY.search(said)
        assert "centres." not in said
        assert "{" not in said
        assert language != "en" or "、" not in said


@pytest.mark.usefixtures("workspace")
def test_the_answer_is_a_sentence_with_its_proof() -> None:
    said = words(open_page("centres"))
    assert "共开设 13 处，保留 10 处，新设 3 处" in said
    assert "已证明：在这些条件下，没有别的布局能让大家走得更少" in said
    assert "今天 56.9%" in said


@pytest.mark.usefixtures("workspace")
def test_what_cannot_be_says_how_far_it_could_go() -> None:
    test = ask(open_page("centres"), model="lscp", n_open=None)
    assert "最多能覆盖 86.96%" in test.warning[0].value
    test = ask(test, model="mclp", n_open=None, budget=0.0, opened=("ZD012",))
    assert "必须保留的阵地共需 650,000 元，超过预算 0 元" in test.warning[0].value


@pytest.mark.usefixtures("workspace")
def test_a_slider_is_answered_at_once() -> None:
    test = open_page("centres")
    test.slider(key="centres_n_open").set_value(15).run()
    assert not test.exception
    assert "共开设 15 处" in words(test)
    test.selectbox(key="centres_model").set_value("mclp").run()
    assert "没有别的布局能覆盖更多的人" in words(test)


@pytest.mark.usefixtures("workspace")
def test_the_marked_venue_can_be_forced_and_let_go() -> None:
    test = open_page("centres")
    test.session_state["gridplan"] = replace(test.session_state["gridplan"], place="ZD012")
    test.run()
    assert "映月拟设服务点" in words(test)
    said = [one.value for one in test.markdown]
    proof = [at for at, one in enumerate(said) if "已证明：" in one]
    answer = next(at for at, one in enumerate(said) if "共开设" in one)
    assert len(proof) == 1
    assert proof[0] < answer, "how good it is stays in sight above the question"
    test.button_group(key="centres_force").set_value("in").run()
    assert test.session_state["gridplan"].centres.settings.opened == ("ZD012",)
    assert "指定开设：映月拟设服务点" in words(test)
    next(button for button in test.button if button.label == "取消所有指定").click().run()
    assert test.session_state["gridplan"].centres.settings.opened == ()


def test_an_answer_can_be_kept_and_is_asked_again_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRIDPLAN_HOME", str(tmp_path))
    monkeypatch.delenv("GRIDPLAN_PROJECT", raising=False)
    create_project(tmp_path / "demo.gpkg", build_demo())
    test = open_page("centres")
    test.slider(key="centres_n_open").set_value(12).run()
    next(button for button in test.button if button.label.startswith("采用这一布局")).click().run()
    assert "已存入方案" in words(test)
    kept = read_venues(tmp_path / "demo.gpkg")
    assert kept is not None
    assert kept.settings.n_open == 12
    assert "共开设 12 处" in words(open_page("centres"))


def without(name: str) -> Layers:
    layers = build_demo()
    return replace(layers, frames={key: frame for key, frame in layers.frames.items() if key != name})


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        (without("venues"), "项目里没有阵地图层"),
        (without("roads"), "没有道路数据：一律按直线距离加 30% 估算"),
    ],
    ids=["no venues", "no streets"],
)
def test_what_is_not_there_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layers: Layers, said: str
) -> None:
    monkeypatch.setenv("GRIDPLAN_HOME", str(tmp_path))
    monkeypatch.delenv("GRIDPLAN_PROJECT", raising=False)
    create_project(tmp_path / "demo.gpkg", layers)
    test = open_page("centres")
    assert not test.exception
    assert said in words(test)


def test_streets_that_do_not_meet_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDPLAN_HOME", str(tmp_path))
    monkeypatch.delenv("GRIDPLAN_PROJECT", raising=False)
    layers = build_demo()
    roads = gpd.GeoDataFrame(layers.frames["roads"])
    middle = roads.union_all().centroid.y
    apart = roads[(roads.bounds["miny"] > middle + 0.0004) | (roads.bounds["maxy"] < middle - 0.0004)]
    create_project(tmp_path / "demo.gpkg", replace(layers, frames={**layers.frames, "roads": apart}))
    test = open_page("centres")
    assert not test.exception
    assert "片互不相连" in words(test)


def test_without_a_project_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDPLAN_HOME", str(tmp_path))
    monkeypatch.delenv("GRIDPLAN_PROJECT", raising=False)
    test = open_page("centres")
    assert not test.exception
    assert len(test.info) == 1


@pytest.mark.usefixtures("workspace")
def test_what_is_not_proven_at_once_can_be_searched_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.centres_data.LIVE_S", 0.0)
    monkeypatch.setattr("ui.centres_longer._LONGER_S", 60.0)
    test = ask(open_page("centres"), model="capacitated", n_open=15)
    button = next(one for one in test.button if one.label.startswith("再算最多"))
    button.click().run()
    assert not test.exception
    key = next(key for key, _ in all_jobs().items() if isinstance(key, tuple) and key[0] == "centres_longer")
    job = all_jobs().find(key)
    assert job is not None
    job.cancel()
    job.join(60)
    assert job.view().state == "done"
    test.run()
    assert not test.exception
    assert "共开设 15 处" in words(test)


@pytest.mark.usefixtures("workspace")
def test_rooms_are_answered_within_the_first_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    def limit(seconds: float) -> TimeLimit:
        waits.append(seconds)
        return TimeLimit(seconds)

    monkeypatch.setattr("ui.centres_data.TimeLimit", limit)
    test = ask(open_page("centres"), model="capacitated", n_open=16)
    assert not test.exception
    assert waits[-1] == ROOM_S <= 0.3
    assert "共开设 16 处" in words(test)
    assert any(one.label.startswith("再算最多") for one in test.button), "and may be searched on"


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize("model", ["p_median", "mclp", "p_centre", "capacitated"])
def test_a_share_is_a_condition_of_every_aim_and_is_said_beside_it(model: str) -> None:
    test = ask(open_page("centres"), model=model)
    assert "条件：至少" not in words(test)
    test = ask(test, share=0.6)
    assert "条件：至少 60" in words(test)
    assert "这样的要求做不到" not in words(test)
    test = ask(test, share=1.0)
    assert "这样的要求做不到" in words(test)
    assert "最多只能覆盖" in words(test)


@pytest.mark.usefixtures("workspace")
def test_what_was_to_be_covered_is_no_condition_of_another_aim() -> None:
    test = ask(open_page("centres"), model="lscp", n_open=None, share=0.6)
    test = test.selectbox(key="centres_model").set_value("mclp").run()
    assert not test.exception
    assert test.session_state["gridplan"].centres.settings.model == "mclp"
    assert "条件：至少" not in words(test)
