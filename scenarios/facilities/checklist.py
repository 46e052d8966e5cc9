"""The checklist of functions: which are asked for from which area on, and which words mean them."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scenarios.errors import RuleError

_BETWEEN = re.compile(r"[、,，;；/|\n]+")
_MOST_M2 = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One function.

    Attributes
    ----------
    key
        Its name in the texts of the interface; empty for one that a planner added, which is shown by `name`.
    words
        Any of them, in what a venue says of itself, means that it has the function.
    from_m2
        Asked for where there is at least this much area.
    source, verified
        Where that comes from, and whether its text was seen.
    """

    name: str
    words: tuple[str, ...]
    from_m2: int
    key: str = ""
    source: str = "ours"
    verified: bool = False


def _read_default() -> tuple[Function, ...]:
    text = Path(__file__).with_name("checklist.toml").read_text(encoding="utf-8")
    return tuple(read_function(item) for item in tomllib.loads(text)["function"])


def read_function(facts: Mapping[str, Any]) -> Function:
    """Read a function from plain values."""
    return Function(**{**facts, "words": tuple(facts["words"])})


DEFAULT_CHECKLIST: tuple[Function, ...] = _read_default()
"""The checklist of `checklist.toml`, in its order."""


def checked_list(functions: Iterable[Function]) -> tuple[Function, ...]:
    """Give a checklist without empty names; a function without words of its own is known by its name.

    Raises
    ------
    RuleError
        `checklist_twice` for a name that is there twice, `checklist_area` for an area that makes no sense.
    """
    found: dict[str, Function] = {}
    for item in functions:
        name = item.name.strip()
        if not name:
            continue
        if name in found:
            raise RuleError("checklist_twice", name=name)
        if not 0 <= item.from_m2 <= _MOST_M2:
            raise RuleError("checklist_area", name=name, value=item.from_m2, high=_MOST_M2)
        words = tuple(word.strip() for word in item.words if word.strip()) or (name,)
        found[name] = Function(
            name=name,
            words=words,
            from_m2=item.from_m2,
            key=item.key,
            source=item.source,
            verified=item.verified,
        )
    return tuple(found.values())


def split_words(text: str) -> tuple[str, ...]:
    """Split what is written in one cell into its parts."""
    return tuple(part.strip() for part in _BETWEEN.split(text) if part.strip())


def find_functions(parts: Sequence[str], checklist: Sequence[Function]) -> tuple[str, ...]:
    """Give the names of the functions that some words of a venue mean, in the order of the checklist."""
    said = "\n".join(parts).casefold()
    return tuple(item.name for item in checklist if any(word.casefold() in said for word in item.words))


def asked_for(checklist: Iterable[Function], area_m2: float) -> tuple[str, ...]:
    """Give the names of the functions that an area is asked to have."""
    return tuple(item.name for item in checklist if area_m2 >= item.from_m2)


def checklist_document(checklist: Iterable[Function]) -> list[dict[str, Any]]:
    """Write a checklist as plain values."""
    return [{**asdict(item), "words": list(item.words)} for item in checklist]


def read_checklist(document: Iterable[Mapping[str, Any]]) -> tuple[Function, ...]:
    """Read a checklist from plain values."""
    return tuple(read_function(item) for item in document)
