"""What is known of a thing, as data for its page: no more of it than a page shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg.iris import PREFIXES
from kg.search import Choice, Edge, Hit, Index, Kind, named, ways
from kg.search import saying as told
from kg.serve import charts, maps, web
from kg.store.statements import Figure, Proof

SHOWN, MORE = 8, 50  # facts of one kind on the page of a thing, and on a page of their own
FIGURES = 30  # in the table
CHARTED = 400  # figures that charts are drawn from
NEIGHBOURS = 14
ARTICLES = 12


@dataclass(frozen=True, slots=True)
class Link:
    """A fact about a thing, seen from it."""

    iri: str
    other: Hit
    role: str
    confidence: str
    proofs: tuple[Proof, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Facts of one kind, those that most articles say first, from number `at` on."""

    kind: Kind
    links: Sequence[Link]
    at: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """An article that mentions a thing."""

    iri: str
    title: str
    published: str
    file: str


@dataclass(frozen=True, slots=True)
class About:
    """The page of a thing. `within`: what it lies in, the nearest first."""

    hit: Hit
    names: Sequence[str]
    within: Sequence[Hit]
    groups: Sequence[Group]
    figures: Sequence[Figure]
    owners: Mapping[str, Hit] | None  # whose figures they are, where it is not the thing's own
    charts: Sequence[charts.Chart]
    web: web.Web | None
    map: maps.Map | None
    articles: Sequence[Source]


def about(index: Index, iri: str) -> About | None:
    """All of a thing, or nothing where the graph does not know it."""
    hit = named(index, [iri]).get(iri)
    if hit is None:
        return None
    within = holders(index, iri)
    shown = figures(index, iri, size=FIGURES)
    return About(
        hit=hit,
        names=forms(index, iri, hit),
        within=within,
        groups=groups(index, iri, [(kind, 0, SHOWN) for kind in ways.kinds(index, iri)]),
        figures=shown,
        owners=owners(index, shown) if hit.type == "Metric" else None,
        charts=[] if hit.type == "Metric" else charts.charts(figures(index, iri, size=CHARTED)),
        web=neighbours(index, iri),
        map=_map(hit, within),
        articles=sources(index, iri, size=ARTICLES),
    )


def groups(
    index: Index, iri: str, wanted: Iterable[tuple[Kind, int, int]]
) -> list[Group]:  # fmt: skip
    """The facts of each kind wanted, so many from a number on."""
    lots = [(kind, at, ways.facts(index, iri, kind, at, size)) for kind, at, size in wanted]
    known = told.statements(index, [fact for *_, lot in lots for fact in lot])
    others = named(index, (end for fact in known.values() for end in (fact.subject, fact.object)))
    return [
        Group(
            kind,
            [
                Link(
                    fact, others[known[fact].subject if kind.inverse else known[fact].object],
                    known[fact].role, known[fact].confidence, known[fact].proofs,
                )
                for fact in lot
            ],
            at,
        )
        for kind, at, lot in lots
    ]  # fmt: skip


def figures(index: Index, iri: str, metric: str = "", at: int = 0, size: int = FIGURES) -> list[Figure]:
    """Figures of a thing, or those of a metric, the latest period first."""
    column = "metric" if "/metric/" in iri else "about"
    where, values = f"f.{column} = (SELECT id FROM thing WHERE iri = ?)", [iri]
    if metric:
        where += " AND m.name = ?"
        values.append(metric)
    return told.figures(index, f"{where} ORDER BY f.id LIMIT ? OFFSET ?", (*values, size, at))


def owners(index: Index, figures: Iterable[Figure]) -> dict[str, Hit]:
    """Whose figures they are."""
    return named(index, (figure.about for figure in figures))


def forms(index: Index, iri: str, hit: Hit) -> list[str]:
    """The other names of a thing, the Chinese ones first."""
    rows = index.rows(
        """SELECT DISTINCT text FROM form WHERE thing = (SELECT id FROM thing WHERE iri = ?)
        AND sort <> 'initials' ORDER BY language = 'zh' DESC, id""",
        (iri,),
    )
    return [text for (text,) in rows if text != hit.name]


