"""Solve many communities at once in worker processes; one that fails never stops the others."""

import logging
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from optimize.engines import Params, solve
from optimize.errors import Cancelled
from optimize.problem import Problem
from optimize.result import Result
from scenarios.workers import Workers

Stop = Callable[[], bool]
Answer = TypeVar("Answer")

_LOG = logging.getLogger("gridplan")
_POLL_S = 0.05


def solve_all(
    problems: Mapping[str, Problem],
    params: Params,
    *,
    seed: int,
    stop: Stop,
    on_done: Callable[[str, Result | None], None],
    workers: Workers,
) -> dict[str, Result | None]:
    """Solve each community in a process of its own.

    Parameters
    ----------
    stop
        Asked twenty times a second; once true, running engines hand over the best they have.
    on_done
        Called in this process, once per finished community; None stands for one whose engine failed.

    Returns
    -------
    dict
        Community code → result, in the order of `problems`, without those that a stop came before; the
        same seed gives the same plans, however many workers there are.
    """
    results: dict[str, Result | None] = {}
    with _go_on_flag() as flag:
        waiting: dict[Future[Result], str] = {
            workers.submit(_solve_one, problem, params, seed, flag): code
            for code, problem in _largest_first(problems)
        }
        while waiting:
            done, _ = wait(waiting, timeout=_POLL_S, return_when=FIRST_COMPLETED)
            if flag.exists() and stop():
                flag.unlink()
                _drop_unstarted(waiting)
            for future in done & waiting.keys():
                code = waiting.pop(future)
                if _was_stopped(future, flag):
                    continue
                results[code] = _result_or_none(future, code)
                on_done(code, results[code])
    return {code: results[code] for code in problems if code in results}


def run_one(
    function: Callable[..., Answer],
    *arguments: object,
    stop: Stop,
    on_share: Callable[[float], None],
    workers: Workers,
) -> Answer:
    """Run one long task in a process of its own.

    Parameters
    ----------
    function
        Called with the arguments and a `Lifeline`, which it asks whether to stop and tells its progress.
    on_share
        Told, in this process, how much is done, 0 to 1.

    Raises
    ------
    Exception
        Whatever the task raises.
    """
    with _go_on_flag() as flag:
        future = workers.submit(function, *arguments, Lifeline(flag=flag))
        while not future.done():
            wait([future], timeout=_POLL_S)
            if flag.exists() and stop():
                flag.unlink()
            on_share(_read_share(flag))
        return future.result()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifeline:
    """What a task in another process holds of the one that waits for it."""

    flag: Path

    def is_cut(self) -> bool:
        """Tell whether the task is to stop."""
        return not self.flag.exists()

    def tell(self, share: float) -> None:
        """Say how much is done, 0 to 1."""
        with suppress(OSError):  # the folder goes when nobody waits any more
            draft = self.flag.with_name("share-draft")
            draft.write_text(str(share))
            draft.replace(self.flag.with_name("share"))


def _read_share(flag: Path) -> float:
    try:
        return float(flag.with_name("share").read_text())
    except (OSError, ValueError):
        return 0.0


def _was_stopped(future: Future[Result], flag: Path) -> bool:
    failure = future.exception()
    if isinstance(failure, Cancelled):
        return True
    # Ctrl-C may end a process that is only just starting.
    return isinstance(failure, (BrokenProcessPool, KeyboardInterrupt)) and not flag.exists()


def _result_or_none(future: Future[Result], code: str) -> Result | None:
    failure = future.exception()
    if failure is not None:
        _LOG.error("community %s: the engine failed", code, exc_info=failure)
        return None
    return future.result()


def _drop_unstarted(waiting: dict[Future[Result], str]) -> None:
    for future in [future for future in waiting if future.cancel()]:
        del waiting[future]


def _largest_first(problems: Mapping[str, Problem]) -> list[tuple[str, Problem]]:
    return sorted(problems.items(), key=lambda item: -item[1].n_cells)


def _solve_one(problem: Problem, params: Params, seed: int, flag: Path) -> Result:
    return solve(problem, params, stop=lambda: not flag.exists(), rng=np.random.default_rng(seed))


@contextmanager
def _go_on_flag() -> Iterator[Path]:
    """Give a file that is there as long as the engines are to go on."""
    # A file is the plainest thing that every process can look at, on Windows too; its absence means stop, so
    # that an error here, which takes the folder away, stops them as well.
    with tempfile.TemporaryDirectory(prefix="gridplan-") as folder:
        flag = Path(folder) / "go-on"
        flag.touch()
        yield flag
