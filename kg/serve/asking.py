"""From a request to a job for the workers, and to its reply."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from starlette.requests import Request

from kg.workers import Job, Reply
from kg.workers.pool import Busy, Pool


class Refusal(ValueError):
    """A request that is no query, with the status that says so."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status


async def asked(request: Request, job: Job) -> Reply:
    """The reply to a job. A client that goes away takes its query with it."""
    pool = request.app.state.pool
    assert isinstance(pool, Pool)
    client = request.client.host if request.client else ""
    asking = asyncio.create_task(pool.ask(job, client))
    gone = asyncio.create_task(_gone(request))
    try:
        await asyncio.wait({asking, gone}, return_when=asyncio.FIRST_COMPLETED)
        return asking.result() if asking.done() else Reply(499, "text/plain", b"")
    except Busy as error:
        return Reply(429, "text/plain", f"{error}\n".encode(), after=error.after)
    finally:
        gone.cancel()
        asking.cancel()


async def _gone(request: Request) -> None:
    while not await request.is_disconnected():
        await asyncio.sleep(0.1)


def job(request: Request, given: Sequence[tuple[str, str]], accept: str = "") -> Job:
    """The query that parameters ask for, in a form that `accept` takes, or else the client."""
    queries = [value for name, value in given if name == "query"]
    if any(name == "update" for name, _ in given):
        raise Refusal(403, "this endpoint is for reading; it takes no updates")
    if len(queries) != 1:
        raise Refusal(400, "give one query")
    return Job(
        queries[0],
        accept or request.headers.get("accept", "*/*"),
        next((value for name, value in given if name == "format"), ""),
        tuple(value for name, value in given if name == "default-graph-uri"),
        tuple(value for name, value in given if name == "named-graph-uri"),
        notice=f"{request.base_url}sparql#limits",
    )
