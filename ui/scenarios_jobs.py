"""Scenarios worked out: a first answer at once, its proof in the background with progress and a stop."""

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from exports.texts import scenario_title
from geo.errors import GeoError
from scenarios import store
from scenarios.errors import EditConflict, ScenarioError
from scenarios.levers.answer import Answered, answer
from scenarios.levers.first import answer_first
from scenarios.levers.stand import lay_out_ground
from scenarios.propose import OnProgress, Progress, ProposalStopped
from scenarios.run import Stop
from scenarios.tree import read_tree
from scenarios.workers import Workers
from ui.boundary import escape_markdown, show_error
from ui.jobs import Job, Work, all_jobs, all_workers
from ui.state import State, get_state
from ui.texts.catalog import Texts

_LOG = logging.getLogger("gridplan")
_POLL_S = 0.3
_TRIES = 3  # somebody may adjust the plan by hand while it is being worked out
_MOST_TOLD = 3
_SEEN = "scenarios_finished"
Counts = dict[str, tuple[int, int, int]]
"""Scenario → communities that stay, that were known, that were solved."""


class Queue:
    """The scenarios of a project that wait for their answer; whoever comes again is taken anew.

    A lever set while its scenario is being worked out makes that work useless: it stops, and begins again.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[str] = []
        self._authors: dict[str, str] = {}
        self._at: str | None = None
        self._again = False
        self._asked = 0
        self._closed = True
        self.finished = 0

    def add(self, names: Sequence[str], author: str = "") -> bool:
        """Put scenarios at the end; tell whether somebody has to begin working."""
        with self._lock:
            self._authors |= dict.fromkeys(names, author)
            fresh = [name for name in names if name not in self._waiting]
            self._waiting += fresh
            self._again = self._again or self._at in names
            if self._closed:
                self._asked, self.finished = 0, 0
            self._asked += len(fresh)
            begins, self._closed = self._closed, False
            return begins

    def take(self) -> str | None:
        """Give the next scenario; None ends the work."""
        with self._lock:
            self._at = self._waiting.pop(0) if self._waiting else None
            self._again = False
            self._closed = self._at is None
            return self._at

    def author_of(self, name: str) -> str:
        """Tell who asked last for a scenario."""
        with self._lock:
            return self._authors.get(name, "")

    def is_wanted_again(self) -> bool:
        """Tell whether the scenario being worked out has been changed meanwhile."""
        with self._lock:
            return self._again

    def count(self) -> None:
        """Note that a scenario is done with."""
        with self._lock:
            self.finished += 1

    def place(self) -> tuple[str | None, int, int]:
        """Give the scenario being worked out, its number, and how many there are."""
        with self._lock:
            return self._at, min(self.finished + 1, self._asked), self._asked

    def clear(self) -> None:
        """Forget those that wait."""
        with self._lock:
            self._waiting, self._at, self._closed = [], None, True


@st.cache_resource(show_spinner=False)
def _queue(project: str) -> Queue:  # noqa: ARG001 - one for each project
    return Queue()


def answer_now(texts: Texts, project: Path, name: str, author: str = "") -> None:
    """Give a scenario its first answer while the visitor waits a moment, and prove it in the background.

    A limit on who changes grid takes many attempts: that is left to the background altogether.

    Raises
    ------
    LeverError, RuleError
        A lever that finds nothing to change, or a value out of range.
    """
    node = next((item for item in read_tree(project) if item.name == name), None)
    if node is None:
        return
    if any(lever.name == "keep_today" for lever in (*node.levers, *node.inherited)):
        start_answers(project, [name], author)
        return
    with st.spinner(texts("scenarios_page.first_answer")):
        try:
            found = answer_first(project, name, stop=lambda: False, author=author)
        except EditConflict:  # the proof of the question before was stored just now
            found = answer_first(project, name, stop=lambda: False, author=author)
    if found.pending:
        start_answers(project, [name], author)


def start_answers(project: Path, names: Sequence[str], author: str = "") -> None:
    """Work scenarios out in the background, after those that wait already."""
    queue = _queue(str(project))
    if names and queue.add(names, author):
        key = _key(project)
        job = all_jobs().find(key)
        if job is not None:
            job.join(timeout_s=5)  # it has nothing left to do but to end
        all_jobs().start(key, _work(project, queue))


def warm_up(project: Path) -> None:
    """Get ready for the first lever: processes that solve, kernels, and the ground divided once."""
    _warm_once()
    _lay_out_once(str(project), store.layers_token(project))


@st.cache_resource(show_spinner=False)
def _warm_once() -> bool:
    all_workers().warm()
    threading.Thread(target=_load_kernels, name="gridplan-warm", daemon=True).start()
    return True


@st.cache_resource(show_spinner=False, max_entries=4)
def _lay_out_once(project: str, token: str) -> bool:  # noqa: ARG001 - once for each state of the layers
    def lay_out() -> None:
        try:
            lay_out_ground(Path(project))
        except (GeoError, ScenarioError):  # the page itself says so
            _LOG.info("the ground of %s is not laid out ahead", project, exc_info=True)

    threading.Thread(target=lay_out, name="gridplan-ground", daemon=True).start()
    return True


def _load_kernels() -> None:
    """Load in this process what first answers need: otherwise the first one would wait for it."""
    from optimize.warm import warm_first  # noqa: PLC0415 - takes a second

    warm_first()


def draw_answers(texts: Texts, state: State) -> bool:
    """Show the work under way; tell whether there is any. Its end is told once."""
    if state.project is None:
        return False
    job = all_jobs().find(_key(state.project))
    if job is None:
        return False
    view = job.view()
    if view.state == "running":
        st.session_state[_SEEN] = _queue(str(state.project)).finished
        _watch(texts.language)
        return True
    all_jobs().forget(_key(state.project))
    if view.error is not None:
        show_error(texts, view.error)
    elif view.state == "stopped":
        st.info(texts("scenarios_page.stopped"))
    elif isinstance(view.answer, dict):
        _tell(texts, view.answer)
    return False


def _tell(texts: Texts, counts: Counts) -> None:
    """Say how much was left as it is: of each scenario, or of all where there are many."""
    names = {name: scenario_title(texts, name) for name in counts}
    if len(counts) > _MOST_TOLD:
        names = {"": texts("scenarios_page.answered", n=len(counts))}
        kept, known, solved = (sum(item[at] for item in counts.values()) for at in range(3))
        counts = {"": (kept, known, solved)}
    for name, (kept, known, solved) in counts.items():
        said = texts("scenarios_page.reach_kept", kept=kept, known=known, solved=solved)
        st.caption(escape_markdown(texts("scenarios_page.of_scenario", name=names[name], said=said)))


@st.fragment(run_every=_POLL_S)
def _watch(language: str) -> None:
    texts, state = Texts(language), get_state()
    job = _job(state)
    if job is None or state.project is None or job.view().state != "running":
        st.rerun()
        return
    queue = _queue(str(state.project))
    if queue.finished != st.session_state.get(_SEEN):
        st.rerun()  # one more is done: the tree and the comparison show it
    view = job.view()
    step = view.progress or Progress(stage="cells", done=0, total=1)
    name, at, of = queue.place()
    shown = scenario_title(texts, name) if name else ""
    text = texts("scenarios_page.proving", name=shown, done=step.done, total=step.total)
    if of > 1:
        text = f"{texts('scenarios_page.batch', at=at, of=of)} · {text}"
    bar, button = st.columns([4, 1], vertical_alignment="bottom")
    bar.progress(_share(step, at, of), text=escape_markdown(text))
    label = texts(f"scenarios_page.{'stopping' if view.stopping else 'stop'}")
    if button.button(label, key="stop_answers", disabled=view.stopping, width="stretch"):
        job.cancel()


def _share(step: Progress, at: int, of: int) -> float:
    """Give how much is done, 0 to 1."""
    within = step.done / step.total if step.total and step.stage == "solve" else 0.0
    return min(1.0, (max(at - 1, 0) + within) / of) if of else 0.0


def _job(state: State) -> Job | None:
    return all_jobs().find(_key(state.project)) if state.project is not None else None


def _key(project: Path) -> tuple[str, str]:
    return ("scenarios", str(project))


def _work(project: Path, queue: Queue) -> Work:
    workers = all_workers()

    def run(stop: Stop, on_progress: OnProgress) -> Counts:
        counts: Counts = {}
        failed: list[ScenarioError] = []
        try:
            while (name := queue.take()) is not None:
                if stop():
                    raise ProposalStopped("stopped")
                found = _try_one(
                    project, name, queue, failed, stop=stop, on_progress=on_progress, workers=workers
                )
                queue.count()
                if found is not None:
                    counts[name] = (len(found.kept), len(found.known), len(found.solved))
        finally:
            queue.clear()
        if failed:
            raise failed[0]
        return counts

    return run


def _try_one(
    project: Path,
    name: str,
    queue: Queue,
    failed: list[ScenarioError],
    *,
    stop: Stop,
    on_progress: OnProgress,
    workers: Workers,
) -> Answered | None:
    """Answer a scenario; None where it waits again, or has failed: the others do not depend on it."""

    def give_way() -> bool:
        return stop() or queue.is_wanted_again()

    for attempt in range(_TRIES):
        try:
            return answer(
                project,
                name,
                stop=give_way,
                on_progress=on_progress,
                workers=workers,
                author=queue.author_of(name),
            )
        except ProposalStopped:
            if stop():
                raise
            return None
        except EditConflict as error:
            if attempt == _TRIES - 1 and not queue.is_wanted_again():
                failed.append(error)
            if queue.is_wanted_again():
                return None
        except ScenarioError as error:
            failed.append(error)
            return None
    return None
