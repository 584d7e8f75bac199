"""What the words of `kg correct` and `kg judge` point at in a graph: a thing, a fact or a figure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pyoxigraph as ox

from kg import known, lookup
from kg.iris import FZ, ID, iri, key
from kg.model import Fact, Observation
from kg.resolve import fold
from kg.rules import table
from kg.shelf import Shelf
from kg.store import Store, statements
from kg.store.statements import Figure, Proof, Statement
from kg.verdicts import RULE, Judgement, VerdictError, mark

Target = Statement | Figure
_ID = re.compile(rf"(?:{re.escape(ID)})?(?P<kind>fact|observation)[:/](?P<local>[0-9a-f]{{20}})")
_SHOWN = 6  # candidates named in an error


def thing(store: Store, name: str) -> str:
    """The key of a thing. Raises UnknownName where the name stands for nothing, or for several things."""
    return key(known.one(store, name))


def two(store: Store, a: str, b: str) -> tuple[str, str]:
    """The keys of two things, if only they were two before they were found to be one.

    Raises VerdictError where the names are of one thing alone.
    """
    one, other = thing(store, a), thing(store, b)
    if one == other:
        held = {fold(k.partition(":")[2]): k for k in forms(store, one)}
        one, other = (held.get(fold(name), one) for name in (a, b))
    if one == other:
        raise VerdictError(f"{a} and {b} are both {one}; give two keys, such as ent:{a}")
    return one, other


def forms(store: Store, thing: str) -> list[str]:
    """A thing's key, and those of pages that were found to stand for it."""
    query = "SELECT DISTINCT ?old { VALUES ?x { UNDEF } ?link fz:linkTo ?x ; fz:linkFrom ?old }"
    return [thing, *sorted(key(old) for old in _iris(store, query, iri(thing)))]


def statement(store: Store, words: Sequence[str]) -> Target:
    """The fact or figure that words point at: its IRI or id, or subject, relation and object by name.

    A figure is `SUBJECT METRIC`, with what is printed where it has several. Raises VerdictError, UnknownName.
    """
    found = list(_candidates(store, words))
    if len(found) == 1:
        return found[0]
    said = " ".join(words)
    if not found:
        raise VerdictError(f"the graph says nothing like {said!r}; look with: kg show {words[0]} --ids")
    several = ", ".join(f"{key(f.iri)} ({told(store, f)})" for f in found[:_SHOWN])
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    raise VerdictError(f"{said!r} may be {several}{more}; give one of them")


def _candidates(store: Store, words: Sequence[str]) -> Iterator[Target]:
    if len(words) == 1:
        yield from _by_id(store, words[0])
    elif len(words) == 3 and words[1] in table("relations"):
        subject, value = (ox.NamedNode(known.one(store, name)) for name in (words[0], words[2]))
        query = """SELECT DISTINCT ?fact { VALUES ?s { UNDEF } VALUES ?p { UNDEF } VALUES ?o { UNDEF }
            ?fact a fz:Fact ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o }"""
        terms = {"s": [subject], "p": [ox.NamedNode(f"{FZ}{words[1]}")], "o": [value]}
        rows = store.select(query, terms).rows
        yield from statements.statements(
            store, [cell.value for (cell,) in rows if isinstance(cell, ox.NamedNode)]
        )
    elif len(words) in (2, 3):
        for figure in statements.figures(store, [known.one(store, words[0])]):
            if words[1] == figure.metric and [*words[2:]] in ([], [printed(figure)]):
                yield figure
    else:
        raise VerdictError(
            "name one fact or figure: its id, or SUBJECT RELATION OBJECT, or SUBJECT METRIC [PRINTED]"
        )


def _by_id(store: Store, word: str) -> Iterator[Target]:
    found = _ID.fullmatch(word)
    if not found:
        raise VerdictError(f"{word!r} is the id of no fact or figure; see them with: kg show NAME --ids")
    this = iri(f"{found['kind']}:{found['local']}")
    if not store.ask("ASK { VALUES ?x { UNDEF } ?x a ?class }", {"x": [ox.NamedNode(this)]}):
        return
    if found["kind"] == "fact":
        yield from statements.statements(store, [this])
    else:
        yield from statements.observations(store, [this])


