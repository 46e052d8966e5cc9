"""Levers on staff, venues and unit costs: no grid changes with them, but what a scenario has and costs."""

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

import numpy as np
import pandas as pd

from scenarios.levers.errors import LeverError
from scenarios.levers.ground_facts import (
    frame_of,
    number_at,
    require_community,
    set_number,
    with_frames,
)
from scenarios.levers.lever import Question, lever_field
from scenarios.rules import UnitCosts

STAFF = ("grid_workers", "filled", "posts")
"""Columns of `community_facts` that a lever on staff adds to."""

BUDGET_COLUMNS = (
    "budget_personnel",
    "budget_operations",
    "budget_activities",
    "budget_services",
    "budget_venues",
    "budget_technology",
)
"""Columns of `community_facts` that say what a community is given, a year."""

VENUE_STATES = ("open", "closed")
_COUNTED_WITH = {"grid_workers": STAFF, "filled": ("filled",), "posts": ("posts",)}
_MOST = 10_000
_MOST_YUAN = 10**12
_STATUS = {"open": "existing", "closed": "candidate"}


class _NoGrid:
    """A lever that no grid depends on."""

    __slots__ = ()

    def reach(self, question: Question) -> frozenset[str]:
        """Give no community."""
        del question
        return frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff(_NoGrid):
    """Workers added to a community, or taken away.

    Grid workers are community workers: one more is one more in place and one more approved post. Counts that
    nobody gave stay unknown.
    """

    name: ClassVar[str] = "staff"
    stage: ClassVar[int] = 60
    changes: ClassVar[Literal["layers", "terms"]] = "layers"
    community: str = lever_field("community", key=True)
    staff: str = lever_field("staff", key=True)
    add: int = lever_field("count", low=-_MOST, high=_MOST)

    def apply(self, question: Question) -> Question:
        """Add them; there are never fewer than none."""
        if self.staff not in STAFF:
            raise LeverError("lever_choice_unknown", lever=self.name, value=self.staff, known=list(STAFF))
        require_community(question, self.name, self.community)
        frame = frame_of(question, "community_facts")
        if frame is None:
            raise LeverError("lever_not_counted", lever=self.name, target=self.community, column=self.staff)
        rows = np.flatnonzero((frame["community_code"].astype(str) == self.community).to_numpy(bool))
        if not len(rows) or number_at(frame, int(rows[0]), self.staff) is None:
            raise LeverError("lever_not_counted", lever=self.name, target=self.community, column=self.staff)
        for column in _COUNTED_WITH[self.staff]:
            known = number_at(frame, int(rows[0]), column)
            if known is not None:
                frame = set_number(frame, int(rows[0]), column, max(0, known + self.add))
        return with_frames(question, {"community_facts": frame})


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueState(_NoGrid):
    """A venue opened or closed; opening one that is not there yet has to be built and paid for."""

    name: ClassVar[str] = "venue"
    stage: ClassVar[int] = 60
    changes: ClassVar[Literal["layers", "terms"]] = "layers"
    venue: str = lever_field("venue", key=True)
    becomes: str = lever_field("venue_state")

    def apply(self, question: Question) -> Question:
        """Open or close it."""
        if self.becomes not in VENUE_STATES:
            raise LeverError(
                "lever_choice_unknown", lever=self.name, value=self.becomes, known=list(VENUE_STATES)
            )
        frame, row = _find_venue(question, self.name, self.venue)
        changed = frame.copy()
        if "status" not in changed:
            changed["status"] = None
        changed.iloc[row, changed.columns.get_loc("status")] = _STATUS[self.becomes]
        return with_frames(question, {"venues": changed})


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueArea(_NoGrid):
    """A venue enlarged, or made smaller; what it costs a year and holds goes with the area."""

    name: ClassVar[str] = "venue_area"
    stage: ClassVar[int] = 61
    changes: ClassVar[Literal["layers", "terms"]] = "layers"
    venue: str = lever_field("venue", key=True)
    area_m2: float = lever_field("number", low=0, high=1_000_000)

    def apply(self, question: Question) -> Question:
        """Change the area."""
        frame, row = _find_venue(question, self.name, self.venue)
        changed = frame.copy()
        before = float(changed["area_m2"].iloc[row]) if "area_m2" in changed else np.nan
        if "area_m2" not in changed:
            changed["area_m2"] = np.nan
        changed.iloc[row, changed.columns.get_loc("area_m2")] = self.area_m2
        if np.isfinite(before) and before > 0:
            share = self.area_m2 / before
            for column in ("cost_year", "capacity"):
                value = changed[column].iloc[row] if column in changed else None
                if value is not None and not pd.isna(value):
                    changed.iloc[row, changed.columns.get_loc(column)] = round(float(value) * share)
        return with_frames(question, {"venues": changed})


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCost(_NoGrid):
    """What one thing costs, in yuan."""

    name: ClassVar[str] = "unit_cost"
    stage: ClassVar[int] = 82
    changes: ClassVar[Literal["layers", "terms"]] = "terms"
    item: str = lever_field("unit_cost", key=True)
    value: float = lever_field("number", low=0)

    def apply(self, question: Question) -> Question:
        """Change the cost; its range is checked there."""
        UnitCosts().with_values({self.item: self.value})
        return replace(question, unit_costs={**question.unit_costs, self.item: self.value})


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget(_NoGrid):
    """What the sub-district may spend in a year, in yuan: what it buys is told beside what is needed."""

    name: ClassVar[str] = "budget"
    stage: ClassVar[int] = 82
    changes: ClassVar[Literal["layers", "terms"]] = "terms"
    yuan: int = lever_field("count", low=0, high=_MOST_YUAN)

    def apply(self, question: Question) -> Question:
        """Change the budget."""
        return replace(question, budget=self.yuan)


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetLine(_NoGrid):
    """What a community is given for one line of its budget, in yuan a year."""

    name: ClassVar[str] = "budget_line"
    stage: ClassVar[int] = 60
    changes: ClassVar[Literal["layers", "terms"]] = "layers"
    community: str = lever_field("community", key=True)
    line: str = lever_field("budget_column", key=True)
    yuan: int = lever_field("count", low=0, high=_MOST_YUAN)

    def apply(self, question: Question) -> Question:
        """Change what is given."""
        if self.line not in BUDGET_COLUMNS:
            raise LeverError(
                "lever_choice_unknown", lever=self.name, value=self.line, known=list(BUDGET_COLUMNS)
            )
        require_community(question, self.name, self.community)
        frame = frame_of(question, "community_facts")
        codes = [] if frame is None else frame["community_code"].astype(str).tolist()
        if frame is None or self.community not in codes:
            raise LeverError("lever_not_counted", lever=self.name, target=self.community, column=self.line)
        changed = set_number(frame, codes.index(self.community), self.line, self.yuan)
        return with_frames(question, {"community_facts": changed})


def _find_venue(question: Question, lever: str, venue: str) -> tuple[pd.DataFrame, int]:
    frame = frame_of(question, "venues")
    ids = [] if frame is None else frame["id"].astype(str).tolist()
    if frame is None or venue not in ids:
        raise LeverError("lever_target_missing", lever=lever, target=venue)
    return frame, ids.index(venue)
