"""A command that only shows something leaves the project file as it was, even one that was just made."""

import hashlib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from data.generate import build_demo
from gridplan import main
from scenarios.store import create_project


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that nothing was done with: its cells are not cut yet."""
    path = tmp_path_factory.mktemp("reading") / "fresh.gpkg"
    create_project(path, build_demo())
    return path


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    "arguments",
    [
        ("staff", "{}"),
        ("money", "{}", "--budget", "1000000"),
        ("facilities", "{}"),
        ("facilities", "{}", "--with-proposal"),
        ("check", "{}"),
        ("scenario", "list", "{}"),
    ],
    ids=" ".join,
)
def test_who_only_reads_changes_nothing(fresh: Path, arguments: tuple[str, ...]) -> None:
    before, beside = digest(fresh), sorted(fresh.parent.iterdir())
    result = CliRunner().invoke(main, [one.format(fresh) for one in arguments])
    assert result.exit_code == 0, result.output
    assert digest(fresh) == before
    assert sorted(fresh.parent.iterdir()) == beside
