"""What the processes that solve must stand: any main module, and the death of one of them."""

import os
import sys
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


def test_a_worker_that_died_is_replaced() -> None:
    with Workers(1) as workers:
        first = workers.submit(os.getpid).result(60)
        with pytest.raises(Exception, match="terminated abruptly"):
            workers.submit(os._exit, 3).result(60)
        assert workers.submit(os.getpid).result(60) not in (first, os.getpid())
