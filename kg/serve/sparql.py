"""The SPARQL 1.1 endpoint: the query operation of the Protocol, and reading by the Graph Store Protocol.

Nothing is asked in this process: a job goes to a worker, and what comes back is passed on.
"""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from kg.serve import editor, offers
from kg.serve.asking import Refusal, asked, job
from kg.serve.site import site
from kg.workers import Job, Reply
from kg.workers.formats import GRAPHS, chosen, wants_html

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


async def _sparql(request: Request) -> Response:
    if request.method == "OPTIONS":
        return Response(status_code=204, headers={"Allow": "GET, HEAD, POST, OPTIONS"})
    reading = request.method in ("GET", "HEAD")
    try:
        given = await _parameters(request)
        names = {name for name, _ in given}
        if reading and "format" not in names and wants_html(request.headers.get("accept", "")):
            return await editor.page(request, given)
        if reading and not names & {"query", "update"}:
            return offers.description(request)
        return response(await asked(request, job(request, given)))
    except Refusal as error:
        return PlainTextResponse(f"{error}\n", error.status)


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


def response(reply: Reply) -> Response:
    """A reply as HTTP."""
    headers = {"Vary": "Accept"}
    if reply.after:
        headers["Retry-After"] = str(reply.after)
    if reply.cut:
        headers[CUT] = "true"
    media = reply.media if reply.media.startswith("application/") else f"{reply.media}; charset=utf-8"
    return Response(reply.body, reply.status, headers, media)


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
