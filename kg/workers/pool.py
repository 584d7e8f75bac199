"""Worker processes that are kept warm, and the queue before them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import asdict
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from weakref import WeakValueDictionary

from kg.workers import Job, Limits, Reply


class Busy(RuntimeError):
    """More queries wait than may. `after`: seconds after which it is worth asking again."""

    def __init__(self, after: int) -> None:
        super().__init__(f"too many queries wait here; ask again in {after} s")
        self.after = after


class Worker:
    """A process that answers one job at a time."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        ours, theirs = socket.socketpair()
        arguments = [str(folder), json.dumps(asdict(limits))]
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "kg.workers.process", *arguments],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
        self._calls, self._limits = Connection(ours.detach()), limits
        self._asking = threading.Lock()
        self.spent = False  # it will answer no more

    def ask(self, job: Job) -> Reply:
        """The reply to a job, or the reason why the process died of it."""
        with self._asking:
            try:
                self._calls.send_bytes(json.dumps(asdict(job)).encode())
                reply = Reply(**json.loads(self._calls.recv_bytes()), body=self._calls.recv_bytes())
            except (EOFError, OSError):
                self.spent = True
                return _obituary(self._process.wait(), self._limits)
        self.spent = reply.last
        return reply

    def kill(self) -> None:
        """End the process, whatever it does."""
        self.spent = True
        self._process.kill()

    def close(self) -> None:
        """End the process and wait for it."""
        self.kill()
        with self._asking:
            self._process.wait()
            self._calls.close()


class Pool:
    """Warm workers for the graph of a build folder. No client holds more than its share of them."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.folder, self.limits = folder, limits
        self._idle: asyncio.LifoQueue[Worker] = asyncio.LifoQueue()
        self._all: set[Worker] = set()
        self._turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._threads = ThreadPoolExecutor(limits.workers, "query")
        self._waiting = 0

    async def __aenter__(self) -> Pool:
        for _ in range(self.limits.workers):
            self._start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._all:
            worker.kill()
        self._threads.shutdown()
        for worker in self._all:
            worker.close()

    async def ask(self, job: Job, client: str) -> Reply:
        """The reply to a job of a client. Raises Busy. Where the task is cancelled, so is the query."""
        async with self._worker(client) as worker:
            call = asyncio.get_running_loop().run_in_executor(self._threads, worker.ask, job)
            try:
                return await call
            except asyncio.CancelledError:
                worker.kill()
                raise

    @asynccontextmanager
    async def _worker(self, client: str) -> AsyncIterator[Worker]:
        """A worker for one job, when it is the client's turn and one is idle."""
        turn = self._turns.setdefault(client, asyncio.Semaphore(self.limits.share))
        async with AsyncExitStack() as held:
            with self._place():
                try:
                    async with asyncio.timeout(self.limits.patience):
                        await held.enter_async_context(turn)
                        worker = await self._idle.get()
                except TimeoutError as error:
                    raise Busy(round(self.limits.seconds)) from error
            try:
                yield worker
            finally:
                self._back(worker)

    @contextmanager
    def _place(self) -> Iterator[None]:
        """A place in the queue."""
        if self._waiting >= self.limits.queue:
            raise Busy(round(self.limits.seconds))
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1

    def _back(self, worker: Worker) -> None:
        """Take a worker back, or put another in the place of one that is spent."""
        if not worker.spent:
            self._idle.put_nowait(worker)
            return
        self._all.discard(worker)
        self._start()
        self._threads.submit(worker.close)

    def _start(self) -> None:
        worker = Worker(self.folder, self.limits)
        self._all.add(worker)
        self._idle.put_nowait(worker)


def _obituary(code: int, limits: Limits) -> Reply:
    """What to tell a client whose query a process died of, by its exit code."""
    if code == -signal.SIGALRM:
        said = f"the query ran longer than {limits.seconds:g} s and was stopped; ask for less"
        return Reply(504, "text/plain", f"{said}\n".encode())
    if code == -signal.SIGSEGV:  # the stack overflows
        return Reply(
            422, "text/plain", b"the query has too many parts for the engine; ask for less at a time\n"
        )
    if code not in (-signal.SIGABRT, -signal.SIGKILL):  # of the allocator, and of a kernel short of memory
        return Reply(500, "text/plain", f"the process that asked ended with code {code}\n".encode())
    said = f"the query needs more than {limits.memory // 2**20} MB and was stopped; ask for less"
    return Reply(422, "text/plain", f"{said}\n".encode())
