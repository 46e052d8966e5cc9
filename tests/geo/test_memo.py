"""What is kept of ground that was divided before: the same cells, and none of the work."""

import numpy as np
import pandas as pd
import pytest
import shapely

from data.generate import build_demo
from geo import cells_shapes
from geo.cells import cut_surveyed, survey
from geo.layers import Layers
from geo.memo import Memo, digest_of
from geo.validate import check_layers


@pytest.fixture(scope="module")
def demo() -> Layers:
    return build_demo()


def more_households(layers: Layers, row: int, more: int) -> Layers:
    compounds = layers.frames["compounds"].copy()
    compounds.loc[compounds.index[row], "households"] += more
    return Layers(frames={**layers.frames, "compounds": compounds})


def test_the_oldest_goes_first_and_what_was_asked_for_last_stays():
    memo: Memo[str] = Memo(2)
    made: list[str] = []

    def make(key: str) -> str:
        made.append(key)
        return key

    for key in ("a", "b", "a", "c", "a", "b"):
        assert memo.get(key, lambda key=key: make(key)) == key
    assert made == ["a", "b", "c", "b"]


def test_digests_tell_shapes_numbers_and_nothing_apart():
    point, other = shapely.Point(1, 2), shapely.Point(1, 2 + 1e-12)
    given = [
        (np.array([point], object),),
        (np.array([other], object),),
        (np.array([None], object),),
        (np.array([point, point], object),),
        (np.array([1, 2]),),
        (np.array([1.0, 2.0]),),
        (np.array([1]), np.array([2])),
    ]
    assert len({digest_of(*arrays) for arrays in given}) == len(given)


def test_cells_from_memory_are_those_cut_afresh(demo, monkeypatch):
    changed = survey(more_households(demo, 0, 7))
    code = changed.codes[0]
    cut_surveyed(survey(demo), only=[code])
    kept = cut_surveyed(changed, only=[code])
    monkeypatch.setattr(Memo, "get", lambda _, __, make: make())
    fresh = cut_surveyed(changed, only=[code])
    pd.testing.assert_frame_equal(pd.DataFrame(kept.cells), pd.DataFrame(fresh.cells))
    pd.testing.assert_frame_equal(pd.DataFrame(kept.links), pd.DataFrame(fresh.links))


def test_other_counts_divide_no_ground_anew(demo, monkeypatch):
    ground = survey(demo)
    code = ground.codes[0]
    cut_surveyed(ground, only=[code])

    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(cells_shapes, "_tessellate", never)
    monkeypatch.setattr(cells_shapes, "_nearest_zones", never)
    monkeypatch.setattr("geo.tiling._make_exact", never)
    cells = cut_surveyed(survey(more_households(demo, 0, 7)), only=[code]).cells
    assert cells["households"].sum() > 0


def test_changed_layers_are_checked_alone(demo):
    wrong = more_households(demo, 0, -100_000)
    assert not check_layers(wrong, figures=False, only=["roads"])
    found = [fault.code for fault in check_layers(wrong, figures=False, only=["compounds"])]
    assert found == ["value_negative"]
    far = demo.frames["roads"].set_geometry(demo.frames["roads"].translate(5))
    moved = Layers(frames={**demo.frames, "roads": far})
    assert "layer_far_away" in [fault.code for fault in check_layers(moved, figures=False, only=["roads"])]
    whole = {fault.code for fault in check_layers(wrong, figures=False)}
    assert {fault.code for fault in check_layers(wrong, figures=False, only=["communities"])} == whole
