"""What can go wrong with a project; an error carries a code and facts, never a sentence.

ScenarioError
├── StoreError        the project file cannot be read or written
├── UnknownScenario   no scenario of that name
├── RuleError         a rule or weight is unknown or outside its range
├── EditRefused       an edit that makes no sense
├── EditConflict      another person has changed the scenario meanwhile
└── AdoptionError     a table or polygons from elsewhere cannot be taken over
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Read = TypeVar("Read")


class ScenarioError(Exception):
    """Base of all errors of `scenarios`.

    Parameters
    ----------
    code
        Stable name of the error; the interface has one sentence and one next step for each.
    facts
        What the sentence needs: file name, scenario, rule, value.

    Attributes
    ----------
    others
        What else is wrong with the same input.
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)  # one argument, so that the error survives the way back from a worker
        self.code = code
        self.facts: Mapping[str, object] = facts
        self.others: tuple[ScenarioError, ...] = ()

    def __str__(self) -> str:
        return f"{self.code} {dict(self.facts)}"


class StoreError(ScenarioError):
    """The project file cannot be read or written."""


class UnknownScenario(ScenarioError):
    """No scenario of that name."""


class RuleError(ScenarioError):
    """A rule or weight is unknown or outside its range."""


class EditRefused(ScenarioError):
    """An edit that makes no sense: what it names is not there, is locked, or lies elsewhere."""


class EditConflict(ScenarioError):
    """Another person has changed the scenario meanwhile; `entries` are theirs, oldest first."""

    def __init__(self, code: str, *, entries: tuple[object, ...] = (), **facts: object) -> None:
        super().__init__(code, **facts)
        self.entries = entries


class AdoptionError(ScenarioError):
    """A table or polygons from elsewhere cannot be taken over; `facts["faults"]` says why, row by row."""


def read_each(
    read: Callable[[Item], Read], items: Iterable[Item], refused: list[ScenarioError]
) -> list[Read]:
    """Read items one by one; the errors of those that cannot be read are added to `refused`."""
    done: list[Read] = []
    for item in items:
        try:
            done.append(read(item))
        except ScenarioError as error:
            refused.append(error)
    return done


def raise_together(errors: Sequence[ScenarioError]) -> None:
    """Raise the first of some errors with the others beside it; do nothing where there are none."""
    if errors:
        errors[0].others = tuple(errors[1:])
        raise errors[0]
