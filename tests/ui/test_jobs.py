"""Background jobs: one at a time for each key, stoppable, and never silent about a failure."""

import threading
from concurrent.futures.process import BrokenProcessPool

import pytest

from exports.errors import ExportStopped
from scenarios.propose import Progress, ProposalStopped
from ui.jobs import Job, Jobs
from ui.messages import error_text
from ui.texts.catalog import LANGUAGES, Texts

WAIT_S = 5


def test_a_job_reports_progress_and_ends() -> None:
    def work(_stop, on_progress):
        on_progress(Progress(stage="solve", done=1, total=2, community="a"))
        on_progress(Progress(stage="store", done=1, total=1))

    job = Job(work)
    job.start()
    job.join(WAIT_S)
    view = job.view()
    assert (view.state, view.finished, view.progress.stage) == ("done", ("a",), "store")
    assert view.share == 1


def test_a_job_can_be_stopped() -> None:
    def work(stop, _on_progress):
        while not stop():
            threading.Event().wait(0.01)
        raise ProposalStopped("stopped")

    job = Job(work)
    job.start()
    assert job.view().state == "running"
    job.cancel()
    job.join(WAIT_S)
    assert job.view().state == "stopped"
    assert not job.view().stopping


def test_a_job_that_was_told_to_stop_and_kept_something_is_done() -> None:
    def work(stop, _on_progress):
        while not stop():
            threading.Event().wait(0.01)
        return "what was finished"

    job = Job(work)
    job.start()
    job.cancel()
    job.join(WAIT_S)
    view = job.view()
    assert (view.state, view.told_to_stop, view.answer) == ("done", True, "what was finished")
    assert not Job(work).view().told_to_stop


def test_a_failure_is_kept_for_the_page() -> None:
    def work(_stop, _on_progress):
        raise ZeroDivisionError

    job = Job(work)
    job.start()
    job.join(WAIT_S)
    assert job.view().state == "failed"
    assert isinstance(job.view().error, ZeroDivisionError)


def test_one_job_for_a_project_and_many_at_once() -> None:
    gate = threading.Event()
    jobs = Jobs()
    assert jobs.start("a", lambda _s, _p: gate.wait(WAIT_S))
    assert not jobs.start("a", lambda _s, _p: None)
    assert jobs.start("b", lambda _s, _p: gate.wait(WAIT_S))
    jobs.forget("a")  # running: it stays
    assert jobs.find("a") is not None
    gate.set()
    for key in ("a", "b"):
        jobs.find(key).join(WAIT_S)
        jobs.forget(key)
        assert jobs.find(key) is None
    assert jobs.start("a", lambda _s, _p: None)


@pytest.mark.parametrize(("done", "total", "share"), [(1, 4, 0.25), (5, 4, 1.0), (0, 0, 0.0)])
def test_the_share_of_a_step_stays_within_the_bar(done: int, total: int, share: float) -> None:
    job = Job(lambda _stop, on_progress: on_progress(Progress(stage="solve", done=done, total=total)))
    assert job.view().share == 0
    job.start()
    job.join(WAIT_S)
    assert job.view().share == share


def test_a_stopped_export_ends_quietly(caplog) -> None:
    """It once logged a traceback, as if something had failed."""

    def work(_stop, _on_progress):
        raise ExportStopped("export_stopped")

    job = Job(work)
    job.start()
    job.join(WAIT_S)
    assert (job.view().state, job.view().error) == ("stopped", None)
    assert not caplog.records


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_lost_process_is_said_in_words(language) -> None:
    texts = Texts(language)
    said = error_text(BrokenProcessPool("a process died"), texts)
    assert said.what == texts("errors.process_lost.what")
    assert said.mend == texts("errors.process_lost.next")
    assert said.what != texts("errors.unexpected.what")
