"""The desk itself, as a value: a scenario's plan at one version with everything known of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scenarios.desk.change import Terms
from scenarios.desk.ground import DeskGround
from scenarios.desk.log import Stacks
from scenarios.desk.measure import PlanMeasures
from scenarios.desk.plan import DeskPlan
from scenarios.desk.terms import rules_of
from scenarios.outcome import Certificate
from scenarios.rules import GridRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A scenario's plan at one version, with everything measured.

    Attributes
    ----------
    version
        Counts every change of the plan; who edits an older version is told.
    codes
        Every code that a grid of the scenario ever bore: none is given to another place.
    """

    path: Path
    scenario: str
    version: int
    plan: DeskPlan
    ground: DeskGround
    measures: PlanMeasures
    terms: Terms
    certificates: tuple[Certificate, ...]
    summary: Mapping[str, Any]
    codes: frozenset[str]
    stacks: Stacks
    parent: str | None = None

    @property
    def rules(self) -> GridRules:
        """The rules in force."""
        return rules_of(self.terms)

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""
        return bool(self.stacks.done)

    @property
    def can_redo(self) -> bool:
        """Whether there is an undo to take back."""
        return bool(self.stacks.undone)
