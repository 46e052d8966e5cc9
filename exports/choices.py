"""How a sheet is to look: paper, extent, parts; the choices that the page and the command line share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

Paper = Literal["A4", "A3", "A0"]
Orientation = Literal["landscape", "portrait"]
Atlas = Literal["none", "communities", "grids"]
Part = Literal["map", "table", "posts", "minutes"]
PAPERS: tuple[Paper, ...] = get_args(Paper)
ORIENTATIONS: tuple[Orientation, ...] = get_args(Orientation)
ATLASES: tuple[Atlas, ...] = get_args(Atlas)
PARTS: tuple[Part, ...] = get_args(Part)

POSTS = ("leader", "worker", "volunteer", "liaison")
"""The posts on a responsibility sheet, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetChoices:
    """What is printed.

    Attributes
    ----------
    extent
        Code of a community or a grid; empty for the whole sub-district.
    atlas
        One page for each community or grid, with contents.
    parts
        The map, the full table of grids, the responsibility sheet, the approval sheet; one-page formats
        take the first of them.
    draft_mark
        Whether the title bears the draft mark; the foot of every page says in any case that it is a draft.
    title, place, sources
        The heading in place of the usual one, the name of the sub-district, and whose data it is; empty for
        what the project says.
    hide_small
        Whether counts of households and people below three are hidden: of so few, a person might be
        recognised.
    people
        (grid code, post) → what was typed in for this print. It is kept nowhere.
    """

    paper: Paper = "A3"
    orientation: Orientation = "landscape"
    extent: str = ""
    atlas: Atlas = "none"
    parts: tuple[Part, ...] = ("map", "table")
    draft_mark: bool = True
    title: str = ""
    place: str = ""
    sources: str = ""
    hide_small: bool = True
    people: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A listener, told (done, of), and a question whether to stop."""

    on_step: Callable[[int, int], None] = lambda _done, _all: None
    stop: Callable[[], bool] = lambda: False
