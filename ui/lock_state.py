"""The locks of the open scenario, read once per version of the project, and the lock that is being made."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import streamlit as st

from exports.places import Places, known_places
from scenarios import store
from scenarios.desk.wishes import change_wishes
from scenarios.locks.kept import read_lock_list
from scenarios.locks.listed import Lock, add_lock, still_there
from scenarios.outcome import Outcome
from ui import workspace
from ui.frame import community_names
from ui.state import State, get_state

_KEY = "gridplan_lock_draft"

DraftKind = Literal["together", "apart", "border", "in_grid"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A lock that is being made.

    Attributes
    ----------
    kind
        What it asks for, or None while nothing is being made.
    first, second
        Cell ids; grid codes for both ends of a border, and for the second of `in_grid`.
    on_map
        Whether clicks on the map choose them.
    community
        Whose lock it is.
    """

    kind: DraftKind | None = None
    first: str | None = None
    second: str | None = None
    on_map: bool = False
    community: str = ""

    def picking(self, place: str) -> "Draft":
        """Give the draft after a place was clicked: the first, then the second, then the first anew."""
        if self.first is None or self.second is not None:
            return replace(self, first=place, second=None)
        return self if place == self.first else replace(self, second=place)


def load_locks(state: State) -> tuple[Lock, ...]:
    """Give all locks of the open scenario."""
    if state.project is None:
        return ()
    return _locks(str(state.project), store.project_digest(state.project), state.scenario)


def usable_locks(state: State, outcome: Outcome | None) -> tuple[Lock, ...]:
    """Give the locks that still speak of cells and communities which are there."""
    locks = load_locks(state)
    if outcome is None:
        return tuple(item for item in locks if not item.touched)
    return still_there(locks, outcome.cells["cell_id"], outcome.communities["code"])


def put_lock(lock: Lock) -> None:
    """Add a lock to the open scenario."""
    _change(lambda known: add_lock(known, lock))


def drop_locks(*locks: Lock) -> None:
    """Take locks away from the open scenario."""
    _change(lambda known: [item for item in known if item not in locks])


def _change(change: Callable[[tuple[Lock, ...]], Iterable[Lock]]) -> None:
    state = get_state()
    if state.project is not None:
        names = community_names(state)
        change_wishes(state.project, state.scenario, change, author=state.author, names=names)


def get_draft(community: str | None) -> Draft:
    """Give the lock that is being made for a community; none where another is looked at now."""
    draft = st.session_state.get(_KEY)
    known = isinstance(draft, Draft) and community is not None and draft.community == community
    return draft if known and isinstance(draft, Draft) else Draft(community=community or "")


def set_draft(draft: Draft) -> None:
    """Keep the lock that is being made."""
    st.session_state[_KEY] = draft


def load_places(state: State, outcome: Outcome) -> Places:
    """Give what the cells of a plan are called."""
    if state.project is None:
        return Places()
    return _places(str(state.project), store.project_digest(state.project), state.scenario, outcome)


@st.cache_resource(show_spinner=False, max_entries=16)
def _locks(path: str, digest: str, scenario: str) -> tuple[Lock, ...]:  # noqa: ARG001  # the digest is part of the key
    return read_lock_list(Path(path), scenario)


@st.cache_resource(show_spinner=False, max_entries=8)
def _places(path: str, digest: str, scenario: str, _outcome: Outcome) -> Places:  # noqa: ARG001  # same
    return known_places(_outcome, workspace.load_layers(Path(path)).frames.get("compounds"))