def _iris(store: Store, query: str, x: str) -> list[str]:
    rows = store.select(query, {"x": [ox.NamedNode(x)]}).rows
    return [cell.value for (cell,) in rows if isinstance(cell, ox.NamedNode)]


def printed(figure: Figure) -> str:
    """What stands for a figure in a judgement."""
    return mark(figure.text, figure.change, figure.change_unit, figure.rank)


def told(store: Store, target: Target) -> str:
    """A fact or a figure in words."""
    if isinstance(target, Statement):
        names = lookup.names(store, (target.subject, target.object))
        subject, value = (names.get(end, key(end)) for end in (target.subject, target.object))
        return " ".join(filter(None, (subject, target.predicate, value, target.role)))
    subject = lookup.names(store, [target.about]).get(target.about, key(target.about))
    days = "/".join(dict.fromkeys(filter(None, (target.first, target.last))))
    return " ".join(filter(None, (subject, target.metric, printed(target), days, target.kind)))


def judgements(
    store: Store, shelf: Shelf, target: Target, like: Judgement, page: str = ""
) -> list[Judgement]:
    """A judgement such as `like` for each proof of a fact or figure, or each on one page, by its quotation.

    A subject or object that `like` gives may go by any name. The things of the statement are named by the
    keys that the pages of the shelf give them, which later pages cannot change. Raises VerdictError where
    there is none that no other judgement has seen to.
    """
    proofs = [p for p in target.proofs if page in ("", p.page)]
    if not proofs:
        raise VerdictError(
            f"{page} does not say so, but {', '.join(sorted({p.page for p in target.proofs}))}"
        )
    fresh = [p for p in proofs if not p.rule.startswith(RULE)]
    if not fresh:
        raise VerdictError("a judgement made it what it is; find and take that back first: kg judge list")
    if like.verdict in ("subject", "object"):
        like = replace(like, value=thing(store, like.value))
    return [
        replace(named, page=proof.page, quote=" ".join(proof.quote.split()))
        for proof in fresh
        for named in [_named(store, shelf, target, proof, like)]
    ]


def _named(store: Store, shelf: Shelf, target: Target, proof: Proof, like: Judgement) -> Judgement:
    """`like` with the parts of a statement, its things by the keys that the page of a proof gives them."""
    (page,) = _iris(store, "SELECT ?page { VALUES ?x { UNDEF } ?x fz:partOfPage ?page }", proof.article)
    read = shelf.extraction(key(page).partition(":")[2])
    every: tuple[Fact | Observation, ...] = (*read.facts, *read.observations) if read else ()
    said = [s for s in every if _says(s, proof)]
    if isinstance(target, Statement):
        owners, others = (set(forms(store, key(end))) for end in (target.subject, target.object))
        pairs = (
            (s.subject, s.object) for s in said if isinstance(s, Fact) and s.predicate == target.predicate
        )
        own = ((s, o) for s, o in pairs if s in owners and o in others)
        subject, value = next(own, (key(target.subject), key(target.object)))
        return replace(like, subject=subject, predicate=target.predicate, object=value)
    owners = set(forms(store, key(target.about)))
    figures = (s for s in said if isinstance(s, Observation) and s.metric == target.metric)
    subject = next((s.subject for s in figures if s.subject in owners), key(target.about))
    return replace(like, subject=subject, predicate=target.metric, object=_pointer(store, target))


def _says(said: Fact | Observation, proof: Proof) -> bool:
    """Whether a statement rests on the words of a proof."""
    return any((e.span.start, e.span.end) == (proof.start, proof.end) for e in said.evidence)


def _pointer(store: Store, target: Figure) -> str:
    """What stands for a figure, with its period where another that its words prove has the same number."""
    places = {(p.page, p.start) for p in target.proofs}
    for other in statements.figures(store, [target.about]):
        alike = (other.metric, printed(other)) == (target.metric, printed(target)) and other.iri != target.iri
        if alike and any((p.page, p.start) in places for p in other.proofs):
            return (
                f"{printed(target)}@{target.first}/{target.last}" if target.first else f"{printed(target)}@"
            )
    return printed(target)
