"""What is said of a plan's cost: never that a broken plan is good, never "best" of what is not proven."""

from dataclasses import replace

import pytest

from scenarios.desk.certify import BROKEN
from scenarios.live import EditCost
from scenarios.outcome import Certificate, Plan
from ui.desk.cost import certificate_words, price_words
from ui.texts.catalog import Texts

TEXTS = Texts("en")
KNOWN = Certificate(
    community_code="X",
    community_name="X",
    n_grids=3,
    status="feasible",
    objective=1023.0,
    lower_bound=1000.0,
    gap=0.02,
    proven=False,
)


def price(*, proven: bool) -> EditCost:
    best = replace(KNOWN, status="optimal" if proven else "feasible", proven=proven)
    return EditCost(
        extra=0.023,
        extra_free=None,
        at_most=0.031,
        by_cost={},
        by_cost_m={},
        violations=(),
        best=Plan(grid_of_cell={}, facts={}, certificates=(best,)),
    )


def test_the_share_above_the_bound_is_said() -> None:
    said = certificate_words(TEXTS, KNOWN).replace(" ", "").replace("\u00a0", "")
    assert "2.3%" in said
    assert "+" not in said  # "above" says the sign


@pytest.mark.parametrize("objective", [900.0, 1023.0])
def test_a_broken_plan_is_never_said_to_cost_nothing_extra(objective: float) -> None:
    # Merging two grids saves borders: below the bound of plans that keep the rules, it was shown as +0 %.
    said = certificate_words(TEXTS, replace(KNOWN, status=BROKEN, objective=objective))
    assert "breaks a hard rule" in said
    assert ("-10" in said or "−10" in said) == (objective == 900.0)


def test_only_a_proven_plan_is_called_the_best() -> None:
    assert "not proven best" not in price_words(TEXTS, price(proven=True))
    said = price_words(TEXTS, price(proven=False))
    assert "not proven best" in said
    assert "+3.1" in said
