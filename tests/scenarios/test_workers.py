"""What the processes that solve must stand: any main module, and the death of one of them."""

import os
import sys
import threading
from types import ModuleType

import pytest

from scenarios.workers import Workers


def test_workers_start_whatever_runs_as_main(monkeypatch: pytest.MonkeyPatch) -> None:
    # Under Streamlit `__main__` is the page that runs just then, in its tests one that cannot run again.
    page = ModuleType("__main__")
    page.__file__ = os.devnull + "/no such page"
    monkeypatch.setitem(sys.modules, "__main__", page)
    with Workers(1) as workers:
        assert workers.submit(os.getpid).result(60) != os.getpid()
    assert sys.modules["__main__"] is page


def test_workers_start_while_pages_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    # Streamlit puts a page in the place of `__main__` at every run, in the middle of a start too.
    def begin_pages() -> None:
        while not over.is_set():
            page = ModuleType("__main__")
            page.__file__ = os.devnull + "/no such page"
            sys.modules["__main__"] = page

    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])  # put back at the end
    over = threading.Event()
    pages = threading.Thread(target=begin_pages)
    pages.start()
    try:
        with Workers(2) as workers:
            assert {workers.submit(abs, -n).result(60) for n in range(4)} == {0, 1, 2, 3}
    finally:
        over.set()
        pages.join()


def test_a_worker_that_died_is_replaced() -> None:
    with Workers(1) as workers:
        first = workers.submit(os.getpid).result(60)
        with pytest.raises(Exception, match="terminated abruptly"):
            workers.submit(os._exit, 3).result(60)
        assert workers.submit(os.getpid).result(60) not in (first, os.getpid())
