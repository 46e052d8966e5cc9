"""Values that rows of layers give: what is missing is None and never nought."""

import numpy as np
import pandas as pd
import pytest

from scenarios.given import count, names_of, number, sum_given, text

MISSING = (None, np.nan, pd.NA, pd.NaT)


@pytest.mark.parametrize("missing", MISSING)
def test_what_is_missing_is_none(missing: object) -> None:
    assert text(missing) is None
    assert count(missing) is None
    assert number(missing) is None


def test_what_is_given_is_told_as_it_is() -> None:
    assert (text(" 甲 "), text("  "), count(3.0), number("2.5")) == (" 甲 ", None, 3, 2.5)


def test_a_sum_of_nothing_given_is_not_known() -> None:
    assert sum_given([None, 2, 3]) == 5
    assert sum_given([0, None]) == 0
    assert sum_given([None, None]) is None
    assert sum_given([]) is None


def test_one_without_a_name_bears_its_code() -> None:
    frame = pd.DataFrame({"code": ["1", "2", "3"], "name": ["甲", None, " "]})
    assert names_of(frame) == {"1": "甲", "2": "2", "3": "3"}
    assert names_of(frame.rename(columns={"code": "id"}), "id") == names_of(frame)
    assert list(names_of(frame[["code"]]).items()) == [("1", "1"), ("2", "2"), ("3", "3")]
