"""The front door of exports: what it refuses, and that it never leaves half a file."""

import dataclasses
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from exports import errors
from exports.formats import FORMATS, export
from exports.order import Order, fill
from exports.request import Format
from exports.shapefile import short_names
from geo.errors import CrsError


def test_unknown_ending_names_the_known_ones(outcome, texts, tmp_path):
    with pytest.raises(errors.EndingError) as caught:
        export(outcome, tmp_path / "x.dwg", texts)
    assert caught.value.code == "unknown_ending"
    assert ".gpkg" in caught.value.facts["endings"]


def test_a_name_without_an_ending_is_refused_as_such(outcome, texts, tmp_path):
    with pytest.raises(errors.EndingError) as caught:
        export(outcome, tmp_path / "方案", texts)
    assert caught.value.code == "no_ending"
    assert set(FORMATS) <= set(caught.value.facts["endings"].split())


def test_ending_may_be_capital(outcome, texts, tmp_path):
    export(outcome, tmp_path / "X.GeoJSON", texts)
    assert (tmp_path / "X.GeoJSON").stat().st_size > 0


@pytest.mark.parametrize(
    ("ending", "crs", "code"), [(".html", "GCJ-02", "crs_fixed"), (".kml", "EPSG:4549", "crs_not_degrees")]
)
def test_bound_formats_refuse_another_system(outcome, texts, tmp_path, ending, crs, code):
    with pytest.raises(errors.ChoiceError) as caught:
        export(outcome, tmp_path / f"x{ending}", texts, crs=crs)
    assert caught.value.code == code
    export(outcome, tmp_path / f"x{ending}", texts, crs="EPSG:4326")


def test_unknown_system(outcome, texts, tmp_path):
    with pytest.raises(CrsError):
        export(outcome, tmp_path / "x.gpkg", texts, crs="EPSG:0")
    assert list(tmp_path.iterdir()) == []


def test_a_scenario_is_not_compared_with_itself(texts, tmp_path):
    order = Order(
        project=tmp_path / "p.gpkg", scenario="二", to=tmp_path / "x.pdf", texts=texts, against=("一", "二")
    )
    with pytest.raises(errors.ChoiceError) as caught:
        fill(order)
    assert caught.value.code == "compared_with_itself"
    assert list(tmp_path.iterdir()) == []


def test_missing_folder(outcome, texts, tmp_path):
    with pytest.raises(errors.WriteError) as caught:
        export(outcome, tmp_path / "none" / "x.gpkg", texts)
    assert caught.value.code == "no_folder"


def test_outcome_without_grids(outcome, texts, tmp_path):
    empty = dataclasses.replace(outcome, grids=outcome.grids.iloc[:0])
    with pytest.raises(errors.WriteError) as caught:
        export(empty, tmp_path / "x.gpkg", texts)
    assert caught.value.code == "no_grids"


@pytest.mark.parametrize("raised", [OSError("disk full"), RuntimeError("a fault of ours")])
def test_failure_leaves_the_old_file_and_nothing_else(outcome, texts, tmp_path, monkeypatch, raised):
    def fail_halfway(_request, path):
        path.write_text("half")
        raise raised

    monkeypatch.setattr("exports.formats.FORMATS", {".gpkg": Format(write=fail_halfway)})
    old = tmp_path / "x.gpkg"
    old.write_text("old")
    with pytest.raises(errors.WriteError if isinstance(raised, OSError) else RuntimeError):
        export(outcome, old, texts)
    assert old.read_text() == "old"
    assert list(tmp_path.iterdir()) == [old]


@pytest.mark.parametrize("ending", list(FORMATS))
def test_a_file_that_is_there_is_replaced_and_nothing_is_left_beside_it(outcome, texts, tmp_path, ending):
    path = tmp_path / f"old{ending}"
    path.write_text("old")
    export(outcome, path, texts)
    assert path.read_bytes()[:3] != b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_outcome_is_left_as_it_was(outcome, texts, tmp_path):
    before = {name: getattr(outcome, name).copy() for name in ("cells", "grids", "communities")}
    for ending in FORMATS:
        export(outcome, tmp_path / f"x{ending}", texts)
    for name, frame in before.items():
        assert getattr(outcome, name).equals(frame), name


def test_short_names_are_unique():
    names = short_names(
        ["cost_boundary_length", "cost_boundary_lengths", "cost_boundary_lengthy", "perimeter_m"]
    )
    assert len(set(names.values())) == 4
    assert max(map(len, names.values())) <= 10


def test_error_tree_is_drawn_whole():
    drawn = {line.split()[1] for line in errors.__doc__.splitlines() if line[:1] in "├└" and line}
    real = {
        name for name, item in vars(errors).items() if isinstance(item, type) and issubclass(item, Exception)
    }
    assert drawn == real - {"ExportError"}


def test_a_geopackage_open_in_another_program_is_not_replaced(outcome, texts, tmp_path):
    path = tmp_path / "open.gpkg"
    export(outcome, path, texts)
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("CREATE TABLE mine (note TEXT)")
        with pytest.raises(errors.WriteError):
            export(outcome, path, texts)
        assert other.execute("SELECT count(*) FROM mine").fetchone() == (0,)
    export(outcome, path, texts)
    with closing(sqlite3.connect(path)) as again:
        assert again.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_map_is_drawn_without_the_engines():
    """A sheet by command spent a third of its time on loading what it never asked."""
    asked = "import sys, exports.order, exports.printed; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout
    assert {"matplotlib", "pypdf"} <= set(loaded.split())
    assert not {"numba", "scipy.optimize", "highspy", "openpyxl", "pptx", "momepy"} & set(loaded.split())
