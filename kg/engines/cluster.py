"""Dask as an engine: a cluster's workers, each with a process of its own for what may break."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from threading import get_ident
from typing import Any, TypeVar

from kg.engines import Answers, Engine, Failure, windowed
from kg.engines.worker import DEADLINE, Worker
from kg.extractions import program

_PATIENCE = 10  # seconds to wait for a scheduler, and for its first worker

T = TypeVar("T")
R = TypeVar("R")


class ClusterError(RuntimeError):
    """A cluster that cannot be used: says why, and what helps."""


def dask(scheduler: str | None = None, jobs: int | None = None, deadline: float = DEADLINE) -> Engine:
    """The cluster of the scheduler at an address, or one of `jobs` processes on this machine."""

    def engine(work: Callable[[T], R], items: Iterable[T]) -> Answers[T, R]:
        from distributed import KilledWorker

        with ExitStack() as ending:
            client = ending.enter_context(_client(scheduler, jobs))
            client.wait_for_workers(1, timeout=_PATIENCE)
            _check(client)
            ending.callback(client.run, _end)
            pool = ending.enter_context(client.get_executor(pure=False))
            number = sum(client.nthreads().values())
            for item, done in windowed(
                lambda item: pool.submit(_answer, work, deadline, item), items, number
            ):
                error = done.exception()
                if isinstance(error, KilledWorker):
                    yield item, Failure("the workers that had it were killed")
                else:
                    yield item, done.result()

    return engine


def _client(scheduler: str | None, jobs: int | None) -> Any:  # noqa: ANN401 -- distributed has no types
    try:
        from distributed import Client
    except ImportError as error:
        raise ClusterError("--engine dask needs more than the core: pip install 'fangzhi[scale]'") from error
    if scheduler is None:
        number = jobs or os.cpu_count() or 1
        quiet = logging.CRITICAL
        return Client(  # type: ignore[no-untyped-call]
            n_workers=number, threads_per_worker=1, dashboard_address=None, silence_logs=quiet
        )
    try:
        return Client(scheduler, timeout=_PATIENCE)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise ClusterError(f"--scheduler {scheduler}: does not answer: {error}; check the address") from error


def _check(client: Any) -> None:  # noqa: ANN401
    """Raises ClusterError where a worker runs another program: its pages would say other things."""
    for worker, theirs in client.run(program).items():
        if theirs != program():
            raise ClusterError(f"worker {worker} runs another version or other rules; install the same there")


_workers: dict[tuple[int, int, float], Worker[Any, Any]] = {}  # of this process, by thread and work


def _answer(work: Callable[[T], R], deadline: float, item: T) -> R | Failure:
    """What a worker of the cluster does."""
    place = get_ident(), id(work), deadline
    if place not in _workers:
        _workers[place] = Worker(work, deadline)
    answer: R | Failure = _workers[place].answer(item)
    return answer


def _end() -> None:
    while _workers:
        _workers.popitem()[1].close()
