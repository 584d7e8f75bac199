"""How sure it is that figures which differ are of one thing, and rightly read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations
from typing import Any

from kg.graph.things import known_metrics
from kg.rules import table
from kg.store.statements import Figure

_RULES: dict[str, Any] = table("conflicts")
_DOUBT: dict[str, float] = _RULES["doubt"]
_BARE, _RUNNING, _PLAIN, _YEARLY = (
    re.compile(_RULES["figures"][name]) for name in ("bare", "running", "plain", "yearly")
)
SHOWN: float = _DOUBT["shown"]
_OFF, _FAR, _FARTHER = Decimal("1.1"), Decimal("1.5"), 3
_DEICTIC = re.compile("[我全][国省市县区州]|[该本][公项]")
_DAY = len("2025-08-02")


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose figures they are, with all its names."""

    name: str
    aliases: list[str] = field(default_factory=list)


def yearly(figure: Figure) -> bool:
    """Whether a change is against the same time of the year before, as far as it is told."""
    return bool(_YEARLY.match(figure.basis))


def trust(values: Sequence[Decimal], figures: Sequence[Figure], subject: Subject) -> float:
    """From 0 to 1."""
    metric = figures[0].metric
    low, high = min(map(abs, values)), max(map(abs, values))
    apart = high / low if low else Decimal(_FARTHER + 1)
    leads = [_lead(figure, subject) for figure in figures]
    doubts = {
        "bare": bool(_BARE.match(metric)),
        "coined": metric not in known_metrics(),
        "running": bool(_RUNNING.search(metric)) or any(f.qualifier == "累计" for f in figures),
        "vague_date": any(len(proof.published) < _DAY for f in figures for proof in f.proofs),
        "target": figures[0].kind == "Target",
        "unnamed": not all(_named(figure, subject) for figure in figures),
        "scope": any(_apart(*pair) for pair in combinations(leads, 2)),
        "wording": len({metric in figure.proofs[0].quote for figure in figures}) > 1,
        "off": _FAR >= apart > _OFF,
        "far": _FARTHER >= apart > _FAR,
        "farther": apart > _FARTHER,
    }
    return _product(doubts) * min(float(figure.confidence or 1) for figure in figures)


def _product(doubts: Mapping[str, bool]) -> float:
    trust = 1.0
    for doubt, there in doubts.items():
        trust *= _DOUBT[doubt] if there else 1
    return trust


def _names(subject: Subject) -> list[str]:
    return sorted({subject.name, *subject.aliases}, key=len, reverse=True)


def _named(figure: Figure, subject: Subject) -> bool:
    """Whether quotations name whose figure it is, if only as 全市 or 我国."""
    quotes = "".join(f"{proof.quote}{proof.title}" for proof in figure.proofs)
    return any(name in quotes for name in _names(subject)) or bool(_DEICTIC.search(quotes))


def _lead(figure: Figure, subject: Subject) -> str:
    """What the words before the number say besides whose it is, of what and of when."""
    quote = figure.proofs[0].quote
    at = quote.find(figure.text) if figure.text else -1
    lead = quote[:at] if at >= 0 else quote
    for known in (figure.metric, *_names(subject)):
        lead = lead.replace(known, " ")
    words = "".join(sorted({*figure.metric}))
    return re.sub(f"[{re.escape(words)}]", "", _PLAIN.sub(" ", lead)).replace(" ", "")


def _apart(one: str, other: str) -> bool:
    """Whether two leads speak of different things: one has two characters or more that the other lacks."""
    return len({*one} - {*other}) > 1 or len({*other} - {*one}) > 1
