"""What can go wrong with layers; an error carries a code and facts, never a sentence.

GeoError
├── LayerError      a layer or file cannot be used
│   ├── FormatError     the file is not what its ending says, is empty, or holds unsafe paths
│   ├── SchemaError     a required layer or column is missing, or the data holds personal records
│   └── CrsError        no, unknown or impossible coordinate system
└── TilingError     cells cannot be cut from these layers
"""

from collections.abc import Mapping


class GeoError(Exception):
    """Base of all errors of `geo`.

    Parameters
    ----------
    code
        Stable name of the error; the interface has one sentence and one next step for each.
    facts
        What the sentence needs: layer, column, file name, counts.
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)  # one argument, so that the error survives the way back from a worker
        self.code = code
        self.facts: Mapping[str, object] = facts

    def __str__(self) -> str:
        return f"{self.code} {dict(self.facts)}"


class LayerError(GeoError):
    """A layer or file cannot be used."""


class FormatError(LayerError):
    """The file is not what its ending says, is empty, or holds unsafe paths."""


class SchemaError(LayerError):
    """A required layer or column is missing, or the data holds personal records."""


class CrsError(LayerError):
    """No, unknown or impossible coordinate system."""


class TilingError(GeoError):
    """Cells cannot be cut from these layers."""
