"""What can go wrong while exporting; an error carries a code and facts, never a sentence.

ExportError          the outcome cannot be written to that file
├── EndingError      no format has that ending
├── ChoiceError      the format cannot be written as asked, e.g. in that coordinate system
├── ExportStopped    the reader stopped it: no file was written
├── FontError        no face on this computer holds Chinese: a sheet would print as boxes
└── WriteError       the folder or disk refused the file, or the outcome is empty

An unknown coordinate system is `geo.errors.CrsError`.
"""

from collections.abc import Mapping


class ExportError(Exception):
    """Base of all errors of `exports`.

    Parameters
    ----------
    code
        Stable name of the error; the interface has one sentence and one next step for each.
    facts
        What the sentence needs: file name, ending, names that would work.
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)  # one argument, so that the error survives the way back from a worker
        self.code = code
        self.facts: Mapping[str, object] = facts

    def __str__(self) -> str:
        return f"{self.code} {dict(self.facts)}"


class EndingError(ExportError):
    """No format has that ending."""


class ChoiceError(ExportError):
    """The format cannot be written as asked."""


class WriteError(ExportError):
    """The folder or disk refused the file, or the outcome is empty."""


class FontError(ExportError):
    """No face on this computer holds Chinese."""


class ExportStopped(ExportError):
    """The reader stopped it."""
