"""The forms in which a thing can be taken away, chosen by `?format=` or by what the client accepts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from itertools import chain

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response

from kg import export
from kg.search import Index, named, saying
from kg.serve.site import Site
from kg.store.statements import Figure, Statement

_MOST = 2000  # facts, and figures, in one file
_BATCH = 200  # things named in one query
RDF = {"ttl": "text/turtle", "nt": "application/n-triples", "jsonld": "application/ld+json"}
_TYPES = RDF | {"json": "application/json", "csv": "text/csv"}
_ACCEPTED = {kind: form for form, kind in _TYPES.items()} | {
    "text/html": "html",
    "application/xhtml+xml": "html",
}


def wanted(request: Request) -> str:
    """The form asked for: one of ttl, nt, jsonld, json, csv, or html where no other is liked better."""
    asked = request.query_params.get("format")
    if asked in _TYPES:
        return str(asked)
    likes = [_liked(part) for part in request.headers.get("accept", "").lower().split(",")]
    known = [(quality, _ACCEPTED[kind]) for kind, quality in likes if kind in _ACCEPTED and quality > 0]
    return max(known, key=lambda like: like[0])[1] if known else "html"


def _liked(part: str) -> tuple[str, float]:
    kind, *parameters = (piece.strip() for piece in part.split(";"))
    quality = next((p.removeprefix("q=") for p in parameters if p.startswith("q=")), "1")
    return kind, float(quality) if quality.replace(".", "", 1).isdigit() else 0.0


def answer(site: Site, iri: str, form: str, part: str = "") -> Response:
    """What the graph says of a thing in a form other than HTML; `part` of a CSV is facts or figures."""
    rdf = form in RDF
    content = export.rdf(described(site, iri), form) if rdf else _TABLES[form](site.index, iri, part)
    name = f"{iri.rsplit('/', 1)[-1][:80]}.{form}".encode("ascii", "replace").decode().replace("?", "_")
    safe = "".join(c if c.isalnum() or c in "._-%" else "_" for c in name)
    return Response(
        content,
        media_type=f"{_TYPES[form]}; charset=utf-8",
        headers={"Content-Disposition": f'inline; filename="{safe}"', "Vary": "Accept"},
    )


def described(site: Site, iri: str) -> list[ox.Triple]:
    """What the graph says of a thing, and of the statements about it with their proofs."""
    stated = [*_facts(site.index, iri), *_figures(site.index, iri)] or [iri]
    evidence = [proof.evidence for proof in chain(*saying.proofs(site.index, stated).values())]
    selectors = [f"{proof}#{part}" for proof in evidence for part in ("quote", "position")]
    subjects = dict.fromkeys([iri, *stated, *evidence, *selectors])
    found: list[ox.Triple] = []
    names = [ox.NamedNode(subject) for subject in subjects]
    for at in range(0, len(names), _BATCH):
        lot = {"x": names[at : at + _BATCH]}
        found += site.store.construct("CONSTRUCT { ?x ?p ?o } { VALUES ?x { UNDEF } ?x ?p ?o }", lot)
    return found


def _facts(index: Index, iri: str) -> list[str]:
    this = "(SELECT id FROM thing WHERE iri = ?)"
    rows = index.rows(
        f"""SELECT iri FROM (SELECT id, iri FROM fact WHERE subject = {this} UNION
        SELECT id, iri FROM fact WHERE object = {this}) ORDER BY id LIMIT {_MOST}""",
        (iri, iri),
    )
    return [fact for (fact,) in rows]


def _figures(index: Index, iri: str) -> list[str]:
    query = "SELECT iri FROM figure WHERE about = (SELECT id FROM thing WHERE iri = ?) ORDER BY id LIMIT ?"
    return [figure for (figure,) in index.rows(query, (iri, _MOST))]


def _known(index: Index, iri: str) -> tuple[list[Statement], list[Figure]]:
    facts = [*saying.statements(index, _facts(index, iri)).values()]
    where = f"f.about = (SELECT id FROM thing WHERE iri = ?) ORDER BY f.id LIMIT {_MOST}"
    return facts, saying.figures(index, where, (iri,))


def _csv(index: Index, iri: str, part: str) -> bytes:
    facts, figures = _known(index, iri)
    ends = chain.from_iterable((f.subject, f.object) for f in facts)
    names = _names(index, [iri, *ends])
    return export.figures_table(figures, names) if part == "figures" else export.facts_table(facts, names)


def _json(index: Index, iri: str, part: str) -> bytes:
    facts, figures = _known(index, iri)
    content = {
        "thing": asdict(named(index, [iri])[iri]),
        "facts": [asdict(fact) for fact in facts],
        "figures": [asdict(figure) for figure in figures],
        "names": _names(index, chain.from_iterable((f.subject, f.object) for f in facts)),
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _names(index: Index, iris: Iterable[str]) -> Mapping[str, str]:
    return {iri: hit.name for iri, hit in named(index, iris).items()}


_TABLES: dict[str, Callable[[Index, str, str], bytes]] = {"json": _json, "csv": _csv}
