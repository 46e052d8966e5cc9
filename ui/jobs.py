"""Long work in the background: it survives a refresh, shows how far it is, and can be stopped.

A job belongs to a project, not to a visitor: whoever opens that project sees the same progress.
"""

import atexit
import logging
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import streamlit as st

from exports.errors import ExportStopped
from scenarios.propose import Progress, ProposalStopped
from scenarios.workers import Workers

_LOG = logging.getLogger("gridplan.app")
_POLL_S = 0.4

JobState = Literal["running", "done", "stopped", "failed"]
Work = Callable[[Callable[[], bool], Callable[[Progress], None]], object]
"""Takes the question "shall I stop?" and a progress listener."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """A job at one moment.

    `finished` holds the communities done so far in that order; `answer` is what the work gave back once it
    is done; `error` is set when the job has failed; `told_to_stop` tells whether a person wanted it to end.
    """

    state: JobState
    progress: Progress | None
    finished: tuple[str, ...]
    stopping: bool
    elapsed_s: float
    answer: object = None
    error: Exception | None = None
    told_to_stop: bool = False

    @property
    def share(self) -> float:
        """How much of the present step is done, 0 to 1."""
        step = self.progress
        return min(1.0, step.done / step.total) if step is not None and step.total else 0.0


class Told(NamedTuple):
    """How far a job is: the share done, the words beside it, and what the button to stop it says."""

    share: float
    said: str
    stop: str


class Job:
    """One piece of work in a thread of its own; everything mutable about it is in here, behind one lock."""

    def __init__(self, work: Work) -> None:
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._state: JobState = "running"
        self._progress: Progress | None = None
        self._finished: list[str] = []
        self._answer: object = None
        self._error: Exception | None = None
        self._started = time.monotonic()
        self._ended: float | None = None
        self._thread = threading.Thread(target=self._run, args=(work,), name="gridplan-job", daemon=True)

    def start(self) -> None:
        """Begin the work."""
        self._thread.start()

    def cancel(self) -> None:
        """Ask the work to stop; it ends at its next look."""
        self._stop.set()

    def join(self, timeout_s: float) -> None:
        """Wait for the end, at most so long."""
        self._thread.join(timeout_s)

    def view(self) -> JobView:
        """Give the job as it stands now."""
        with self._lock:
            return JobView(
                state=self._state,
                progress=self._progress,
                finished=tuple(self._finished),
                stopping=self._stop.is_set() and self._state == "running",
                elapsed_s=(self._ended or time.monotonic()) - self._started,
                answer=self._answer,
                error=self._error,
                told_to_stop=self._stop.is_set(),
            )

    def _run(self, work: Work) -> None:
        try:
            answer = work(self._stop.is_set, self._listen)
        except (ProposalStopped, ExportStopped):  # wanted: nothing for the log
            self._end("stopped")
        except Exception as error:  # noqa: BLE001  # the page shows it; a dead thread would say nothing
            _LOG.exception("background job failed")
            self._end("failed", error)
        else:
            with self._lock:
                self._answer = answer
            self._end("done")

    def _listen(self, progress: Progress) -> None:
        with self._lock:
            self._progress = progress
            if progress.community is not None:
                self._finished.append(progress.community)

    def _end(self, state: JobState, error: Exception | None = None) -> None:
        with self._lock:
            self._state, self._error, self._ended = state, error, time.monotonic()


class Jobs:
    """The jobs of this server, at most one at a time for each key."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[Hashable, Job] = {}

    def start(self, key: Hashable, work: Work) -> bool:
        """Start the work unless one is under way for that key; tell whether it was started."""
        with self._lock:
            known = self._jobs.get(key)
            if known is not None and known.view().state == "running":
                return False
            job = Job(work)
            self._jobs[key] = job
        job.start()
        return True

    def find(self, key: Hashable) -> Job | None:
        """Give the latest job of that key."""
        with self._lock:
            return self._jobs.get(key)

    def items(self) -> tuple[tuple[Hashable, Job], ...]:
        """Give all jobs that have not been forgotten, with their keys."""
        with self._lock:
            return tuple(self._jobs.items())

    def forget(self, key: Hashable) -> None:
        """Drop a finished job, so that its end is told only once."""
        with self._lock:
            known = self._jobs.get(key)
            if known is not None and known.view().state != "running":
                del self._jobs[key]


@st.cache_resource(show_spinner=False)
def all_jobs() -> Jobs:
    """Give the one registry of this server."""
    return Jobs()


@st.fragment(run_every=_POLL_S)
def watch_job(key: Hashable, button: str, tell: Callable[[JobView], Told]) -> None:
    """Show how far a job is and offer to stop it; the whole page is drawn anew once it has ended."""
    job = all_jobs().find(key)
    if job is None or job.view().state != "running":
        st.rerun()
        return
    view = job.view()
    told = tell(view)
    st.progress(told.share, text=told.said)
    if st.button(told.stop, key=button, disabled=view.stopping, width="stretch"):
        job.cancel()


@st.cache_resource(show_spinner=False)
def all_workers() -> Workers:
    """Give this server's solving processes, shared by all proposals; they end with the server."""
    workers = Workers()
    atexit.register(workers.close)
    return workers
