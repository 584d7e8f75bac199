"""From a job to its reply, over an open store: checked, run with its dataset, written in a format."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from html import escape
from itertools import islice
from typing import Any

import pyoxigraph as ox

from kg import harmless
from kg.store.guard import checked
from kg.store.sparql import BadQuery, StoreError, bad_query, cell_json, prepared, unreadable
from kg.workers import Job, Limits, Reply
from kg.workers.formats import GRAPHS, RESULTS, TRUTHS, Format, chosen, named


class Refused(ValueError):
    """A job that is not done, with the status of HTTP that says so."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status


def answer(engine: ox.Store, job: Job, limits: Limits) -> Reply:
    """The reply to a job. Raises OSError or RuntimeError where the store cannot be read."""
    try:
        question = checked(job.query)
        offers = {"SELECT": RESULTS, "ASK": TRUTHS}.get(question.form, GRAPHS)
        form = named(job.format, offers) or chosen(job.accept, offers)
        if not form:
            raise Refused(406, f"{question.form} is answered as {', '.join(offer.media for offer in offers)}")
        _known(engine, (*question.graphs, *job.default, *job.named))
        body, cut = _body(engine, job, prepared(question.text, None), form, limits)
    except BadQuery as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        line, column = map(int, place.groups()) if place else (0, 0)
        return Reply(400, "text/plain", f"{error}\n".encode(), line=line, column=column)
    except StoreError as error:
        return Reply(400, "text/plain", f"{error}\n".encode())
    except Refused as error:
        return Reply(error.status, "text/plain", f"{error}\n".encode())
    return Reply(200, form.media, body, question.form, cut)


def _known(engine: ox.Store, graphs: tuple[str, ...]) -> None:
    for graph in graphs:
        try:
            known = engine.contains_named_graph(ox.NamedNode(graph))
        except ValueError:
            known = False
        if not known:
            raise Refused(
                400, "a graph that the query is to be asked of is not here: name graphs of this store only"
            )


def _body(engine: ox.Store, job: Job, query: str, form: Format, limits: Limits) -> tuple[bytes, bool]:
    graphs: dict[str, Any] = {}
    if job.default or job.named:
        graphs = {
            "default_graph": [ox.NamedNode(graph) for graph in job.default],
            "named_graphs": [ox.NamedNode(graph) for graph in job.named],
        }
    try:
        body, cut = _written(engine.query(query, **graphs), form, limits, job.notice)
    except SyntaxError as error:
        raise bad_query(query, str(error)) from error
    except RuntimeError as error:
        if unreadable(error):
            raise
        raise BadQuery(f"the query cannot be answered: {error}") from error
    if len(body) > limits.answer:
        raise Refused(413, f"the answer has more than {limits.answer} bytes; ask for less")
    return body, cut


def _written(found: object, form: Format, limits: Limits, notice: str) -> tuple[bytes, bool]:
    """The answer of an engine in a format, cut to its limits, and whether there was more."""
    if isinstance(found, ox.QueryBoolean):
        assert isinstance(form.writer, ox.QueryResultsFormat)
        return found.serialize(format=form.writer) or b"", False
    if isinstance(found, ox.QuerySolutions):
        rows = list(islice(found, limits.rows + 1))
        cut = len(rows) > limits.rows
        return _table([v.value for v in found.variables], rows[: limits.rows], form, notice * cut), cut
    assert isinstance(found, ox.QueryTriples)
    triples = list(islice(found, limits.triples + 1))
    cut = len(triples) > limits.triples
    return _graph(triples[: limits.triples], form, notice * cut), cut


def _table(columns: list[str], rows: list[ox.QuerySolution], form: Format, notice: str) -> bytes:
    """Rows in a format, by way of JSON: the engine's own writers cannot stop at a number of rows."""
    assert isinstance(form.writer, ox.QueryResultsFormat)
    plain = harmless.cell if form.writer == ox.QueryResultsFormat.CSV else str
    head = {"vars": columns} | ({"link": [notice]} if notice else {})
    content = {"head": head, "results": {"bindings": [dict(_cells(columns, row, plain)) for row in rows]}}
    written = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    if form.writer == ox.QueryResultsFormat.JSON:
        return written
    parsed = ox.parse_query_results(written, format=ox.QueryResultsFormat.JSON)
    body = parsed.serialize(format=form.writer) or b""
    if notice and form.writer == ox.QueryResultsFormat.XML:
        return body.replace(b"</head>", f'<link href="{escape(notice)}"/></head>'.encode(), 1)
    return body


def _cells(
    columns: list[str], row: ox.QuerySolution, plain: Callable[[str], str]
) -> Iterator[tuple[str, dict[str, str]]]:
    for name, cell in zip(columns, row, strict=True):
        if cell is not None:
            written = cell_json(cell)
            yield name, written | {"value": plain(written["value"])}


def _graph(triples: list[ox.Triple], form: Format, notice: str) -> bytes:
    body = form.written(triples)
    if notice and form.writer in (ox.RdfFormat.TURTLE, ox.RdfFormat.N_TRIPLES):
        return f"# There is more than these {len(triples)} triples: {notice}\n".encode() + body
    return body
