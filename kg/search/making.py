"""Writes `search.sqlite`: what the explorer must find at once, taken out of the graph of one generation.

Forms of names stand in the order of how much is told of their things, so that the first rows that the
full-text index yields are the ones that matter.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import zlib
from collections.abc import Iterable
from contextlib import closing
from importlib.resources import files
from pathlib import Path

from pyoxigraph import QuerySolutions

from kg.iris import ENTITIES, FZ, ID
from kg.search.folding import fold, grams, initials
from kg.store import Embedded
from kg.store.sparql import prepared

_FAST = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA temp_store=FILE;"
_KINDS = "|".join((*ENTITIES, "metric"))
# What the graph is asked; each answer becomes a temporary table, its variables columns.
_ASKED = {
    "names": """SELECT ?x ?label (LANG(?label) AS ?l) ?p {
        VALUES ?p { rdfs:label skos:prefLabel skos:altLabel skos:hiddenLabel } ?x ?p ?label }""",
    "things": f"""SELECT ?x (MIN(?class) AS ?type) {{ ?x a ?class
        FILTER(STRSTARTS(STR(?class), "{FZ}") && REGEX(STR(?x), "^{ID}({_KINDS})/")) }} GROUP BY ?x""",
    "facts": """SELECT ?f ?s ?p ?o ?c ?role { ?f rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o .
        OPTIONAL { ?f fz:confidence ?c } OPTIONAL { ?f fz:role ?role } }""",
    "figures": """SELECT ?f ?x ?m ?k ?a ?z ?v ?u ?t0 ?q ?d ?du ?b ?r ?ro ?c {
        ?f fz:about ?x ; fz:metric ?m . OPTIONAL { ?f fz:kind ?k }
        OPTIONAL { ?f fz:periodStart ?a ; fz:periodEnd ?z } OPTIONAL { ?f fz:value ?v }
        OPTIONAL { ?f fz:unit/skos:notation ?u } OPTIONAL { ?f fz:valueText ?t0 }
        OPTIONAL { ?f fz:qualifier ?q } OPTIONAL { ?f fz:change ?d }
        OPTIONAL { ?f fz:changeUnit/skos:notation ?du } OPTIONAL { ?f fz:changeBasis ?b }
        OPTIONAL { ?f fz:rank ?r } OPTIONAL { ?f fz:rankOutOf ?ro } OPTIONAL { ?f fz:confidence ?c } }""",
    "proofs": """SELECT ?x ?e ?a ?rule ?start ?end ?quote { ?x fz:evidence ?e .
        ?e oa:hasSource ?a ; fz:rule ?rule ; oa:hasSelector ?q , ?s .
        ?q oa:exact ?quote . ?s oa:start ?start ; oa:end ?end }""",
    "articles": """SELECT ?a ?page (SAMPLE(?n) AS ?file) (SAMPLE(?i) AS ?number) (MIN(?t) AS ?title)
        (MAX(?d) AS ?day) (MIN(?h) AS ?home) (MIN(?s) AS ?paper) {
        ?a fz:partOfPage ?page ; fz:number ?i ; rdfs:label ?t . ?page fz:fileName ?n
        OPTIONAL { ?a fz:published ?d } OPTIONAL { ?a fz:home ?h } OPTIONAL { ?a fz:source ?s } }
        GROUP BY ?a ?page""",
    "mentions": "SELECT ?x ?a { ?x fz:mentionedIn ?a }",
    "located": "SELECT ?x ?code { { ?x fz:locatedIn/fz:code ?code } UNION { ?x fz:code ?code } }",
    "within": "SELECT ?x ?y { ?x fz:locatedIn ?y ; fz:code ?code . ?y fz:code ?other }",
    "codes": "SELECT ?x ?code ?lat ?long { ?x fz:code ?code OPTIONAL { ?x wgs:lat ?lat ; wgs:long ?long } }",
}


def make(path: Path, store: Embedded, texts: Iterable[tuple[str, str]] = ()) -> None:
    """Write the index of a store to `path`, whole or not at all; `texts` are the articles' by their IRI."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    with closing(sqlite3.connect(fresh, isolation_level=None)) as db:
        db.create_function("local", 1, _local, deterministic=True)
        db.executescript(f"{_FAST} BEGIN; {_sql('tables')} COMMIT;")
        for name, question in _ASKED.items():
            _ask(db, store, name, question)
        db.executescript(f"BEGIN; {_sql('joined')} COMMIT;")
        db.execute("BEGIN")
        _cities(db)
        _forms(db)
        _texts(db, texts)
        _meta(db)
        db.execute("COMMIT")
        db.execute("ANALYZE")
    fresh.replace(path)


