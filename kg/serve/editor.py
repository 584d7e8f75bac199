"""The page on which SPARQL is written and asked: examples with their parameters, answers in several views.

Everything is in the address, so that it works without a script and a link reproduces it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kg import harmless, queries, view
from kg.iris import FZ, PREFIXES
from kg.queries import Query, QueryError
from kg.serve import looks, results
from kg.serve.asking import Refusal, asked, job
from kg.serve.results import SIZE, Shown
from kg.serve.site import site
from kg.workers import Reply

_FIRST = """SELECT ?firm ?product {
  ?firm fz:exports ?product
}
LIMIT 50
"""
_ACCEPT = "application/sparql-results+json, application/n-triples"
_FILES = {"SELECT": ("csv", "tsv", "json", "xml"), "ASK": ("json", "xml")}
_TRIPLES = ("ttl", "nt", "rdf", "jsonld")


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the editor: the text, the question that it was made from, whether it is to be run."""

    text: str
    question: Query | None = None
    values: Mapping[str, str] | None = None
    runs: bool = False
    problem: str = ""


async def page(request: Request, given: Sequence[tuple[str, str]]) -> Response:
    """The page, with the answer where there is a query."""
    written = await run_in_threadpool(_written, request, dict(given))
    if written.question and written.question.then == "path":
        ends = {name: (written.values or {}).get(name, "") for name in ("from", "to")}
        return RedirectResponse(f"/network?{urlencode(ends)}", 303)
    if not written.runs:
        return _page(request, written, 404 if written.problem else 200)
    named = [(name, value) for name, value in given if name.endswith("-graph-uri")]
    reply = await asked(request, job(request, [("query", written.text), *named], _ACCEPT))
    answer = await run_in_threadpool(results.shown, site(request).index, reply) if reply.form else None
    shown = _page(request, written, reply.status, reply, answer)
    if reply.after:
        shown.headers["Retry-After"] = str(reply.after)
    return shown


def _written(request: Request, given: Mapping[str, str]) -> Written:
    """What the address asks: a query, or a question by name whose parameters have the values given."""
    name = given.get("name", "")
    if "update" in given:
        raise Refusal(403, "this endpoint is for reading; it takes no updates")
    if "query" in given:
        return Written(given["query"], runs=bool(given["query"].strip()))
    if name not in queries.names():
        return Written(_FIRST)
    question = queries.load(name)
    said = {p.name: given[p.name].strip() for p in question.parameters if p.name in given}
    values = said or dict(question.example)
    if question.then:
        return Written("", question, values)
    try:
        return Written(queries.filled(site(request).store, question, values), question, values, runs=True)
    except QueryError as error:
        return Written(
            queries.filled(site(request).store, _free(question), {}), question, values, problem=str(error)
        )


def _free(question: Query) -> Query:
    """The question with nothing filled in."""
    return Query(question.name, question.text)


def _page(
    request: Request, written: Written, status: int, reply: Reply | None = None, answer: Shown | None = None
) -> Response:
    at, wanted = looks.number(request, "at"), request.query_params.get("view", "")
    refused = reply.body.decode().strip() if reply and not answer else ""
    address = f"{request.base_url}sparql"
    return looks.page(
        request,
        "sparql.html",
        status,
        written=written,
        problem=written.problem or refused,
        spot=(reply.line, reply.column) if reply else (0, 0),
        answer=answer,
        view=wanted if answer and wanted in answer.views else "table",
        at=at,
        size=SIZE,
        files=_FILES.get(reply.form, _TRIPLES) if reply and answer else (),
        questions=[queries.load(name) for name in queries.names()],
        terms=_terms(),
        said=results.said,
        number=results.number,
        code=_code(address, written.text, reply.form if reply else ""),
        limits=request.app.state.pool.limits,
    )


@cache
def _terms() -> str:
    """The prefixes and the terms of the ontology with their names, for completion."""
    terms = [{"term": f"fz:{name}", **names} for name, names in sorted(view.labels().items())]
    content: dict[str, Any] = {"prefixes": {**PREFIXES, "fz": FZ}, "terms": terms}
    return harmless.script(json.dumps(content, ensure_ascii=False, separators=(",", ":")))


def _code(address: str, query: str, form: str) -> dict[str, str]:
    """Programs that ask the same."""
    graph = form in ("CONSTRUCT", "DESCRIBE")
    result = "TURTLE" if graph else "JSON"
    quoted = query.replace("'", "'\\''")
    python = (
        f"from SPARQLWrapper import {result}, POST, SPARQLWrapper\n\n"
        f"endpoint = SPARQLWrapper({address!r})\nendpoint.setMethod(POST)\n"
        f"endpoint.setReturnFormat({result})\n"
        f"endpoint.setQuery({query!r})\nprint(endpoint.queryAndConvert(){'.decode()' if graph else ''})\n"
    )
    accept = "text/turtle" if graph else "text/csv"
    curl = f"curl -H 'Accept: {accept}' {address} \\\n  --data-urlencode 'query={quoted}'\n"
    return {"Python": python, "curl": curl}
