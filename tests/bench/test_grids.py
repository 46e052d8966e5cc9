"""The grids benchmark: what it measures, by hand; and that a tool can be missing, fail or run out of time."""

import json
from dataclasses import replace

import numpy as np
import pytest

from bench import grids, grids_peers
from bench.grids_own import to_problem
from bench.grids_report import tables
from bench.grids_work import Work, draw_voronoi, load_work, measure, read_works, save_work

SQUARES = Work(
    name="squares",
    family="voronoi",
    goal="cut",
    n_districts=2,
    low=25,
    high=35,
    weight=np.array([10, 20, 10, 20]),
    x_m=np.array([50.0, 150.0, 50.0, 150.0]),
    y_m=np.array([50.0, 50.0, 150.0, 150.0]),
    area_m2=np.full(4, 10_000.0),
    outer_m=np.full(4, 200.0),
    edges=np.array([[0, 1], [0, 2], [1, 3], [2, 3]]),
    border_m=np.full(4, 100.0),
)


def test_a_division_is_measured_as_by_hand():
    found = measure(SQUARES, np.array([0, 0, 1, 1]))
    assert found["cut_edges"] == 2
    assert found["in_band_share"] == 1.0
    assert found["contiguous"]
    assert found["border_m"] == 200.0
    assert found["polsby_popper"] == pytest.approx(4 * np.pi * 20_000 / 600**2, abs=1e-4)
    # Each pair is 100 m apart, weighed 1 : 2, so a third and two thirds from the centre.
    assert found["moment"] == pytest.approx(10_000 * 2 / 9, abs=0.1)


def test_a_torn_or_unbalanced_division_is_called_so():
    assert not measure(SQUARES, np.array([0, 1, 1, 0]))["contiguous"]
    assert measure(SQUARES, np.array([0, 1, 0, 1]))["in_band_share"] == 0.0
    assert not measure(SQUARES, np.array([-1, 0, 0, 0]))["contiguous"]


def test_a_work_survives_the_way_to_another_process(tmp_path):
    work = draw_voronoi(60, 3)
    save_work(work, tmp_path / "work.npz")
    back = load_work(tmp_path / "work.npz")
    for name in Work.__slots__:
        assert np.array_equal(getattr(work, name), getattr(back, name)), name


def test_a_voronoi_map_tiles_its_square_and_asks_for_a_tenth_of_its_cells():
    work = draw_voronoi(100, 1)
    assert work.n_districts == 10
    assert work.area_m2.sum() == pytest.approx(100 * 60.0**2)
    assert work.outer_m.sum() == pytest.approx(4 * 600.0)
    assert work.low >= 0.8 * work.weight.sum() / 10
    problem = to_problem(work)
    assert problem.border_m.tolist() == [1.0] * len(work.edges)
    assert to_problem(replace(work, goal="length")).border_m.sum() == pytest.approx(work.border_m.sum())


def test_an_instance_file_is_read_by_its_form_and_our_labels_are_written(tmp_path):
    facts = {"name": "row", "n_districts": 2, "weight_min": 2, "weight_max": 2, "weight": [1, 1, 1, 1]}
    facts |= {"edges": [[0, 1], [2, 1], [2, 3]], "x_m": [0, 1, 2, 3], "y_m": [0, 0, 0, 0]}
    facts |= {"best_known_cut": 1, "proven_bound": 1}
    (tmp_path / "districting").mkdir()
    (tmp_path / "districting" / "row.json").write_text(json.dumps(facts), encoding="utf-8")
    (work,) = read_works(tmp_path)
    row, labels = grids.run_tool("gridplan", work, 6.0, 1)
    assert row.objective == 1.0
    assert row.proven
    assert row.facts["in_band_share"] == 1.0
    grids.write_labels(tmp_path / "out" / "row.csv", labels)
    lines = (tmp_path / "out" / "row.csv").read_text(encoding="utf-8").split()
    assert lines[0] == "idx,label"
    assert [line.split(",")[0] for line in lines[1:]] == ["0", "1", "2", "3"]
    assert "| row | 1 | 1 (" in "\n".join(tables([{**row.facts, "instance": "row", "tool": "gridplan"}]))


def test_a_peer_that_is_not_installed_is_absent():
    with pytest.raises(grids_peers.Absent):
        grids_peers._load("no_such_peer")


def test_a_tool_that_takes_too_long_is_ended():
    status = grids._run_limited([grids.sys.executable, "-c", "while True: pass"], 1.0)
    assert status == "ended: more than 1 s"