def _sql(name: str) -> str:
    return (files("kg.search") / f"{name}.sql").read_text("utf-8")


def _local(iri: str | None) -> str | None:
    """The name of a term or thing within its namespace."""
    return re.split("[/#]", iri)[-1] if iri else iri


def _ask(db: sqlite3.Connection, store: Embedded, name: str, question: str) -> None:
    """Put the answer into a table row by row: a graph of a million facts is never whole in memory."""
    found = store.engine.query(prepared(question, None))
    assert isinstance(found, QuerySolutions)
    columns = [f'"{variable.value}"' for variable in found.variables]
    db.execute(f"CREATE TEMP TABLE asked_{name} ({', '.join(f'{column} TEXT' for column in columns)})")
    db.execute("BEGIN")
    rows = (tuple(getattr(cell, "value", None) for cell in row) for row in found)
    db.executemany(f"INSERT INTO asked_{name} VALUES ({', '.join('?' * len(columns))})", rows)
    db.execute("COMMIT")


def _cities(db: sqlite3.Connection) -> None:
    """The division of prefecture level, or else of province level, that each thing lies in."""
    known = {code for (code,) in db.execute("SELECT code FROM thing WHERE type IN ('City', 'Province')")}
    best: dict[str, str] = {}
    for iri, code in db.execute("SELECT x, code FROM asked_located WHERE length(code) >= 6 ORDER BY x, code"):
        city = next((c for c in (code[:4] + "00", code[:2] + "0000") if c in known), "")
        if city and (iri not in best or best[iri].endswith("0000")):
            best[iri] = city
    db.executemany("UPDATE thing SET city = ? WHERE iri = ?", ((city, iri) for iri, city in best.items()))


def _forms(db: sqlite3.Connection) -> None:
    """All names of all things, and the initials of their Chinese names."""
    rows = db.execute(
        """SELECT t.id, n.label, n.l, n.p LIKE '%#label' FROM thing t JOIN asked_names n ON n.x = t.iri
        GROUP BY t.id, n.label ORDER BY t.facts + t.figures + t.articles DESC, t.id, n.p DESC, n.label"""
    ).fetchall()
    for thing, label, language, main in rows:
        sort = "main" if main else "other"
        _form(db, thing, label, fold(label), sort, language)
        if language == "zh" and (letters := initials(label)):
            _form(db, thing, label, letters, "initials", language)
    db.execute("CREATE INDEX form_folded ON form (folded)")
    db.execute("CREATE INDEX form_thing ON form (thing)")


def _form(db: sqlite3.Connection, *values: str) -> None:
    thing, label, folded, sort, language = values
    at = db.execute(
        "INSERT INTO form (thing, text, folded, sort, language) VALUES (?, ?, ?, ?, ?)",
        (thing, label, folded, sort, language),
    ).lastrowid
    if sort != "initials":
        db.execute("INSERT INTO names (rowid, grams) VALUES (?, ?)", (at, grams(label)))


def _texts(db: sqlite3.Connection, texts: Iterable[tuple[str, str]]) -> None:
    """Titles and texts of the articles."""
    bodies = db.cursor()
    for iri, text in texts:
        bodies.execute("UPDATE article SET body = ? WHERE iri = ?", (zlib.compress(text.encode()), iri))
    for at, title, body in db.execute("SELECT id, title, body FROM article ORDER BY id"):
        text = zlib.decompress(body).decode() if body else ""
        row = (at, grams(title), grams(text))
        bodies.execute("INSERT INTO texts (rowid, title, body) VALUES (?, ?, ?)", row)


def _meta(db: sqlite3.Connection) -> None:
    """What the first page tells."""

    def counted(table: str) -> int:
        (number,) = db.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(number)

    days = db.execute("SELECT min(published), max(published) FROM article WHERE published > ''")
    places = db.execute(
        """SELECT t.iri, t.name, n FROM (SELECT place, count(*) AS n FROM article WHERE place > '' GROUP BY 1)
        JOIN thing t ON t.code = place ORDER BY n DESC, t.iri LIMIT 12"""
    )
    relations = db.execute("SELECT relation FROM fact GROUP BY 1 ORDER BY count(*) DESC, 1")
    told = {
        "things": dict(db.execute("SELECT type, count(*) FROM thing GROUP BY type")),
        "facts": counted("fact"),
        "figures": counted("figure"),
        "articles": counted("article"),
        "pages": counted("(SELECT DISTINCT page FROM article)"),
        "days": days.fetchone(),
        "places": places.fetchall(),
        "relations": [relation for (relation,) in relations],
    }
    db.execute("INSERT INTO meta VALUES (?)", (json.dumps(told),))
