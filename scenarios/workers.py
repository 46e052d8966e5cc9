"""Processes that solve: started once, warm, replaced when one dies; the only state is the pool itself."""

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import parent_process, spawn
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.process import BaseProcess
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
        with self._lock:
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
            max_workers=self._n_workers, mp_context=_BareContext(), initializer=_begin_worker
        )


class _BareProcess(SpawnProcess):
    """A process that does not run the file of `__main__` again: under Streamlit that is a page."""

    def start(self) -> None:
        _BARE.wanted = True
        try:
            super().start()
        finally:
            _BARE.wanted = False


class _BareContext(SpawnContext):
    Process = _BareProcess


def _prepare(name: str) -> dict[str, object]:
    data = _prepare_with_main(name)
    if getattr(_BARE, "wanted", False):
        # Not by another `sys.modules["__main__"]` for the while: a page that begins then puts its own there.
        data.pop("init_main_from_name", None)
        data.pop("init_main_from_path", None)
    return data


# What a new process is told is asked of this function by name, and no argument reaches it: hence the wrapper,
# and a mark of the thread that starts one of ours. What processes that others start are told is left alone.
_BARE = threading.local()
_prepare_with_main = spawn.get_preparation_data
spawn.get_preparation_data = _prepare


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
