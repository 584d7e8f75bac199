"""Targets against what came of them, where a promise was missed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from kg import promises
from kg.conflicts.sides import Conflict, Side, Voices, when
from kg.conflicts.trust import Subject, trust
from kg.promises import Promise
from kg.store import Store
from kg.store.statements import Figure


def missed(store: Store, about: str | None) -> Iterator[Conflict]:
    """The promises that were missed, about the thing with that IRI and what lies in it, or all."""
    found = promises.find(store, about, "missed")
    told = (figure for promise in found for figure in (promise.target, *promise.settled))
    voices = Voices(store, (proof.article for figure in told for proof in figure.proofs))
    yield from (_conflict(promise, voices) for promise in found)


def _conflict(promise: Promise, voices: Voices) -> Conflict:
    target, settled = promise.target, promise.settled
    figures = (target, *settled)
    grown = not target.value
    promised = Decimal(target.change if grown else target.value)  # a target may be missed by far
    sure = round(trust([promised], figures, Subject(promise.about.name)), 2)
    sides = _side([target], grown, voices), _side(settled, grown, voices)
    return Conflict("outcome", promise.about, promise.what, target.first, promise.due, sides, False, sure)


def _side(figures: Sequence[Figure], grown: bool, voices: Voices) -> Side:
    one = figures[0]
    proofs = tuple(sorted({proof for figure in figures for proof in figure.proofs}, key=when))
    says = f"{one.basis}{Decimal(one.change):+f}{one.change_unit}" if grown else one.text or one.value
    return Side(f"{one.kind} {says}", tuple(figures), voices.count(proofs), proofs)
