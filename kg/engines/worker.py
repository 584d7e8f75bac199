"""A process that applies a function to one item after the other: whatever breaks in it breaks only there."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from multiprocessing.connection import Connection, Pipe
from typing import Generic, NamedTuple, TypeVar

TRIES = 2
_PROGRAM = "import sys; sys.path[:] = {path!r}; from kg.engines.worker import main; main({end})"

T = TypeVar("T")
R = TypeVar("R")


class Failure(NamedTuple):
    """Why there is no result for an item, after all tries."""

    reason: str


class Worker(Generic[T, R]):
    """The near end of the process, which is started when there is work and anew when it has died."""

    def __init__(self, work: Callable[[T], R], deadline: float) -> None:
        self._work, self._deadline = pickle.dumps(work), deadline
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    def answer(self, item: T) -> R | Failure:
        """The result for an item, or what stopped the process each time."""
        for _ in range(TRIES):
            self._started()
            try:
                self._connection.send(item)
                if self._connection.poll(self._deadline):
                    result: R = self._connection.recv()
                    return result
                reason = f"not done in {self._deadline:g} s"
                self._stop()
            except (EOFError, ConnectionError):
                reason = self._last_words()
            if self._closed:
                break
        return Failure(reason)

    def close(self) -> None:
        """End the process, at once."""
        self._closed = True
        self._stop()

    def _started(self) -> None:
        if self._process and self._process.poll() is None:
            return
        self._connection, far = Pipe()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 -- it lives as long as the process
        program = _PROGRAM.format(path=sys.path, end=far.fileno())
        self._process = subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.DEVNULL,
            stdout=self._errors,
            stderr=self._errors,
            pass_fds=[far.fileno()],
        )
        far.close()
        self._connection.send_bytes(self._work)

    def _stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()

    def _last_words(self) -> str:
        """What the process said last, or what ended it."""
        assert self._process
        code = self._process.wait()
        self._errors.seek(0)
        said = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return f"killed by {signal.Signals(-code).name}" if code < 0 else said[-1] if said else f"exit {code}"


def main(end: int) -> None:
    """The far end: a function comes, then items until there are no more. What goes wrong ends the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the near end decides when to stop
    with Connection(end) as near:
        work = pickle.loads(near.recv_bytes())
        while True:
            try:
                item = near.recv()
            except EOFError:
                os._exit(0)
            near.send(work(item))