def holders(index: Index, iri: str) -> list[Hit]:
    """The divisions that hold a place or a thing in it, the nearest first."""
    rows = index.rows(
        """WITH RECURSIVE up (id, step) AS (
          SELECT whole, 1 FROM within WHERE part = (SELECT id FROM thing WHERE iri = ?)
          UNION SELECT whole, step + 1 FROM within JOIN up ON part = up.id WHERE step < 6)
        SELECT iri FROM up JOIN thing USING (id) GROUP BY iri ORDER BY min(step)""",
        (iri,),
    )
    known = named(index, (holder for (holder,) in rows))
    return [known[holder] for (holder,) in rows]


def neighbours(index: Index, iri: str) -> web.Web | None:
    """A drawing of those that most is told of among what a thing has facts with."""
    edges = ways.around(index, iri, Choice(), 4 * NEIGHBOURS)
    kept = list(dict.fromkeys(end for edge in edges for end in (edge.subject, edge.object) if end != iri))
    ends = {iri, *kept[:NEIGHBOURS]}
    drawn: list[Edge] = [edge for edge in edges if {edge.subject, edge.object} <= ends]
    return web.web(iri, drawn, named(index, ends)) if drawn else None


def sources(index: Index, iri: str, at: int = 0, size: int = ARTICLES) -> list[Source]:
    """The articles that mention a thing, the newest first."""
    rows = index.rows(
        """SELECT a.iri, a.title, a.published, a.file FROM mention JOIN article a ON a.id = mention.article
        WHERE thing = (SELECT id FROM thing WHERE iri = ?) ORDER BY mention.article LIMIT ? OFFSET ?""",
        (iri, size, at),
    )
    return [Source(*row) for row in rows]


def _map(hit: Hit, within: Sequence[Hit]) -> maps.Map | None:
    """Where it is, or else where what holds it is."""
    if hit.type == "Metric":
        return None
    place = next(
        (place for place in (hit, *within) if place.lat is not None and place.long is not None), None
    )
    if place is None or place.lat is None or place.long is None:
        return None
    return maps.around(place.name, place.code, place.lat, place.long)


def questions(iri: str) -> Mapping[str, str]:
    """The SPARQL behind each part of the page, by the part."""
    this = str(ox.NamedNode(iri))
    head = "\n".join(f"PREFIX {name}: <{PREFIXES[name]}>" for name in ("fz", "rdf", "rdfs", "oa"))
    return {part: f"{head}\n\n{text.replace('?THIS', this)}" for part, text in _QUESTIONS.items()}


_PROOF = "fz:evidence ?proof . ?proof oa:hasSource/fz:title ?article ; oa:hasSelector/oa:exact ?quotation"
_QUESTIONS = {
    "facts": f"""SELECT ?relation ?object ?quotation ?article WHERE {{
  ?fact rdf:subject ?THIS ; rdf:predicate ?relation ; rdf:object ?object ; {_PROOF}
}} ORDER BY ?relation ?object""",
    "links": f"""SELECT ?subject ?relation ?quotation ?article WHERE {{
  ?fact rdf:object ?THIS ; rdf:predicate ?relation ; rdf:subject ?subject ; {_PROOF}
}} ORDER BY ?relation ?subject""",
    "figures": f"""SELECT ?metric ?from ?to ?kind ?value ?unit ?printed ?quotation ?article WHERE {{
  ?figure fz:about ?THIS ; fz:metric ?metric ; fz:kind ?kind ; {_PROOF}
  OPTIONAL {{ ?figure fz:periodStart ?from ; fz:periodEnd ?to }}
  OPTIONAL {{ ?figure fz:value ?value ; fz:unit ?unit }}
  OPTIONAL {{ ?figure fz:valueText ?printed }}
}} ORDER BY DESC(?to) ?metric""",
    "articles": """SELECT ?article ?title ?published WHERE {
  ?THIS fz:mentionedIn ?article . ?article fz:title ?title
  OPTIONAL { ?article fz:published ?published }
} ORDER BY DESC(?published) ?title""",
}
