"""What one visitor has on the desk: the plan as they see it, what they chose, and what they wish for next.

A run of the page may be cut short by the next one. So a wish is dealt with by number, and what became of it
is kept in this object, which outlives a run, before anything else is asked of Streamlit: no edit is made
twice.
"""

import gc
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st

from scenarios.desk.desk import Desk, catch_up, do_edit, open_desk, read_history, redo, step_back, undo
from scenarios.desk.forks import fork_desk
from scenarios.desk.log import EditRecord
from scenarios.desk.resolve import Offer, accept
from scenarios.desk.steps import read_steps
from scenarios.errors import EditConflict, ScenarioError
from ui.desk.delta import Drawn, publish_plan

_KEY = "gridplan_desk"
ON_NEWEST = ("undo", "redo", "step_back", "accept")
"""Wishes that speak of the plan as it was: they cannot be laid on top of another person's edits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Something a person wants done: kind and facts of an edit, why, and its number in the browser.

    `seen` is the version of the plan that they saw on the map; 0 where the wish does not come from there.
    """

    kind: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    number: int = 0
    seen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A wish that came too late: another person has edited the plan since; theirs are `entries`."""

    wish: Wish
    entries: tuple[EditRecord, ...]


class DeskSession:
    """One visitor's desk; everything mutable about it is in here."""

    def __init__(self) -> None:
        self.visit = secrets.token_hex(4)  # another one after a restart: the browser then says its name again
        self.desk: Desk | None = None
        self.before: Desk | None = None
        self.drawn: Drawn | None = None
        self.chosen: tuple[str, ...] = ()
        self.focus: str | None = None
        self.select: tuple[int, tuple[str, ...]] = (0, ())
        self.done = 0
        self.heard = 0
        self.wishes: list[Wish] = []
        self.error: ScenarioError | None = None
        self.told = False
        self.conflict: Conflict | None = None
        self.note = ""
        self.changed_s = time.monotonic()
        self.at_hand: str | None = None
        self.offer: Offer | None = None
        self.split: tuple[str, tuple[str, ...]] | None = None
        self.older: Desk | None = None
        self.news: tuple[EditRecord, ...] = ()

    def open(self, path: Path, scenario: str) -> Desk:
        """Give the desk of a scenario as this visitor saw it last, or as it is on their first look."""
        if self.desk is None or (self.desk.path, self.desk.scenario) != (path, scenario):
            self._show(open_desk(path, scenario))
            self.choose(())
            self.conflict = self.error = self.at_hand = self.older = None
        return self.desk  # type: ignore[return-value]  # just shown

    def open_if_possible(self, path: Path | None, scenario: str) -> Desk | None:
        """Give the desk of a scenario, or None where its plan cannot be edited."""
        if path is None:
            return None
        try:
            return self.open(path, scenario)
        except ScenarioError:
            return None

    def refresh(self) -> None:
        """Show what others have done since, unless the visitor has a conflict to settle first."""
        if self.desk is None or self.conflict is not None:
            return
        # A plan that was never edited is not watched: catching up would open it anew on every run.
        older = self.desk
        if read_steps(older.path, older.scenario).version != older.version:
            newer = catch_up(older)
            self._show(newer)
            self.older = older
            self.news = read_history(older.path, older.scenario, after_version=older.version)

    def choose(self, cells: tuple[str, ...]) -> None:
        """Choose cells for the visitor, on the map too."""
        self.chosen = cells
        self.focus = cells[0] if cells else None
        self.at_hand = None
        self.select = (self.select[0] + 1, cells)

    def quiet_s(self) -> float:
        """Give how long ago the plan on the desk last changed."""
        return time.monotonic() - self.changed_s

    def grid_at_hand(self) -> str | None:
        """Give the grid that the visitor speaks of: of the latest pick, or what an edit made of it."""
        if self.desk is None:
            return None
        if self.focus is not None and self.focus in self.chosen:
            return self.desk.plan.grid_of_cell.get(self.focus)
        if self.chosen:
            return self.desk.plan.grid_of_cell.get(self.chosen[0])
        return self.at_hand

    def wish_for(self, kind: str, facts: Mapping[str, Any], note: str = "") -> None:
        """Note a wish, to be dealt with by `grant`."""
        self.error = None  # what was said of the one before stands until the person goes on
        self.wishes.append(Wish(kind=kind, facts=facts, note=note))

    def hear(self, said: Mapping[str, Any], number: int) -> None:
        """Take in what the browser says: cells chosen, and wishes that it has not seen dealt with."""
        if number <= self.heard:
            return
        self.heard = number
        self.error = None
        self.chosen = tuple(str(cell) for cell in said.get("chosen") or ())
        self.focus = said.get("focus")
        if self.chosen:
            self.at_hand = None
        known = {wish.number for wish in self.wishes}
        for item in said.get("wishes") or ():
            wish = Wish(
                kind=str(item["kind"]),
                facts=item.get("facts") or {},
                number=int(item["n"]),
                seen=int(item.get("seen") or 0),
            )
            if wish.number > self.done and wish.number not in known:
                self.wishes.append(wish)

    def grant(self, author: str) -> bool:
        """Deal with every wish there is; tell whether the plan has changed."""
        changed = False
        while self.wishes:
            wish = self.wishes.pop(0)
            self.done = max(self.done, wish.number)
            if self.desk is None or self.conflict is not None:
                continue  # what was wished for on top of a wish that failed makes no sense any more
            if self.older is not None and 0 < wish.seen <= self.older.version:
                self.desk = self.older  # what they saw when they wished: the others come as a conflict
            changed |= self._try(wish, author)
        return changed

    def refuse(self, error: ScenarioError) -> None:
        """Keep why a wish was not granted, to be said until the person goes on."""
        self.error, self.told = error, False

    def settle_on_top(self, author: str) -> None:
        """Make the wish that came too late on the plan as it is now."""
        if self.conflict is not None and self.desk is not None:
            wish, self.conflict = self.conflict.wish, None
            self._show(catch_up(self.desk))
            self._try(wish, author)

    def settle_apart(self, name: str, author: str) -> str | None:
        """Keep the visitor's plan and wish as a new scenario; give its name, None where that failed."""
        if self.conflict is None or self.desk is None:
            return None
        wish, desk = self.conflict.wish, self.desk
        try:
            fork = fork_desk(desk, name, author=author)
        except ScenarioError as error:
            self.refuse(error)
            return None
        self.conflict = None
        self._show(fork)
        if wish.kind not in ON_NEWEST:
            self._try(wish, author)
        return fork.scenario

    def settle_without(self) -> None:
        """Let go of the wish and show the plan as it is now."""
        if self.conflict is not None and self.desk is not None:
            self.conflict = None
            self._show(catch_up(self.desk))

    def _try(self, wish: Wish, author: str) -> bool:
        desk = self.desk
        if desk is None:
            return False
        try:
            after = self._perform(desk, wish, author)
        except EditConflict as conflict:
            entries = tuple(item for item in conflict.entries if isinstance(item, EditRecord))
            self.conflict = Conflict(wish=wish, entries=entries)
            return False
        except ScenarioError as error:
            self.refuse(error)
            self._choose_again(wish, desk)
            return False
        self.desk, self.before, self.changed_s = after, desk, time.monotonic()
        self.offer = self.split = self.error = None
        self.note = ""
        self._follow(wish, desk, after)
        return True

    def _choose_again(self, wish: Wish, desk: Desk) -> None:
        """Choose what a refused wish was about: the map let go of it when the person wished."""
        cells = tuple(str(cell) for cell in wish.facts.get("cells") or ())
        if wish.number and cells and all(cell in desk.plan.grid_of_cell for cell in cells):
            self.choose(cells)

    def _follow(self, wish: Wish, before: Desk, after: Desk) -> None:
        """Keep at hand the grid that the edit was about, and let go of what was chosen for it."""
        code = wish.facts.get("grid")
        named = [code] if isinstance(code, str) else list(wish.facts.get("grids") or ())
        fresh = [code for code in after.plan.grids if code not in before.plan.grids]
        kept = wish.kind in ("lock", "unlock")
        if not kept:
            if self.chosen:
                self.choose(())
            self.at_hand = next((code for code in [*fresh, *named] if code in after.plan.grids), None)

    def _perform(self, desk: Desk, wish: Wish, author: str) -> Desk:
        note = wish.note or self.note
        steps: Mapping[str, Callable[[], Desk]] = {
            "undo": lambda: undo(desk, author=author),
            "redo": lambda: redo(desk, author=author),
            "step_back": lambda: step_back(desk, int(wish.facts["to"]), author=author, note=note),
            "accept": lambda: accept(desk, wish.facts["offer"], author=author, note=note),
        }
        if wish.kind in steps:
            return steps[wish.kind]()
        return do_edit(desk, wish.kind, wish.facts, author=author, note=note)

    def _show(self, desk: Desk) -> None:
        """Put another plan on the desk: what was known of the one before says nothing of it."""
        fresh = self.desk is None or desk.ground.key != self.desk.ground.key or self.drawn is None
        self.desk, self.before, self.changed_s = desk, None, time.monotonic()
        self.offer = self.split = None
        if fresh:
            self.drawn = publish_plan(desk)
            _keep_still()
        known = desk.plan.grid_of_cell
        if any(cell not in known for cell in self.chosen):
            self.choose(())


def _keep_still() -> None:
    """Let the search for garbage pass over what stays: a project and the libraries, a million objects.

    Going through them takes a third of a second, and in the middle of an edit as likely as at any other time.
    """
    gc.collect()
    gc.freeze()


def desk_session() -> DeskSession:
    """Give the visitor's desk."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = DeskSession()
    session: DeskSession = st.session_state[_KEY]
    return session


def community_at_hand(session: DeskSession, desk: Desk, looked_at: str | None) -> str | None:
    """Give the community that the visitor works in: of their pick, of their edit, or the one looked at."""
    cells = session.chosen or ()
    if cells and cells[0] in desk.ground.place:
        return desk.ground.community_of(cells[0])
    item = desk.measures.grids.get(session.grid_at_hand() or "")
    if item is not None:
        return item.community_code
    if session.before is not None:
        old = session.before.measures.communities
        changed = [code for code, part in desk.measures.communities.items() if old.get(code) is not part]
        if changed:
            return changed[0]
    return looked_at
