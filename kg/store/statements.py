"""Reads statements, figures and their proofs back out of a store, as plain records for views and exports."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from kg.iris import FZ, key
from kg.store import Store
from kg.store.sparql import Bindings, Term

BATCH = 500  # things named in one query


@dataclass(frozen=True, slots=True)
class Proof:
    """Where a page says it: the very characters `start` to `end` of `page`. `article` is an IRI."""

    quote: str
    start: int
    end: int
    rule: str
    page: str
    title: str
    published: str
    evidence: str  # IRIs of the proof itself and of the article
    article: str


@dataclass(frozen=True, slots=True)
class Thing:
    """What facts and figures are about.

    `names` are its other names in Chinese, slips of the press included, `romanised` those in Latin letters.
    """

    iri: str
    type: str
    name: str
    english: str
    latin: str
    names: tuple[str, ...]
    romanised: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A fact as stored, its predicate as `exports`."""

    iri: str
    subject: str
    predicate: str
    object: str
    role: str
    confidence: str
    proofs: tuple[Proof, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """An observation as stored: `value` in `unit`, scale multiplied out; `text` is how the page puts it."""

    iri: str
    about: str
    metric: str
    value: str
    unit: str
    text: str
    qualifier: str
    first: str
    last: str
    kind: str
    change: str
    change_unit: str
    basis: str
    rank: str
    out_of: str
    confidence: str
    proofs: tuple[Proof, ...]


@dataclass(frozen=True, slots=True)
class Milestone:
    """A stage of a project as stored: `first` to `last` where the page dates it. `kind`: Actual or Target."""

    iri: str
    project: str
    stage: str
    kind: str
    first: str
    last: str
    proofs: tuple[Proof, ...]


class _Record:
    """What a store says of one thing."""

    def __init__(self) -> None:
        self._values: defaultdict[str, set[Term]] = defaultdict(set)

    def add(self, predicate: str, value: Term) -> None:
        self._values[predicate].add(value)

    def all(self, predicate: str) -> list[Term]:
        return sorted(self._values[predicate], key=str)

    def get(self, predicate: str) -> str:
        """The value, the largest where several pages give one each, or nothing."""
        return max((term.value for term in self._values[predicate]), default="")


def triples(store: Store) -> list[tuple[str, str, str, str]]:
    """All facts as (fact, subject, predicate, object)."""
    rows = _rows(store, "?f a fz:Fact ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o", "?f ?s ?p ?o")
    return sorted((f.value, s.value, p.value.removeprefix(FZ), o.value) for f, s, p, o in rows)


def divisions(store: Store, iris: Iterable[str]) -> list[tuple[str, str]]:
    """Which of the things lies in which other by what was known before reading: places without a fact."""
    inside = set(iris)
    rows = rows_of(store, inside, "?x fz:locatedIn ?o ; fz:code ?code . ?o fz:code ?other", "?x ?o")
    return sorted((x.value, o.value) for x, o in rows if o.value in inside)


def mentioned(store: Store) -> list[str]:
    """Everything that a page names or says something of, in order."""
    ways = ("?x fz:mentionedIn ?o", "?o rdf:subject ?x", "?o rdf:object ?x", "?o fz:about ?x")
    return sorted({x.value for way in ways for (x,) in _rows(store, way, "?x")})


def counts(store: Store) -> Counter[str]:
    """How many figures each thing has."""
    return Counter(about.value for _, about in _rows(store, "?o a fz:Observation ; fz:about ?x", "?o ?x"))


def statements(store: Store, iris: Iterable[str]) -> list[Statement]:
    """The facts named, with their proofs."""
    return _statements(store, iris, "rdf:subject", "rdf:predicate", "rdf:object")


def denials(store: Store, iris: Iterable[str]) -> list[Statement]:
    """The denials named: facts that pages say are not so, or no longer, with their proofs."""
    return _statements(store, iris, "fz:deniedSubject", "fz:deniedRelation", "fz:deniedObject")


def _statements(store: Store, iris: Iterable[str], *ends: str) -> list[Statement]:
    records = _records(store, iris)
    proofs = _proofs(store, records)
    subject, predicate, value = ends
    return [
        Statement(
            iri,
            record.get(subject),
            record.get(predicate).removeprefix(FZ),
            record.get(value),
            record.get("fz:role"),
            record.get("fz:confidence"),
            proofs[iri],
        )
        for iri, record in records.items()
    ]


def figures(store: Store, about: Iterable[str]) -> list[Figure]:
    """The figures of the things named, with their proofs, the latest period first."""
    return observations(store, (o.value for (o,) in rows_of(store, about, "?o fz:about ?x", "?o")))


def observations(store: Store, iris: Iterable[str]) -> list[Figure]:
    """The figures named, with their proofs, the latest period first."""
    records = _records(store, iris)
    proofs, labels = _proofs(store, records), _names(store, records)
    made = [_figure(iri, record, labels, proofs[iri]) for iri, record in records.items()]
    made.sort(key=lambda figure: (figure.metric, figure.iri))
    return sorted(made, key=lambda figure: figure.last, reverse=True)


def milestones(store: Store, projects: Iterable[str]) -> list[Milestone]:
    """The milestones of the projects named, with their proofs."""
    records = _records(store, (m.value for (m,) in rows_of(store, projects, "?m fz:milestoneOf ?x", "?m")))
    proofs = _proofs(store, records)

    def local(record: _Record, predicate: str) -> str:
        return record.get(predicate).removeprefix(FZ)

    return [
        Milestone(
            iri, r.get("fz:milestoneOf"), local(r, "fz:stage"), local(r, "fz:kind"),
            r.get("fz:periodStart"), r.get("fz:periodEnd"), proofs[iri],
        )
        for iri, r in records.items()
    ]  # fmt: skip


def things(store: Store, iris: Iterable[str]) -> dict[str, Thing]:
    """The things named, by IRI."""
    return {iri: _thing(iri, record) for iri, record in _records(store, iris).items()}


def _figure(iri: str, record: _Record, labels: Mapping[str, str], proofs: tuple[Proof, ...]) -> Figure:
    def label(predicate: str) -> str:
        return labels.get(record.get(predicate), record.get(predicate))

    return Figure(
        iri=iri,
        about=record.get("fz:about"),
        metric=label("fz:metric"),
        value=record.get("fz:value"),
        unit=label("fz:unit"),
        text=record.get("fz:valueText"),
        qualifier=record.get("fz:qualifier"),
        first=record.get("fz:periodStart"),
        last=record.get("fz:periodEnd"),
        kind=record.get("fz:kind").removeprefix(FZ),
        change=record.get("fz:change"),
        change_unit=label("fz:changeUnit"),
        basis=record.get("fz:changeBasis"),
        rank=record.get("fz:rank"),
        out_of=record.get("fz:rankOutOf"),
        confidence=record.get("fz:confidence"),
        proofs=proofs,
    )


def _thing(iri: str, record: _Record) -> Thing:
    main = [*record.all("rdfs:label"), *record.all("skos:prefLabel")]
    others = [*record.all("skos:altLabel"), *record.all("skos:hiddenLabel")]
    names: dict[str, str] = {}
    for term in main:
        names.setdefault(_language(term), term.value)
    types = [term.value.removeprefix(FZ) for term in record.all("rdf:type") if term.value.startswith(FZ)]
    return Thing(
        iri=iri,
        type=next(iter(types), ""),
        name=names.get("zh") or next(iter(names.values()), key(iri).partition(":")[2]),
        english=names.get("en", ""),
        latin=names.get("zh-latn", ""),
        names=tuple(dict.fromkeys(term.value for term in others if _language(term) == "zh")),
        romanised=tuple(dict.fromkeys(term.value for term in others if _language(term) != "zh")),
    )


def _language(term: Term) -> str:
    return ((isinstance(term, Literal) and term.language) or "zh").lower()


def _names(store: Store, records: Mapping[str, _Record]) -> dict[str, str]:
    """Metrics by their Chinese label, units by their notation."""
    used = {record.get(p) for record in records.values() for p in ("fz:metric", "fz:unit", "fz:changeUnit")}
    found = _records(store, used)
    return {iri: record.get("skos:notation") or _thing(iri, record).name for iri, record in found.items()}


def _proofs(store: Store, records: Mapping[str, _Record]) -> dict[str, tuple[Proof, ...]]:
    evidence = _records(store, (e.value for record in records.values() for e in record.all("fz:evidence")))
    places = _records(store, (s.value for record in evidence.values() for s in record.all("oa:hasSelector")))
    articles = _records(store, (record.get("oa:hasSource") for record in evidence.values()))
    pages = _records(store, (record.get("prov:wasDerivedFrom") for record in articles.values()))

    def proof(iri: str) -> Proof:
        record = evidence[iri]
        found = [places[s.value] for s in record.all("oa:hasSelector")]
        quote, start, end = (
            "".join(f.get(name) for f in found) for name in ("oa:exact", "oa:start", "oa:end")
        )
        source = record.get("oa:hasSource")
        article = articles[source]
        page = pages[article.get("prov:wasDerivedFrom")].get("rdfs:label")
        title, published = article.get("rdfs:label"), article.get("fz:published")
        rule = record.get("fz:rule")
        return Proof(quote, int(start or 0), int(end or 0), rule, page, title, published, iri, source)

    return {iri: tuple(proof(e.value) for e in record.all("fz:evidence")) for iri, record in records.items()}


def _records(store: Store, iris: Iterable[str]) -> dict[str, _Record]:
    """What the store says of each, if only nothing, in order of their IRIs."""
    records = {iri: _Record() for iri in sorted(set(iris))}
    for thing, predicate, value in rows_of(store, records, "?x ?p ?v", "?x ?p ?v"):
        records[thing.value].add(key(predicate.value), value)
    return records


def rows_of(store: Store, iris: Iterable[str], pattern: str, wanted: str) -> Iterator[tuple[Term, ...]]:
    """The rows of `pattern` with ?x bound to the IRIs, so many a query."""
    named = sorted(set(iris) - {""})
    for at in range(0, len(named), BATCH):
        lot = [NamedNode(iri) for iri in named[at : at + BATCH]]
        yield from _rows(store, f"VALUES ?x {{ UNDEF }} {pattern}", wanted, {"x": lot})


def _rows(
    store: Store, pattern: str, wanted: str, bindings: Bindings | None = None
) -> Iterator[tuple[Term, ...]]:
    for row in store.select(f"SELECT DISTINCT {wanted} {{ {pattern} }}", bindings).rows:
        yield tuple(cell for cell in row if isinstance(cell, NamedNode | Literal))
