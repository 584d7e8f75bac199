"""What is found in the index: things by any of their names, articles by the words of their text."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from kg.search.folding import fold, phrase, phrases
from kg.search.index import Index

Item = TypeVar("Item")

CANDIDATES = 2000  # forms of names that are looked at: those of the things that most is told of
_LETTERS = 12  # initials longer than this are a word in Latin letters


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that was found by the name `form`, and how many facts, figures and articles tell of it."""

    form: str
    iri: str
    type: str
    name: str
    english: str
    latin: str
    city: str  # the code of the division of prefecture or province level that it lies in
    facts: int
    figures: int
    articles: int
    code: str
    lat: float | None
    long: float | None


@dataclass(frozen=True, slots=True)
class Text:
    """An article that was found; `said`: how many proofs it gives. `excerpt`: before, the match, after."""

    excerpt: tuple[str, str, str]
    iri: str
    title: str
    published: str
    place: str
    paper: str
    said: int


@dataclass(frozen=True, slots=True)
class Found(Generic[Item]):
    """One page of what was found, how much there is, and how it divides: facet, value, count."""

    items: Sequence[Item]
    total: int
    facets: Mapping[str, Sequence[tuple[str, int]]] = field(default_factory=dict)


def suggest(index: Index, text: str, limit: int = 10) -> list[Hit]:
    """The things that somebody who typed this far most likely means."""
    return _ranked(index, text)[:limit]


def things(
    index: Index, text: str, kind: str = "", place: str = "", at: int = 0, size: int = 20
) -> Found[Hit]:
    """The things so named, of one class and prefecture where these are given, `size` of them from `at` on."""
    hits = _ranked(index, text)
    kept = [hit for hit in hits if kind in ("", hit.type) and place in ("", hit.city)]
    facets = {
        "kind": Counter(hit.type for hit in hits if place in ("", hit.city)).most_common(),
        "place": Counter(hit.city for hit in hits if hit.city and kind in ("", hit.type)).most_common(),
    }
    return Found(kept[at : at + size], len(kept), facets)


def _ranked(index: Index, text: str) -> list[Hit]:
    """The whole name before its beginning, before initials, before a part of it; then by how much is told."""
    wanted = fold(text)
    if not wanted:
        return []
    columns = "f.thing, f.sort, f.folded, f.text"
    rows = index.rows(
        f"""SELECT {columns} FROM form f WHERE folded = ? UNION
        SELECT {columns} FROM (SELECT rowid AS r FROM names WHERE names MATCH ? LIMIT {CANDIDATES})
        JOIN form f ON f.id = r""",
        (wanted, phrase(text)),
    )
    if wanted.isascii() and len(wanted) <= _LETTERS:
        rows += index.rows(
            f"""SELECT {columns} FROM form f WHERE sort = 'initials' AND folded >= ? AND folded < ?
            LIMIT {CANDIDATES}""",
            (wanted, wanted + "\uffff"),
        )
    best: dict[int, tuple[int, str]] = {}
    for thing, sort, folded, form in rows:
        best[thing] = min(best.get(thing, (9, "")), (_sense(wanted, sort, folded), form))
    hits = _hits(index, {thing: form for thing, (_, form) in best.items()})
    order = sorted(hits, key=lambda at: (best[at][0], -_told(hits[at]), len(hits[at].name), hits[at].iri))
    return [hits[at] for at in order]


def _sense(wanted: str, sort: str, folded: str) -> int:
    """How near a form is to what was typed."""
    if sort == "initials":
        return 3 if folded == wanted else 4
    if folded == wanted:
        return 0 if sort == "main" else 1
    return 2 if folded.startswith(wanted) else 5


def named(index: Index, iris: Iterable[str]) -> dict[str, Hit]:
    """The things of these IRIs that the graph knows."""
    marks = ",".join("?" * len(wanted := sorted(set(iris))))
    ids = [at for (at,) in index.rows(f"SELECT id FROM thing WHERE iri IN ({marks})", wanted)]
    return {hit.iri: hit for hit in _hits(index, dict.fromkeys(ids, "")).values()}


def titled(index: Index, iris: Iterable[str]) -> dict[str, Hit]:
    """Articles under their titles; those that the index does not know are left out."""
    wanted = list(dict.fromkeys(iris))
    marks = ",".join("?" * len(wanted))
    rows = index.rows(f"SELECT iri, title FROM article WHERE iri IN ({marks})", wanted)
    return {iri: Hit("", iri, "Article", title, "", "", "", 0, 0, 0, "", None, None) for iri, title in rows}


def _told(hit: Hit) -> int:
    return hit.facts + hit.figures + hit.articles


def _hits(index: Index, forms: Mapping[int, str]) -> dict[int, Hit]:
    ids = ",".join(map(str, forms))
    rows = index.rows(
        f"""SELECT id, iri, type, name, english, latin, city, facts, figures, articles, code, lat, long
        FROM thing WHERE id IN ({ids})"""
    )
    return {at: Hit(forms[at], *about) for at, *about in rows}


def articles(
    index: Index, text: str, place: str = "", paper: str = "", year: str = "", at: int = 0, size: int = 20
) -> Found[Text]:
    """The articles that hold every word, the most fitting first, or the newest where no word is asked for."""
    query, values = "FROM article a WHERE 1", list[object]()
    if wanted := phrases(text):
        query, values = "FROM texts JOIN article a ON a.id = texts.rowid WHERE texts MATCH ?", [wanted]
    chosen = {"place": place, "paper": paper, "year": year}
    divided = index.rows(
        f"SELECT a.place, a.paper, substr(a.published, 1, 4) AS y, count(*) {query} GROUP BY 1, 2, 3", values
    )
    kept = " AND ".join(f"{_COLUMNS[name]} = ?" for name, value in chosen.items() if value) or "1"
    order = "bm25(texts, 4.0, 1.0), a.id" if wanted else "a.id"
    rows = index.rows(
        f"""SELECT a.iri, a.title, a.published, a.place, a.paper, a.said, a.body {query} AND {kept}
        ORDER BY {order} LIMIT ? OFFSET ?""",
        (*values, *filter(None, chosen.values()), size, at),
    )
    texts = [Text(_excerpt(body, text), *told) for *told, body in rows]
    return Found(texts, *_divided(divided, chosen))


_COLUMNS = {"place": "a.place", "paper": "a.paper", "year": "substr(a.published, 1, 4)"}


def _divided(
    rows: Sequence[Sequence[str | int]], chosen: Mapping[str, str]
) -> tuple[int, dict[str, list[tuple[str, int]]]]:
    """How many articles are of what was chosen, and for each facet what the choice of the others leaves."""
    total, facets = 0, {name: Counter[str]() for name in chosen}
    for *values, count in rows:
        told = dict(zip(chosen, map(str, values), strict=True))
        off = [name for name, value in chosen.items() if value and told[name] != value]
        total += int(count) if not off else 0
        for name in facets:
            if told[name] and set(off) <= {name}:
                facets[name][told[name]] += int(count)
    return total, {name: counted.most_common() for name, counted in facets.items()}


def _excerpt(body: bytes, text: str, before: int = 24, after: int = 90) -> tuple[str, str, str]:
    """The text around the first word that it holds as it was typed, or its beginning."""
    whole = zlib.decompress(body).decode() if body else ""
    places = [(whole.find(word), len(word)) for word in text.split()]
    at, length = min(((at, n) for at, n in places if at >= 0), default=(0, 0))
    start = max(0, at - before)
    lead = "…" if start else ""
    return lead + whole[start:at], whole[at : at + length], whole[at + length : at + length + after]
