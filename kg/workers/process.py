"""A process that answers queries, one at a time, from the graph of a build folder, and dies of a costly one.

The kernel itself ends it at the deadline (the alarm's default action) and at the memory cap, so no watcher
can be late; the process that started it sees the connection close and starts another. Each query is asked
of the generation that is current when it begins: nothing waits for a build, and a build waits for nothing.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import sys
import threading
from dataclasses import asdict
from multiprocessing.connection import Connection
from pathlib import Path

import pyoxigraph as ox

from kg.workers import Job, Limits, Reply
from kg.workers.answering import answer

_BUSY = Reply(503, "text/plain", b"the graph cannot be read just now; ask again\n")


class Reader:
    """The current generation of a build folder, in a process that may grow by `memory` bytes beside it."""

    def __init__(self, folder: Path, memory: int) -> None:
        self._link, self._memory = folder / "store", memory
        self._opened, self._engine, self._idle = Path(), ox.Store(), 0

    def engine(self) -> ox.Store:
        """The store that the link leads to now; opened again only when that has changed."""
        current = self._link.resolve()
        if current != self._opened:
            _, hard = resource.getrlimit(resource.RLIMIT_AS)
            resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
            self._engine, self._opened = ox.Store.read_only(str(current)), current
            self._idle = _held()
            resource.setrlimit(resource.RLIMIT_AS, (self._idle + self._memory, hard))
        return self._engine

    def answer(self, job: Job, limits: Limits) -> Reply:
        """The reply to a job. A generation can be gone between the look at the link and the reading."""
        for _ in range(3):
            try:
                return answer(self.engine(), job, limits)
            except (OSError, RuntimeError):  # a file that is missing is corruption to the engine
                self._opened = Path()
        return _BUSY

    def swollen(self) -> bool:
        """Whether earlier queries left so much behind that the next would be killed for it."""
        return _held() - self._idle > self._memory // 2


def main() -> None:
    """Answer what comes over the connection that standard input is, until it closes."""
    folder, limits = Path(sys.argv[1]), Limits(**json.loads(sys.argv[2]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is for the server, which closes the connection
    calls = Connection(os.dup(0))
    threading.Thread(target=_leave_with, args=(calls.fileno(),), daemon=True).start()
    reader = Reader(folder, limits.memory)
    while True:
        try:
            job = Job(**json.loads(calls.recv_bytes()))
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_REAL, limits.seconds)
        reply = reader.answer(job, limits)
        signal.setitimer(signal.ITIMER_REAL, 0)
        ends = reader.swollen()
        head = asdict(reply) | {"last": ends}
        calls.send_bytes(json.dumps({k: v for k, v in head.items() if k != "body"}).encode())
        calls.send_bytes(reply.body)
        if ends:
            return


def _leave_with(connection: int) -> None:
    """End at once when the other side is gone, in the middle of a query too."""
    gone = select.poll()
    gone.register(connection, select.POLLHUP)
    gone.poll()
    os._exit(0)


def _held() -> int:
    """Bytes of address space."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


if __name__ == "__main__":
    main()
