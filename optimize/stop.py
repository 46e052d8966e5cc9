"""When to stop: small rules that are asked now and then and answer yes or no.

An engine calls the rule without arguments; anything callable that returns a bool will do (a cancel button's
`event.is_set`, say). Rules are made fresh for each solve: a time limit counts from its first question.
"""

import time
from collections.abc import Callable

Stop = Callable[[], bool]


class Never:
    """Never stop."""

    def __call__(self) -> bool:
        """Say no."""
        return False


class TimeLimit:
    """Stop when so many seconds have passed since the first question.

    Parameters
    ----------
    seconds
        Wall-clock seconds; negative counts as 0.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._start: float | None = None

    def __call__(self) -> bool:
        """Say whether the time is up."""
        now = time.monotonic()
        if self._start is None:
            self._start = now
        return now - self._start >= self._seconds


class AnyOf:
    """Stop when any of several rules says so."""

    def __init__(self, *rules: Stop) -> None:
        self._rules = rules

    def __call__(self) -> bool:
        """Say whether any rule says so; all are asked, so that every time limit starts counting."""
        answers = [rule() for rule in self._rules]
        return any(answers)
