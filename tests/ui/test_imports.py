"""Uploads: names that cannot escape, Shapefile parts together, questions that stay until answered."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from geo.layers import Fault
from ui.imports import rename_uploads, save_uploads
from ui.questions import Questions
from ui.state import State
from ui.workspace import find_project, list_projects, new_project_path


@dataclass
class File:
    name: str
    data: bytes = b"x"

    def getvalue(self) -> bytes:
        return self.data


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.csv", "C:\\temp\\passwd.csv", "/passwd.csv", ".passwd.csv"]
)
def test_an_upload_stays_in_its_folder(name: str, tmp_path: Path) -> None:
    (path,) = save_uploads([File(name)], tmp_path)
    assert path == tmp_path / "passwd.csv"
    assert path.read_bytes() == b"x"


def test_parts_of_a_shapefile_are_read_once(tmp_path: Path) -> None:
    names = ["a.shp", "a.shx", "a.dbf", "a.prj", "b.dbf", "c.csv"]
    read = save_uploads([File(name) for name in names], tmp_path)
    assert [path.name for path in read] == ["a.shp", "b.dbf", "c.csv"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)


def test_a_file_named_by_hand_keeps_its_ending_and_content() -> None:
    first, second = rename_uploads(
        [File("what.GeoJSON", b"1"), File("社区.csv")], {"what.GeoJSON": "parcels"}
    )
    assert (first.name, first.getvalue(), second.name) == ("parcels.GeoJSON", b"1", "社区.csv")


def test_a_question_stays_once_it_was_asked() -> None:
    unknown = Fault(code="layer_unknown", severity="fault", layer="", facts={"file": "what.csv"})
    missing = Fault(code="column_missing", severity="fault", layer="parcels", column="households")
    spare = Fault(code="column_ignored", severity="notice", layer="parcels", facts={"header": "多少家"})
    first = Questions().after([unknown])
    second = first.after([missing, spare])
    assert second == Questions(files=("what.csv",), columns={("parcels", "households"): ("多少家",)})
    assert second.after([missing]) == second


@pytest.mark.parametrize("name", ["", "  ", "a/b", "a\\b", "..", "a:b", "x" * 81, "a\nb"])
def test_names_that_are_no_file_names_are_refused(name: str) -> None:
    assert new_project_path(name) is None


def test_only_listed_projects_can_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDPLAN_HOME", str(tmp_path / "home"))
    (tmp_path / "secret.gpkg").touch()
    assert new_project_path("示范街道") == tmp_path / "home" / "示范街道.gpkg"
    new_project_path("示范街道").touch()
    assert find_project("示范街道") == tmp_path / "home" / "示范街道.gpkg"
    assert find_project("../secret") is None
    monkeypatch.setenv("GRIDPLAN_PROJECT", str(tmp_path / "secret.gpkg"))
    assert [path.stem for path in list_projects()] == ["secret", "示范街道"]


def test_the_table_s_echo_of_an_older_mark_is_no_choice() -> None:
    state = State(language="en").marking("a", 10.0).marking("b", 10.2)
    assert state.is_echo("a", 10.3)
    assert state.is_echo(None, 10.3)
    assert not state.is_echo("c", 10.3)
    assert not state.is_echo("a", 20.0)
