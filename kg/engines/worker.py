"""A process that applies a function to one item after the other: whatever breaks in it breaks only there."""

from __future__ import annotations

import gc
import os
import pickle
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from multiprocessing.connection import Connection, Pipe
from typing import Generic, NamedTuple, TypeVar

DEADLINE = 120.0  # seconds that an item may take
MEMORY = 4 << 30  # bytes that the process may take
TRIES = 2
_START = 300  # seconds that it may take to start
_GRACE = 10  # seconds beyond the deadline after which it ends by itself: the near end may be dead
_IDLE = 600  # seconds without an item after which the process ends by itself
_PROGRAM = "import sys; sys.path[:] = {path!r}; from kg.engines.worker import main; main({end}, {seconds})"

T = TypeVar("T")
R = TypeVar("R")


class Failure(NamedTuple):
    """Why there is no result for an item, after all tries."""

    reason: str


class Worker(Generic[T, R]):
    """The near end of the process, which is started when there is work and anew when it has died."""

    def __init__(self, work: Callable[[T], R], deadline: float = DEADLINE) -> None:
        self._work, self._deadline = pickle.dumps(work), deadline
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    def answer(self, item: T) -> R | Failure:
        """The result for an item, or what stopped the process the last time that it was tried."""
        reason = "stopped"
        for _ in range(TRIES):
            if self._closed:
                break
            try:
                self._start()
                self._connection.send(item)
                if self._connection.poll(self._deadline):
                    result: R = self._connection.recv()
                    return result
                reason = f"not done in {self._deadline:g} s"
                self._stop()
            except (EOFError, ConnectionError):
                reason = self._last_words()
        return Failure(reason)

    def close(self) -> None:
        """End the process, at once."""
        self._closed = True
        self._stop()

    def _start(self) -> None:
        if self._process and self._process.poll() is None:
            return
        self._connection, far = Pipe()
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 -- it lives as long as the process
        program = _PROGRAM.format(path=sys.path, end=far.fileno(), seconds=int(self._deadline) + _GRACE)
        self._process = subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.DEVNULL,
            stdout=self._said,
            stderr=self._said,
            pass_fds=[far.fileno()],
        )
        far.close()
        self._connection.send_bytes(self._work)
        if self._connection.poll(_START):
            self._connection.recv()

    def _stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()

    def _last_words(self) -> str:
        """What the process said last, or what ended it."""
        assert self._process
        code = self._process.wait()
        self._said.seek(0)
        lines = self._said.read().decode("utf-8", "replace").strip().splitlines()
        if code < 0:
            return f"killed by {signal.Signals(-code).name}"
        return lines[-1] if lines else f"ended with exit code {code}"


def main(end: int, seconds: int) -> None:
    """The far end: a function comes, then items until there are no more. What goes wrong ends the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the near end decides when to stop
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    gc.set_threshold(50_000)  # records are in no cycles; looking for some costs a third of the start
    with Connection(end) as near:
        work = pickle.loads(near.recv_bytes())
        near.send(None)  # ready: from now on time counts
        while near.poll(_IDLE):
            try:
                item = near.recv()
            except EOFError:  # the near end is gone
                os._exit(0)
            signal.alarm(seconds)
            near.send(work(item))
            signal.alarm(0)
