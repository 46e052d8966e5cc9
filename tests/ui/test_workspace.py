"""Projects of the workspace by title."""

from pathlib import Path

import pytest

from ui.workspace import find_project, project_title, project_titles


def test_two_projects_of_the_same_name_can_both_be_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The one the command line had asked for hid the workspace's own.
    inner, outer = tmp_path / "home" / "demo.gpkg", tmp_path / "elsewhere" / "demo.gpkg"
    for path in (inner, outer):
        path.parent.mkdir()
        path.touch()
    monkeypatch.setenv("GRIDPLAN_HOME", str(inner.parent))
    monkeypatch.setenv("GRIDPLAN_PROJECT", str(outer))
    assert list(project_titles().values()) == [outer, inner]
    assert find_project("demo") == inner
    assert find_project(project_title(outer)) == outer
    assert project_title(inner) == "demo"
    assert find_project("nothing") is None
