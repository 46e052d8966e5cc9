"""A comparison as one JSON document: what `compare --json` prints."""

from collections.abc import Sequence
from pathlib import Path

from scenarios import store
from scenarios.comparison.compare import Comparison, Flow, GridChange, compare
from scenarios.comparison.indicators import Indicator, measure
from scenarios.comparison.services import read_indicators
from scenarios.levers.causes import Sentence, find_causes, list_sentences
from scenarios.levers.errors import TreeError
from scenarios.outcome import Outcome
from scenarios.project.codec import plain

MOST = 4
"""So many scenarios can be told apart side by side."""


def read_outcomes(path: Path, names: Sequence[str]) -> tuple[Outcome, ...]:
    """Read the outcomes to compare, the one that the others are judged against first.

    Raises
    ------
    TreeError
        `compare_too_few`, `compare_too_many`.
    UnknownScenario, StoreError
        As for `scenarios.store.require_outcome`.
    """
    if len(names) < 2:
        raise TreeError("compare_too_few")
    if len(names) > MOST:
        raise TreeError("compare_too_many", n=len(names), most=MOST)
    return tuple(store.require_outcome(path, name) for name in names)


def compare_document(path: Path, outcomes: Sequence[Outcome]) -> dict[str, object]:
    """Build the document: indicators of all, and the difference of each to the first.

    `households_moved` and `changes` at the top are those of the second.
    """
    first = outcomes[0]
    found = [compare(first, other) for other in outcomes[1:]]
    pairs = [_pair(path, first, other, item) for other, item in zip(outcomes[1:], found, strict=True)]
    moved = [0, *(item.households_moved for item in found)]
    document: dict[str, object] = plain(
        {
            "scenarios": [outcome.scenario for outcome in outcomes],
            "households_moved": pairs[0]["households_moved"],
            "indicators": [_indicator(item) for item in _measured(path, outcomes, moved)],
            "changes": pairs[0]["changes"],
            "pairs": pairs,
            "certificates": {
                outcome.scenario: [
                    {
                        "community_code": item.community_code,
                        "objective": item.objective,
                        "lower_bound": item.lower_bound,
                        "gap": item.gap,
                        "proven": item.proven,
                    }
                    for item in outcome.certificates
                ]
                for outcome in outcomes
            },
        }
    )
    return document


def _measured(path: Path, outcomes: Sequence[Outcome], moved: Sequence[int]) -> tuple[Indicator, ...]:
    return measure(outcomes, read_indicators(path, [outcome.scenario for outcome in outcomes]), moved)


def _pair(path: Path, first: Outcome, second: Outcome, found: Comparison) -> dict[str, object]:
    sentences = list_sentences(found, find_causes(path, first, second), first, second)
    return {
        "from": first.scenario,
        "to": second.scenario,
        "households_moved": found.households_moved,
        "cells": list(found.cells),
        "flows": [_flow(flow) for flow in found.flows],
        "changes": [_change(change) for change in found.changes],
        "sentences": [_sentence(item) for item in sentences],
        "successor": _successor(found),
    }


def _successor(found: Comparison) -> dict[str, str]:
    return dict(sorted(found.successor.items()))


def _indicator(item: Indicator) -> dict[str, object]:
    return {
        "name": item.name,
        "unit": item.unit,
        "direction": item.direction,
        "values": item.amounts,
        "differences": item.differences,
        "verdicts": item.verdicts,
    }


def _flow(flow: Flow) -> dict[str, object]:
    return {
        "from": flow.before,
        "to": flow.after,
        "households": flow.households,
        "residents": flow.residents,
        "cells": flow.cells,
    }


def _change(change: GridChange) -> dict[str, object]:
    return {
        "before": change.before,
        "after": change.after,
        "community_code": change.community_code,
        "households_before": change.households[0],
        "households_after": change.households[1],
        "came": [_flow(flow) for flow in change.came],
        "left": [_flow(flow) for flow in change.left],
        "built": change.built,
        "gone": change.gone,
    }


def _sentence(item: Sentence) -> dict[str, object]:
    why = [{"code": cause.code, "added": cause.added, "facts": cause.facts} for cause in item.why]
    return {"code": item.code, "facts": item.facts, "because": why}
