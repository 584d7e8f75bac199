"""Who does the work: an engine applies a function to many items, in any order, and loses none.

An engine never reads far ahead in the items, so neither they nor the results pile up. A function that fails
on an item, kills its process or never ends is tried twice there, and costs no other item.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from queue import SimpleQueue
from typing import Protocol, TypeVar

from kg.engines.worker import Failure, Worker

__all__ = ["DEADLINE", "Engine", "Failure", "here", "local"]

DEADLINE = 120.0  # seconds that a page may take
AHEAD = 2  # items a worker that are taken before their turn

T = TypeVar("T")
R = TypeVar("R")


class Engine(Protocol):
    """Yields each item with its result, or with why there is none. Functions and items must be picklable."""

    def __call__(self, work: Callable[[T], R], items: Iterable[T], /) -> Iterator[tuple[T, R | Failure]]: ...


def local(jobs: int | None = None, deadline: float = DEADLINE) -> Engine:
    """Processes of this machine, as many as it has cores unless told."""

    def engine(work: Callable[[T], R], items: Iterable[T]) -> Iterator[tuple[T, R | Failure]]:
        number = jobs or os.cpu_count() or 1
        with ExitStack() as ending:
            pool = ending.enter_context(ThreadPoolExecutor(number))
            idle: SimpleQueue[Worker[T, R]] = SimpleQueue()
            for _ in range(number):
                worker = Worker(work, deadline)
                ending.callback(worker.close)  # before the pool waits for its threads
                idle.put(worker)

            def answer(item: T) -> tuple[T, R | Failure]:
                worker = idle.get()
                try:
                    return item, worker.answer(item)
                finally:
                    idle.put(worker)

            yield from windowed(lambda item: pool.submit(answer, item), items, number * (1 + AHEAD))

    return engine


def here(work: Callable[[T], R], items: Iterable[T]) -> Iterator[tuple[T, R | Failure]]:
    """This process itself, for what is too little to be worth another: what breaks, breaks it."""
    return ((item, work(item)) for item in items)


def windowed(submit: Callable[[T], Future[R]], items: Iterable[T], most: int) -> Iterator[R]:
    """The results of what is submitted, as they come; at most so many items are taken and not done."""
    pending: set[Future[R]] = set()
    for item in items:
        pending.add(submit(item))
        if len(pending) >= most:
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)
    while pending:
        done, pending = wait(pending, return_when=FIRST_COMPLETED)
        yield from (future.result() for future in done)
