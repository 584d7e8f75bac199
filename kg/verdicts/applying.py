"""Judgements applied to what was read of a page: found again by quotation, whatever its place or its rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeVar

from kg import gazetteer, resolve, rules
from kg.model import Entity, Evidence, Extraction, Fact, Observation, Problem, Span
from kg.pipeline import ONLY_IF_USED
from kg.resolve import fold
from kg.verdicts import disputes, mending
from kg.verdicts.records import RULE, Judgement, Verdicts, printed
from kg.verdicts.retyping import retyped

Statement = TypeVar("Statement", Fact, Observation)
_CLASS = {prefix: kind for kind, prefix in resolve.PREFIX.items()}


class Corrected(NamedTuple):
    """A page as people say that it is to be read, and the judgements that found what they are about."""

    extraction: Extraction
    applied: frozenset[Judgement]


def corrected(read: Extraction, verdicts: Verdicts, of: Callable[[str], str] = lambda key: key) -> Corrected:
    """What a page says after the corrections of `verdicts`; identity is not looked at.

    `of` gives the key under which the things of `read` stand, where identity has been settled already. A
    statement is the one judged if it says the same of the same things, by key or by name, and a proof of it
    overlaps the quotation, white space apart. Where judgements meet in one proof and contradict each other,
    none of them counts, and the extraction has a problem that names them.
    """
    lines = (*verdicts.statements.get(read.page.name, ()), *verdicts.statements.get("", ()))
    mended, applied = _mended_page(read, lines, of) if lines else (read, frozenset[Judgement]())
    changed, types = retyped(mended, verdicts.types)
    return Corrected(changed, applied | types)


def _mended_page(read: Extraction, lines: Sequence[Judgement], of: Callable[[str], str]) -> Corrected:
    page = _Page(read, lines, of)
    facts = tuple(new for fact in read.facts for new in page.judged(fact))
    figures = tuple(new for figure in read.observations for new in page.judged(figure))
    problems = tuple(dict.fromkeys((*read.problems, *page.problems)))
    changed = replace(read, facts=facts, observations=figures, problems=problems)
    return Corrected(replace(changed, entities=tuple(_entities(read, changed))), frozenset(page.applied))


class _Page:
    """A page while it is corrected: its text without white space, the names of its things, what was met."""

    def __init__(self, read: Extraction, lines: Sequence[Judgement], of: Callable[[str], str]) -> None:
        self.name, self.of, self.lines = read.page.name, of, lines
        self.at = [i for i, c in enumerate(read.page.text) if not c.isspace()]
        self.text = "".join(read.page.text.split())
        self.names = {e.key: {fold(form) for form in (e.name, *e.aliases, *e.raw)} for e in read.entities}
        self.places: dict[str, list[Span]] = {}
        self.applied: set[Judgement] = set()
        self.problems: list[Problem] = []

    def judged(self, said: Statement) -> Iterator[Statement]:
        """A statement as it is to stand, apart for proofs that are judged apart."""
        lines = [j for j in self.lines if self._speaks(j, said)]
        proofs: defaultdict[frozenset[Judgement], list[Evidence]] = defaultdict(list)
        for proof in said.evidence:
            proofs[frozenset(j for j in lines if self._meets(j, proof))].append(proof)
        for judgements, kept in proofs.items():
            if agreed := sorted(judgements - self._quarrel(judgements, kept[0])):
                yield from _mended(said, agreed, kept)
            else:
                yield replace(said, evidence=tuple(kept))
            self.applied.update(judgements)

    def _quarrel(self, judgements: frozenset[Judgement], proof: Evidence) -> frozenset[Judgement]:
        torn = disputes.quarrel(judgements)
        if torn:
            told, remedy = disputes.told(torn), disputes.REMEDY
            self.problems.append(Problem(self.name, told, remedy, proof.span, "error"))
        return torn

    def _speaks(self, j: Judgement, said: Fact | Observation) -> bool:
        """Whether a judgement is about a statement of this content."""
        if isinstance(said, Fact):
            same = j.predicate == said.predicate and self._is(j.object, said.object)
        else:
            same = j.predicate == said.metric and _figure(j.object, said)
        return same and self._is(j.subject, said.subject)

    def _is(self, wanted: str, key: str) -> bool:
        """Whether a thing of the page is the one wanted, under a fuller name or another class perhaps."""
        known = self.of(wanted) == self.of(key)
        return known or fold(wanted.partition(":")[2]) in self.names.get(key, ())

    def _meets(self, j: Judgement, proof: Evidence) -> bool:
        span = proof.span
        return not j.quote or any(p.start < span.end and span.start < p.end for p in self._find(j.quote))

    def _find(self, quote: str) -> list[Span]:
        """Where the page has these words, white space apart."""
        words = "".join(quote.split())
        if words not in self.places:
            found: list[Span] = []
            start = self.text.find(words)
            while start >= 0:
                found.append(Span(self.at[start], self.at[start + len(words) - 1] + 1))
                start = self.text.find(words, start + 1)
            self.places[words] = found
        return self.places[words]


def _figure(wanted: str, said: Observation) -> bool:
    """Whether a figure is the one that a line names by what is printed, and by its period where need be."""
    text, at, days = wanted.partition("@")
    told = "/".join(day.isoformat() for day in said.period or ())
    return (days == told or not at) and (text == printed(said) or mending.equals(text, said))


def _mended(
    said: Statement, judgements: Sequence[Judgement], proofs: Sequence[Evidence]
) -> Iterator[Statement]:
    """What people put in place of a statement: nothing, or the same with other parts, proved by them."""
    if any(j.verdict == "retract" for j in judgements):
        return
    parts = {name: part for j in judgements for name, part in mending.checked(j).items()}
    own = tuple(replace(proof, rule=f"{RULE}{j.id}") for proof in proofs for j in judgements)
    yield replace(said, **parts, evidence=own, confidence=1.0)


def _entities(before: Extraction, after: Extraction) -> Iterator[Entity]:
    """The things of the page, without goods and groups of which nothing is said any more, with new ones."""
    used, articles = set(_uses(before)), defaultdict[str, set[int]](set)
    for key, article in _uses(after):
        articles[key].add(article)
    known = {e.key for e in before.entities}
    gone = {key for key, _ in used} - articles.keys()
    for e in before.entities:
        if e.key not in gone or e.type not in ONLY_IF_USED:
            yield replace(e, articles=tuple(sorted({*e.articles, *articles.get(e.key, ())})))
    for key in sorted(articles.keys() - known):
        yield replace(_thing(key), articles=tuple(sorted(articles[key])))


def _uses(read: Extraction) -> Iterator[tuple[str, int]]:
    """The things that statements are about, each with an article that says so."""
    for f in (*read.facts, *read.denials):
        yield from ((key, proof.article) for proof in f.evidence for key in (f.subject, f.object))
    for o in read.observations:
        yield from ((o.subject, proof.article) for proof in o.evidence)
    for m in read.milestones:
        yield from ((m.subject, proof.article) for proof in m.evidence)


def _thing(key: str) -> Entity:
    """A thing that the page does not name, from its key."""
    prefix, _, local = key.partition(":")
    if prefix == "place" and local in gazetteer.divisions():
        return resolve.place(local)
    if prefix == "country":
        names = {row["iso3"]: row["name_zh"] for row in rules.lexicon("countries")}
        return Entity(key, "Country", names.get(local, local), code=local)
    return Entity(key, _CLASS.get(prefix, "Place"), local)
