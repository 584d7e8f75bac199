"""What is said on each side of a conflict, and by how many who do not repeat one another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from kg import witnesses
from kg.answers import Named
from kg.store import Store
from kg.store.rows import batched
from kg.store.statements import Figure, Proof, Statement

Kind = Literal["value", "change", "holder", "denial", "outcome"]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the things said: the statements that agree on it. `witnesses` are independent of one another."""

    says: str
    statements: tuple[Figure | Statement, ...]
    witnesses: int
    proofs: tuple[Proof, ...]  # by date

    @property
    def published(self) -> str:
        """The last day on which it was said."""
        return self.proofs[-1].published


@dataclass(frozen=True, slots=True)
class Conflict:
    """What sources disagree on. The side of most witnesses comes first, of a revision the latest."""

    kind: Kind
    about: Named
    what: str  # the metric, the post, or the relation
    first: str  # of the period, ISO days; nothing where there is none
    last: str
    sides: tuple[Side, ...]
    revision: bool  # not at odds: one voice told a figure anew, or a fact was denied later than it was told
    confidence: float  # that they speak of the same


class Voices:
    """Which paper, or which source, each article speaks for, and which articles are reprints."""

    def __init__(self, store: Store, articles: Iterable[str]) -> None:
        self._voice: dict[str, str] = {}
        self._print: dict[str, str] = {}
        query = """SELECT ?article ?page ?paper ?source ?told { VALUES ?article { UNDEF }
            ?article prov:wasDerivedFrom ?page OPTIONAL { ?page fz:paper ?paper }
            OPTIONAL { ?article fz:source ?source } OPTIONAL { ?article fz:fingerprint ?told } }"""
        for article, page, paper, source, told in batched(store, query, "article", articles):
            self._voice[article] = source or paper or page
            self._print[article] = told

    def count(self, proofs: Iterable[Proof]) -> int:
        """How many independent witnesses the articles of these proofs are."""
        voices = {proof.article: self._voice.get(proof.article, proof.page) for proof in proofs}
        return len(witnesses.independent(voices, self._print))

    def revised(self, sides: Sequence[Side]) -> bool:
        """Whether one voice says it all, each side on days of its own."""
        voices = {self._voice.get(proof.article, proof.page) for side in sides for proof in side.proofs}
        days = [{proof.published for proof in side.proofs} for side in sides]
        every = set[str]().union(*days)
        return len(voices) == 1 and len(every) == sum(map(len, days)) and "" not in every


def when(proof: Proof) -> tuple[str, str, int]:
    """By date, then by place."""
    return proof.published, proof.page, proof.start
