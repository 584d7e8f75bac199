"""An Extraction as quads: one named graph a page, no blank node, every name made from content.

The same extraction gives the same quads in the same order, whatever the order of its records.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from pyoxigraph import Literal, NamedNode, Quad

from kg import __version__
from kg.graph.judging import judged, rests_on
from kg.graph.things import (
    Edge,
    chinese,
    day,
    division_edges,
    entity_edges,
    known_metrics,
    metric_edges,
    number,
    unit_edges,
)
from kg.iris import digest, node, term
from kg.jumps import Piece
from kg.model import Article, Evidence, Extraction, Fact, Milestone, Observation, Page
from kg.witnesses import fingerprint

__all__ = ["article_node", "continued", "edges", "judged", "page_node", "quads"]

_OTHER_NAMES = ("skos:altLabel", "skos:hiddenLabel")
_DATES = {4: "gYear", 7: "gYearMonth", 10: "date"}


def quads(extraction: Extraction) -> list[Quad]:
    """All that one page says, in a graph named after the SHA-256 of the page, sorted."""
    graph = page_node(extraction.page)
    return sorted((Quad(s, term(p), o, graph) for s, p, o in edges(extraction)), key=str)


def edges(extraction: Extraction) -> Iterator[Edge]:
    """All that one page says, each statement once: what `quads` has, in no order and faster."""
    found = set(_edges(extraction))
    # A name is not another name of the same thing.
    named = {(s, o) for s, p, o in found if p in ("rdfs:label", "skos:prefLabel")}
    return ((s, p, o) for s, p, o in found if p not in _OTHER_NAMES or (s, o) not in named)


def continued(pairs: Iterable[tuple[Piece, Piece]]) -> Iterator[Quad]:
    """Links from pieces of articles to their beginnings on other pages, each in the graph of its page."""
    for first, piece in pairs:
        whole, part = (article_node(p, p.article.number) for p in (first, piece))
        yield Quad(part, term("fz:continues"), whole, page_node(piece))


def page_node(page: Page | Piece) -> NamedNode:
    """The page, which is also the name of its graph."""
    return node(f"page:{page.sha256}")


def article_node(page: Page | Piece, number: int) -> NamedNode:
    """An article: the page and its place there."""
    return node(f"article:{digest([page.sha256, number])}")


def _edges(extraction: Extraction) -> Iterator[Edge]:
    """The statements, with repetitions."""
    page = extraction.page
    yield from _page(extraction)
    for part in extraction.articles:
        yield from _article(page, part)
    for entity in extraction.entities:
        yield from entity_edges(entity)
        for article in entity.articles:
            yield node(entity.key), "fz:mentionedIn", article_node(page, article)
    certainty: dict[NamedNode, float] = {}  # where a page says a thing twice, the better reading counts
    for fact in extraction.facts:
        this = node(f"fact:{digest([fact.subject, fact.predicate, fact.object, fact.role])}")
        certainty[this] = max(fact.confidence, certainty.get(this, 0))
        yield from _fact(this, fact)
        yield from _evidence(page, this, fact.evidence)
    for observation in extraction.observations:
        this = node(f"observation:{digest(_said(observation))}")
        certainty[this] = max(observation.confidence, certainty.get(this, 0))
        yield from _observation(this, observation)
        yield from _evidence(page, this, observation.evidence)
    for milestone in extraction.milestones:
        this = node(
            f"milestone:{digest([milestone.subject, milestone.stage, milestone.kind, milestone.period])}"
        )
        certainty[this] = max(milestone.confidence, certainty.get(this, 0))
        yield from _milestone(this, milestone)
        yield from _evidence(page, this, milestone.evidence)
    for denial in extraction.denials:
        this = node(f"denial:{digest([denial.subject, denial.predicate, denial.object, denial.role])}")
        certainty[this] = max(denial.confidence, certainty.get(this, 0))
        yield from _denial(this, denial)
        yield from _evidence(page, this, denial.evidence)
    for this, confidence in certainty.items():
        yield this, "fz:confidence", number(round(Decimal(confidence), 3))


def _page(extraction: Extraction) -> Iterator[Edge]:
    """The file, and the one activity that read it."""
    page, issue, this = extraction.page, extraction.issue, page_node(extraction.page)
    activity = node(f"activity:{digest([page.sha256, __version__])}")
    agent = node(f"program:{__version__}")
    yield this, "rdf:type", term("fz:Page")
    yield this, "rdfs:label", Literal(page.name)
    yield this, "fz:fileName", Literal(page.name)
    yield this, "fz:sha256", Literal(page.sha256)
    if issue.paper:
        yield this, "fz:paper", chinese(issue.paper)
    yield from _dated(this, issue.published)
    yield from _home(this, issue.home)
    yield activity, "rdf:type", term("prov:Activity")
    yield activity, "prov:used", this
    yield activity, "prov:wasAssociatedWith", agent
    yield agent, "rdf:type", term("prov:SoftwareAgent")
    yield agent, "rdfs:label", Literal(f"fangzhi {__version__}")
    yield agent, "schema:softwareVersion", Literal(__version__)
    for article in extraction.articles:
        yield article_node(page, article.number), "prov:wasGeneratedBy", activity
        yield from _dated(article_node(page, article.number), issue.published)
        yield from _home(article_node(page, article.number), article.home or issue.home)


def _article(page: Page, article: Article) -> Iterator[Edge]:
    this = article_node(page, article.number)
    yield this, "rdf:type", term("fz:Article")
    yield this, "fz:partOfPage", page_node(page)
    yield this, "prov:wasDerivedFrom", page_node(page)
    yield this, "fz:number", number(article.number)
    span = article.title
    if title := _joined(page.text[span.start : span.end]) if span else article.headline:
        yield this, "rdfs:label", chinese(title)
        yield this, "fz:title", chinese(title)
    else:
        yield this, "rdfs:label", chinese(f"{page.name} {article.number}")
    if told := fingerprint("".join(page.text[part.start : part.end] for _, part in article.parts)):
        yield this, "fz:fingerprint", Literal(told)
    if source := article.source or page.source:
        origin = node(f"source:{source}")
        yield this, "fz:source", chinese(source)
        yield this, "prov:wasQuotedFrom", origin
        yield origin, "rdf:type", term("prov:Entity")
        yield origin, "rdfs:label", chinese(source)


def _dated(this: NamedNode, published: str | None) -> Iterator[Edge]:
    if published:
        yield this, "fz:published", Literal(published, datatype=term(f"xsd:{_DATES[len(published)]}"))


def _home(this: NamedNode, code: str | None) -> Iterator[Edge]:
    if code:
        yield this, "fz:home", node(f"place:{code}")
        yield from division_edges(code)


def _fact(this: NamedNode, fact: Fact) -> Iterator[Edge]:
    subject, predicate, value = node(fact.subject), term(f"fz:{fact.predicate}"), node(fact.object)
    yield subject, f"fz:{fact.predicate}", value
    yield this, "rdf:type", term("fz:Fact")
    yield this, "rdf:subject", subject
    yield this, "rdf:predicate", predicate
    yield this, "rdf:object", value
    if fact.role:
        yield this, "fz:role", chinese(fact.role)


def _denial(this: NamedNode, denied: Fact) -> Iterator[Edge]:
    """Its terms are not those of facts, so that who asks for facts is given no denials."""
    yield this, "rdf:type", term("fz:Denial")
    yield this, "fz:deniedSubject", node(denied.subject)
    yield this, "fz:deniedRelation", term(f"fz:{denied.predicate}")
    yield this, "fz:deniedObject", node(denied.object)
    if denied.role:
        yield this, "fz:role", chinese(denied.role)


def _observation(this: NamedNode, o: Observation) -> Iterator[Edge]:
    yield this, "rdf:type", term("fz:Observation")
    yield this, "fz:about", node(o.subject)
    yield this, "fz:metric", node(f"metric:{o.metric}")
    yield from metric_edges(o.metric)
    yield from _compared(this, o)
    yield this, "fz:kind", term(f"fz:{o.kind}")
    yield from _during(this, o.period)
    figures = {"value": o.value, "change": o.change, "rank": o.rank, "rankOutOf": o.rank_out_of}
    for name, figure in figures.items():
        if figure is not None:
            yield this, f"fz:{name}", number(figure)
    for name, unit in (("unit", o.unit), ("changeUnit", o.change_unit)):
        if unit:
            yield this, f"fz:{name}", node(f"unit:{unit}")
            yield from unit_edges(unit)
    texts = {"valueText": o.value_text, "qualifier": o.qualifier, "changeBasis": o.change_basis}
    for name, text in texts.items():
        if text:
            yield this, f"fz:{name}", Literal(text)


def _compared(this: NamedNode, o: Observation) -> Iterator[Edge]:
    """The series and the cell of a figure: what it can be compared with, and what it ought to agree with."""
    known = known_metrics().get(o.metric)
    of = o.subject, known["name"] if known else o.metric
    yield this, "fz:series", node(f"series:{digest(of)}")
    if o.period or o.subject.startswith("project:"):  # works have measures of no date
        yield this, "fz:cell", node(f"cell:{digest([*of, o.kind, o.period])}")


def _milestone(this: NamedNode, m: Milestone) -> Iterator[Edge]:
    yield this, "rdf:type", term("fz:Milestone")
    yield this, "fz:milestoneOf", node(m.subject)
    yield this, "fz:stage", term(f"fz:{m.stage}")
    yield this, "fz:kind", term(f"fz:{m.kind}")
    yield from _during(this, m.period)


def _during(this: NamedNode, period: tuple[date, date] | None) -> Iterator[Edge]:
    if period:
        yield this, "fz:periodStart", day(period[0])
        yield this, "fz:periodEnd", day(period[1])


def _said(o: Observation) -> Iterator[object]:
    """What an observation says, apart from how it is written."""
    yield from (o.subject, o.metric, o.unit, o.qualifier, o.kind)
    yield from o.period or (None, None)
    yield from (o.change_unit, o.change_basis, o.rank, o.rank_out_of)
    yield from (None if n is None else number(n).value for n in (o.value, o.change))


def _evidence(page: Page, statement: NamedNode, proofs: Iterable[Evidence]) -> Iterator[Edge]:
    for proof in proofs:
        span = proof.span
        this = node(f"evidence:{digest([page.sha256, span.start, span.end, proof.rule])}")
        quote, position = NamedNode(f"{this.value}#quote"), NamedNode(f"{this.value}#position")
        yield statement, "fz:evidence", this
        yield from rests_on(statement, proof.rule)
        yield this, "rdf:type", term("oa:SpecificResource")
        yield this, "oa:hasSource", article_node(page, proof.article)
        yield this, "oa:hasSelector", quote
        yield this, "oa:hasSelector", position
        yield this, "fz:rule", Literal(proof.rule)
        yield quote, "rdf:type", term("oa:TextQuoteSelector")
        yield quote, "oa:exact", Literal(proof.quote)
        yield position, "rdf:type", term("oa:TextPositionSelector")
        yield position, "oa:start", number(span.start)
        yield position, "oa:end", number(span.end)


def _joined(printed: str) -> str:
    """A printed title on one line: line breaks between Chinese characters vanish."""
    return re.sub(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])", "", " ".join(printed.split()))
