"""What can go wrong with a project; an error carries a code and facts, never a sentence.

ScenarioError
├── StoreError        the project file cannot be read or written
├── UnknownScenario   no scenario of that name
└── RuleError         a rule or weight is unknown or outside its range
"""

from collections.abc import Mapping


class ScenarioError(Exception):
    """Base of all errors of `scenarios`.

    Parameters
    ----------
    code
        Stable name of the error; the interface has one sentence and one next step for each.
    facts
        What the sentence needs: file name, scenario, rule, value.
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)  # one argument, so that the error survives the way back from a worker
        self.code = code
        self.facts: Mapping[str, object] = facts

    def __str__(self) -> str:
        return f"{self.code} {dict(self.facts)}"


class StoreError(ScenarioError):
    """The project file cannot be read or written."""


class UnknownScenario(ScenarioError):
    """No scenario of that name."""


class RuleError(ScenarioError):
    """A rule or weight is unknown or outside its range."""
