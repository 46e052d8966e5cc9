"""The house rules that no tool checks: licences, notices, pins, file sizes, no machine traces."""

import importlib.metadata
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PINNED = sorted(set(re.findall(r"^([a-z0-9][a-z0-9_.-]*)==", (ROOT / "requirements.txt").read_text(), re.M)))


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.splitlines()]


@pytest.mark.parametrize("package", PINNED)
def test_every_shipped_package_is_noticed_and_not_gpl(package: str) -> None:
    assert f"\n{package} | " in (ROOT / "NOTICE").read_text()
    try:
        facts = importlib.metadata.metadata(package)
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("not installed on this system")
    said = " ".join([facts.get("License-Expression") or "", *(facts.get_all("Classifier") or [])])
    assert not re.search(r"(?<!L)\bA?GPL|(?<!Lesser )General Public License", said)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_pins_are_hashed_and_name_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    pins = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert pins
    assert all("--hash=sha256:" in pin for pin in pins)


def test_no_lock_file_that_records_addresses() -> None:
    assert not [path.name for path in tracked_files() if path.name in {"uv.lock", "poetry.lock", "pdm.lock"}]


def test_no_file_names_a_folder_of_a_machine() -> None:
    marks = re.compile(r"/(?:root|home|work|Users)/[a-z.]", re.I)
    guilty = [
        path.name
        for path in tracked_files()
        if path.suffix in {".py", ".md", ".toml", ".txt", ".js", ".css", ".html", ""}
        and path.is_file()
        and marks.search(path.read_text(encoding="utf-8", errors="ignore"))
    ]
    assert guilty == []


def test_python_files_stay_readable() -> None:
    long = {
        path.name: count
        for path in tracked_files()
        if path.suffix == ".py" and (count := len(path.read_text(encoding="utf-8").splitlines())) > 360
    }
    assert long == {}


def test_nothing_imports_the_front_doors() -> None:
    # A page may hand over to the app when a cold deep link runs it as a script, inside its last guard.
    pattern = re.compile(r"^(?:from (?:app|gridplan) import|import (?:app|gridplan)\b)", re.M)
    folders = ("geo", "optimize", "scenarios", "exports", "ui", "pages", "data", "bench")
    guilty = [
        path.name
        for path in tracked_files()
        if path.relative_to(ROOT).parts[0] in folders
        and path.suffix == ".py"
        and pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert guilty == []
