"""What one visitor has chosen: a single frozen value, the only truth that outlives a change of page."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import streamlit as st

from geo.errors import LayerError
from geo.layers import Fault
from ui.centres_state import CentresChoice
from ui.questions import Questions

_KEY = "gridplan"
_ECHO_S = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One of the alternatives found for a community, by the preset it was found with."""

    community: str
    preset: str


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The visitor's choices.

    Attributes
    ----------
    language
        A folder of `ui.texts`.
    project
        The open project's file, or None.
    scenario
        Name of the scenario shown.
    community
        Code of the community looked at, or None for all.
    selected
        Code of the marked grid.
    place
        Id of the marked place on the page of branches.
    seen_click
        Number of the last click on the map that was handled.
    marked, marked_at_s
        Codes that the latest clicks on the map marked in the table, newest last, and when the newest was.
    view, view_count
        Where the map was last sent to, as (layer, ids), and a count that grows with each such wish; 0 where
        nobody wished it but the address.
    outlined
        Ids of the cells outlined on the map.
    adjusting
        Whether the plan is being adjusted by hand on the map.
    author
        The name under which this visitor's edits are logged; empty until they give it.
    preview
        The alternative that the map shows instead of the plan.
    centres
        What is asked of service centres; None until the planner has changed something.
    limits, weights
        What the form says, checked only when used; None until the planner has changed something.
    only_community
        Whether a proposal is for the community looked at alone.
    report, refusal
        What was found while reading the files of the last import, and the error if they were refused.
    questions
        What those files left open and the form asks for.
    imports
        How many imports have succeeded; each starts the form afresh.
    greeted
        Whether a proposal has been started without being asked for; one that failed or was stopped is not
        started again.
    """

    language: str
    project: Path | None = None
    scenario: str = "base"
    community: str | None = None
    selected: str | None = None
    place: str | None = None
    seen_click: int = 0
    marked: tuple[str | None, ...] = (None,)
    marked_at_s: float = 0.0
    view: tuple[str, tuple[str, ...]] | None = None
    view_count: int = 0
    outlined: tuple[str, ...] = ()
    adjusting: bool = False
    author: str = ""
    preview: Preview | None = None
    centres: CentresChoice | None = None
    limits: Mapping[str, int] | None = None
    weights: Mapping[str, float] | None = None
    only_community: bool = False
    report: tuple[Fault, ...] = ()
    refusal: LayerError | None = None
    questions: Questions = field(default_factory=Questions)
    imports: int = 0
    greeted: bool = False

    def opening(self, project: Path | None) -> "State":
        """Give the state in which another project has just been opened."""
        return State(
            language=self.language,
            project=project,
            seen_click=self.seen_click,
            view_count=self.view_count,
            imports=self.imports,
            greeted=self.greeted,
            author=self.author,
        )

    def marking(self, code: str, now_s: float) -> "State":
        """Give the state in which a click on the map has just marked a grid."""
        return replace(self, selected=code, marked=(*self.marked[-4:], code), marked_at_s=now_s)

    def is_echo(self, code: str | None, now_s: float) -> bool:
        """Tell whether the table only repeats an earlier mark.

        Until the browser has drawn a mark, it sends the one before with every run; taken for a choice, that
        would undo the click.
        """
        return now_s - self.marked_at_s < _ECHO_S and code in self.marked

    def looking_at(self, layer: str, *features: str) -> "State":
        """Give the state in which the map is asked to go to some features, or to everything without any."""
        # Never a number of an earlier visit, whose last place the browser remembers.
        return replace(self, view=(layer, features), view_count=max(self.view_count + 1, int(time.time())))

    def outlining(self, cells: tuple[str, ...]) -> "State":
        """Give the state in which the map goes to some cells and outlines them."""
        return replace(self, outlined=cells).looking_at("cells", *cells)


def read_state() -> State | None:
    """Give the visitor's state, or None on the first run."""
    state = st.session_state.get(_KEY)
    return state if isinstance(state, State) else None


def get_state() -> State:
    """Give the visitor's state once `write_state` has been called."""
    state = read_state()
    if state is None:
        raise LookupError("the frame has not run yet")
    return state


def write_state(state: State) -> None:
    """Keep the state for the visitor's next run."""
    st.session_state[_KEY] = state


def change_state(**changes: object) -> State:
    """Replace some choices and keep the result."""
    state = replace(get_state(), **changes)  # type: ignore[arg-type]  # the fields are those of State
    write_state(state)
    return state
