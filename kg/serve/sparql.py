"""The SPARQL 1.1 endpoint: the query operation of the Protocol, and reading by the Graph Store Protocol.

Nothing is asked in this process: a job goes to a worker, and what comes back is passed on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from urllib.parse import parse_qsl

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from kg.serve.site import site
from kg.workers import Job, Reply
from kg.workers.formats import GRAPHS, chosen
from kg.workers.pool import Busy, Pool

FORM, QUERY = "application/x-www-form-urlencoded", "application/sparql-query"
CUT = "Fangzhi-Rows-Left-Out"  # the header that says so
_GRAPH = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
_READING = Middleware(
    CORSMiddleware,
    allow_origins=["*"],
    allow_methods=["GET", "POST"],
    allow_headers=["*"],
    expose_headers=[CUT],
)


class Refusal(ValueError):
    """A request that is no query, with the status that says so."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status


async def _sparql(request: Request) -> Response:
    if request.method == "OPTIONS":
        return Response(status_code=204, headers={"Allow": "GET, HEAD, POST, OPTIONS"})
    try:
        job = _job(request, await _parameters(request))
    except Refusal as error:
        return PlainTextResponse(f"{error}\n", error.status)
    return response(await asked(request, job))


async def _graphs(request: Request) -> Response:
    """One graph, whole: of a page by its name, or the union of all."""
    given = parse_qsl(request.url.query, keep_blank_values=True)
    names = [value for key, value in given if key == "graph"]
    accept = request.headers.get("accept", "*/*")
    if (len(names), len(given)) != (1, 1) and given != [("default", "")]:
        return PlainTextResponse("give either ?default or ?graph= with the address of one graph\n", 400)
    written = site(request).folder / "graph.ttl"
    if not names and chosen(accept, GRAPHS) == GRAPHS[0] and written.exists():
        return FileResponse(written, media_type=GRAPHS[0].media)
    reply = await asked(request, Job(_GRAPH, accept, default=tuple(names)))
    if reply.status == 400:
        return PlainTextResponse("there is no graph of that name here\n", 404)
    if reply.cut:
        return PlainTextResponse("the graph is too large for this format; take it as text/turtle\n", 413)
    return response(reply)


async def asked(request: Request, job: Job) -> Reply:
    """The reply to a job. A client that goes away takes its query with it."""
    pool = request.app.state.pool
    assert isinstance(pool, Pool)
    client = request.client.host if request.client else ""
    asking = asyncio.create_task(pool.ask(job, client))
    gone = asyncio.create_task(_gone(request))
    try:
        await asyncio.wait({asking, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not asking.done():
            asking.cancel()
            return Reply(499, "text/plain", b"")
        return asking.result()
    except Busy as error:
        return Reply(429, "text/plain", f"{error}\n".encode(), after=error.after)
    finally:
        gone.cancel()


async def _gone(request: Request) -> None:
    while not await request.is_disconnected():
        await asyncio.sleep(0.1)


def response(reply: Reply) -> Response:
    """A reply as HTTP."""
    headers = {"Vary": "Accept"}
    if reply.after:
        headers["Retry-After"] = str(reply.after)
    if reply.cut:
        headers[CUT] = "true"
    media = reply.media if reply.media.startswith("application/") else f"{reply.media}; charset=utf-8"
    return Response(reply.body, reply.status, headers, media)


def _job(request: Request, given: Sequence[tuple[str, str]]) -> Job:
    """The query that parameters ask for."""
    queries = [value for name, value in given if name == "query"]
    if any(name == "update" for name, _ in given):
        raise Refusal(403, "this endpoint is for reading; it takes no updates")
    if len(queries) != 1:
        raise Refusal(400, "give one query")
    return Job(
        queries[0],
        request.headers.get("accept", "*/*"),
        next((value for name, value in given if name == "format"), ""),
        tuple(value for name, value in given if name == "default-graph-uri"),
        tuple(value for name, value in given if name == "named-graph-uri"),
        notice=f"{request.base_url}sparql#limits",
    )


async def _parameters(request: Request) -> list[tuple[str, str]]:
    """The parameters of a request, whichever way it carries them."""
    address = _decoded(request.scope["query_string"])
    if request.method in ("GET", "HEAD"):
        return address
    media, _, rest = request.headers.get("content-type", "").lower().partition(";")
    charset = rest.partition("charset=")[2].strip(' "')
    if media.strip() not in (FORM, QUERY) or charset not in ("", "utf-8", "utf8"):
        raise Refusal(415, f"post a query as {QUERY} or as {FORM}, in UTF-8")
    body = await _body(request)
    if media.strip() == FORM:
        return _decoded(body)
    try:
        return [*((name, value) for name, value in address if name != "query"), ("query", body.decode())]
    except UnicodeDecodeError as error:
        raise Refusal(400, "the query is not UTF-8") from error


def _decoded(text: bytes) -> list[tuple[str, str]]:
    try:
        pairs = parse_qsl(text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=1000)
    except ValueError as error:
        raise Refusal(
            400, "the parameters are not as they should be: names and values, percent-encoded UTF-8"
        ) from error
    return pairs


async def _body(request: Request) -> bytes:
    """The body, not read beyond what a query may have."""
    most = request.app.state.pool.limits.query
    parts, size = [], 0
    async for part in request.stream():
        parts.append(part)
        size += len(part)
        if size > most:
            raise Refusal(413, f"a query may have {most} bytes")
    return b"".join(parts)


routes = (
    Route("/sparql", _sparql, methods=["GET", "POST", "OPTIONS"], middleware=[_READING]),
    Route("/graphs", _graphs, methods=["GET"], middleware=[_READING]),
)
