"""Processes that solve: started once, warm, replaced when one dies; the only state is the pool itself."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import TypeVar

Answer = TypeVar("Answer")


class Workers:
    """A pool of processes that many proposals may share.

    Parameters
    ----------
    n_workers
        Number of processes; as many as the machine has cores when left out.
    """

    def __init__(self, n_workers: int | None = None) -> None:
        self._n_workers = n_workers or os.cpu_count() or 1
        self._lock = threading.Lock()
        self._pool = self._new_pool()
        self.is_warm = False

    def warm(self) -> None:
        """Start the processes now, so that they load the engines while the caller does something else."""
        self.is_warm = True
        for _ in range(self._n_workers):
            self.submit(_load_engines)

    def submit(self, function: Callable[..., Answer], *arguments: object) -> Future[Answer]:
        """Hand a task to a process; a pool that has lost a process is replaced by a new one first."""
        with self._lock, _without_main():
            try:
                return self._pool.submit(function, *arguments)
            except BrokenProcessPool:
                self._pool.shutdown(wait=False)
                self._pool = self._new_pool()
                return self._pool.submit(function, *arguments)

    def close(self) -> None:
        """End the processes; tasks not yet begun are dropped."""
        with self._lock:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _new_pool(self) -> ProcessPoolExecutor:
        # "spawn" on every system: a fork would copy the server's threads and locks in an unknown state.
        return ProcessPoolExecutor(
            max_workers=self._n_workers, mp_context=get_context("spawn"), initializer=_begin_worker
        )


@contextmanager
def _without_main() -> Iterator[None]:
    """Let processes start without running the file of `__main__` again: under Streamlit that is a page."""
    blank, before = ModuleType("__main__"), sys.modules["__main__"]
    sys.modules["__main__"] = blank
    try:
        yield
    finally:
        # Another thread may have begun a page meanwhile: what it put there is its own.
        if sys.modules["__main__"] is blank:
            sys.modules["__main__"] = before


def _begin_worker() -> None:
    # Ctrl-C reaches every process of a terminal; what it means is for the parent alone to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    # A worker whose parent was killed would otherwise wait for tasks for ever.
    parent.join()
    os._exit(1)


def _load_engines() -> None:
    from optimize.engines import load_engine  # noqa: PLC0415 - to be loaded in the worker

    load_engine("auto")
