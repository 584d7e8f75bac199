"""Who does the work: an engine applies a function to many items, in any order, and loses none.

An engine never reads far ahead in the items, so neither they nor the results pile up. A function that fails
on an item, kills its process, takes all memory or never ends is tried twice there, and costs no other item.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from queue import LifoQueue
from typing import Protocol, TypeAlias, TypeVar

from kg.engines.worker import DEADLINE, Failure, Worker

__all__ = ["Answers", "Engine", "Failure", "here", "local", "windowed"]

AHEAD = 2  # items a worker that are taken before their turn

T = TypeVar("T")
R = TypeVar("R")


Answers: TypeAlias = Generator[tuple[T, R | Failure], None, None]


class Engine(Protocol):
    """Yields each item with its result, or with why there is none. Functions and items must be picklable."""

    def __call__(self, work: Callable[[T], R], items: Iterable[T], /) -> Answers[T, R]: ...


def here(work: Callable[[T], R], items: Iterable[T]) -> Answers[T, R]:
    """This process itself, for what is too little to be worth another: what breaks, breaks it."""
    return ((item, work(item)) for item in items)


def local(jobs: int | None = None, deadline: float = DEADLINE) -> Engine:
    """Processes of this machine, as many as it has cores unless told; an item may take `deadline` seconds."""
    number = jobs or os.cpu_count() or 1

    def engine(work: Callable[[T], R], items: Iterable[T]) -> Answers[T, R]:
        with ExitStack() as ending:
            pool = ending.enter_context(ThreadPoolExecutor(number))
            idle: LifoQueue[Worker[T, R]] = LifoQueue()  # those come first that are running already
            for _ in range(number):
                worker = Worker(work, deadline)
                ending.callback(worker.close)  # before the pool waits for its threads
                idle.put(worker)

            def answer(item: T) -> R | Failure:
                worker = idle.get()
                try:
                    return worker.answer(item)
                finally:
                    idle.put(worker)

            for item, done in windowed(lambda item: pool.submit(answer, item), items, number):
                yield item, done.result()

    return engine


def windowed(
    submit: Callable[[T], Future[R]], items: Iterable[T], workers: int
) -> Iterator[tuple[T, Future[R]]]:
    """Items and what came of them, as they are done; no more are submitted than keep the workers busy."""
    pending: dict[Future[R], T] = {}
    for item in items:
        pending[submit(item)] = item
        if len(pending) >= workers * (1 + AHEAD):
            yield from _done(pending)
    while pending:
        yield from _done(pending)


def _done(pending: dict[Future[R], T]) -> Iterator[tuple[T, Future[R]]]:
    """Waits for some, and takes them out."""
    done, _ = wait(pending, return_when=FIRST_COMPLETED)
    return ((pending.pop(future), future) for future in done)
