"""Workers shared out: where grids are fullest, never against the band, and as many as were asked for."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios import store
from scenarios.levers.errors import LeverError
from scenarios.levers.workers import _next, _Share, read_levers, share_workers
from tests.scenarios.levers.test_answer import project, solved_once

__all__ = ["project", "solved_once"]

SHARES = st.dictionaries(
    st.sampled_from("ABCDE"), st.tuples(st.integers(1, 6), st.integers(200, 400)), min_size=1
)


@given(SHARES)
def test_one_more_goes_where_grids_are_fullest(
    drawn: dict[str, tuple[int, int]],
) -> None:
    shares = {code: _Share(households=k * mean, grids=k, dedicated=0) for code, (k, mean) in drawn.items()}
    code = _next(shares, 150, 500, more=True)
    fit = {c for c, s in shares.items() if s.households / (s.grids + 1) >= 150}
    assert (code is None) == (not fit)
    if code is not None:
        assert code in fit
        fullest = max(shares[c].households / shares[c].grids for c in fit)
        assert shares[code].households / shares[code].grids == fullest
    gone = _next(shares, 150, 500, more=False)
    if gone is not None:
        assert shares[gone].households / (shares[gone].grids - 1) <= 500


def test_as_many_grids_more_as_workers(project: Path) -> None:
    stored = store.require_outcome(project)
    outcome = replace(stored, rules={**stored.rules, "min_households": 50})
    had = outcome.grids.groupby("community_code").size()
    levers = share_workers(outcome, 1)
    assert [lever.count - had[lever.community] for lever in levers] == [1]
    two = share_workers(outcome, 2)
    assert sum(lever.count - had[lever.community] for lever in two) == 2


@pytest.mark.parametrize("text", ["workers=0", "workers=many", "workers=900"])
def test_a_number_that_makes_no_sense_is_refused(project: Path, text: str) -> None:
    with pytest.raises(LeverError) as error:
        read_levers(project, "base", text)
    assert error.value.code in {"lever_value_out_of_range", "lever_value_unreadable", "lever_no_room"}
