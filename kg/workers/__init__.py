"""Queries of strangers, asked in processes that can be lost: what a job is, what it may cost, its reply."""

from __future__ import annotations

import os
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limits:
    """What queries may cost. A client is an address."""

    seconds: float = 10.0  # that a query may run; it is killed then
    memory: int = 512 * 2**20  # bytes beside what a worker holds when it is idle
    rows: int = 10_000  # of a SELECT; more are left out, and the answer says so
    triples: int = 100_000  # of a CONSTRUCT or DESCRIBE, likewise
    answer: int = 64 * 2**20  # bytes
    query: int = 1_000_000  # bytes of a request
    queue: int = 1_000  # queries that wait for a worker; more are told to come again
    patience: float = 30.0  # seconds that a query waits
    workers: int = field(default_factory=lambda: max(4, (os.cpu_count() or 1) + 2))

    @property
    def share(self) -> int:
        """Workers that one client may hold at a time, so that others find some."""
        return max(1, self.workers // 2)


@dataclass(frozen=True, slots=True)
class Job:
    """A query and how its answer is wanted: in the format of that name, or failing that as `accept` says.

    `default` and `named` are the graphs of its dataset; both empty: those that the query names, or all.
    `notice` is the address that an answer with rows left out points to.
    """

    query: str
    accept: str = "*/*"
    format: str = ""
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, or one line that says why there is none, with the status of HTTP."""

    status: int
    media: str
    body: bytes
    form: str = ""  # of the query
    cut: bool = False  # rows were left out
    line: int = 0  # of an error in the query, and its column
    column: int = 0
    last: bool = False  # the worker ends after it
    after: int = 0  # seconds after which to ask again
