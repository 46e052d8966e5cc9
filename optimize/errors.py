"""What can go wrong while solving; an error carries a code and facts, never a sentence.

OptimizeError
├── ProblemError     the arrays contradict each other, or a name is unknown
└── Cancelled        the caller asked to stop before any plan was found

A plan that breaks a rule, or the proof that none exists, is a `Result`, not an error.
"""

from collections.abc import Mapping


class OptimizeError(Exception):
    """Base of all errors of `optimize`.

    Parameters
    ----------
    code
        Stable name of the error; the interface has one sentence and one next step for each.
    facts
        What the sentence needs: names, numbers, positions.
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)  # one argument, so that the error survives the way back from a worker
        self.code = code
        self.facts: Mapping[str, object] = facts

    def __str__(self) -> str:
        return f"{self.code} {dict(self.facts)}"


class ProblemError(OptimizeError):
    """The arrays contradict each other, or a name is unknown."""


class Cancelled(OptimizeError):
    """The caller asked to stop before any plan was found."""
