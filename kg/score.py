"""Extraction measured against hand annotations: precision and recall of entities, relations and figures.

A gold file is JSON: `doc` (name of the text), `entities` (`id type name mentions`), `relations` (`s p o`) and
`observations` (`s metric value unit period kind change rank`). Right is an entity of the same type with one of the
names; a relation between right ends; a figure of the right subject with the same number and unit (or change, or
rank where there is no number) and a metric of like wording. What gold marks `contested`, and products, persons and
lesser places that it uses nowhere, may be found or not.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

from kg import pipeline, sources, values
from kg.model import Extraction, Observation, Page
from kg.resolve import fold

KINDS = ("entity", "relation", "observation")
FREE = frozenset("Place County Township Village Product Person".split())
LIKE = 60  # per cent of two metrics' wording that must agree where neither holds the other
Gold = dict[str, Any]


class GoldError(ValueError):
    """A gold file that cannot be used."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one kind: `right` of `found` are in gold, `hit` of `wanted` were found."""

    right: int = 0
    found: int = 0
    hit: int = 0
    wanted: int = 0

    def __add__(self, o: Tally) -> Tally:
        return Tally(self.right + o.right, self.found + o.found, self.hit + o.hit, self.wanted + o.wanted)

    @property
    def precision(self) -> float:
        """The share of what was found that is right."""
        return self.right / max(self.found, 1)

    @property
    def recall(self) -> float:
        """The share of what is wanted that was found."""
        return self.hit / max(self.wanted, 1)

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        return 2 * self.precision * self.recall / max(self.precision + self.recall, 1e-9)


@dataclass(slots=True)
class Scores:
    """Tallies by kind, right and all by attribute of the right figures, error lines by kind."""

    tallies: dict[str, Tally] = field(default_factory=lambda: dict.fromkeys(KINDS, Tally()))
    attributes: dict[str, tuple[int, int]] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, kind: str, found: Iterable[tuple[bool, str]], wanted: Iterable[tuple[bool, str]]) -> None:
        """Count what was found (right or not) and what was wanted (hit or not), each with a line that shows it."""
        found, wanted = list(found), list(wanted)
        right, hit = sum(ok for ok, _ in found), sum(ok for ok, _ in wanted)
        self.tallies[kind] += Tally(right, len(found), hit, len(wanted))
        self.errors[f"{kind} wrong"] += [line for ok, line in found if not ok]
        self.errors[f"{kind} missed"] += [line for ok, line in wanted if not ok]

    def record(self) -> dict[str, Any]:
        """For JSON."""
        tallies = {
            kind: {"precision": round(t.precision, 4), "recall": round(t.recall, 4), "f1": round(t.f1, 4)}
            for kind, t in self.tallies.items()
        }
        return {**tallies, "attributes": self.attributes, "errors": dict(self.errors)}


def score(gold: Iterable[Path], folders: Sequence[Path]) -> Scores:
    """Read the text of each gold file, found by name in one of the folders, and compare. Raises GoldError."""
    scores = Scores()
    for path in gold:
        annotated = _load(path)
        compare(pipeline.read_page(_text(path, annotated, folders)), annotated, scores)
    return scores


def _load(path: Path) -> Gold:
    try:
        data: Gold = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise GoldError(f"{path}: no gold file: {error}") from error
    if missing := {"entities", "relations", "observations"} - data.keys():
        raise GoldError(f"{path}: lacks {', '.join(sorted(missing))}")
    return data


def _text(path: Path, gold: Gold, folders: Sequence[Path]) -> Page:
    for folder in folders:
        for name in (gold.get("doc"), f"{path.stem}.txt"):
            if name and (folder / name).is_file():
                page = next(iter(sources.read([folder / name])))
                if isinstance(page, Page):
                    return page
    raise GoldError(f"{path}: its text is in none of {', '.join(map(str, folders))}")


def compare(found: Extraction, gold: Gold, scores: Scores) -> None:
    """Add one text to the scores."""
    named = _Names(found, gold)
    _entities(found, gold, named, scores)
    _relations(found, gold, named, scores)
    _observations(found, gold, named, scores)


class _Names:
    """Which gold entities a found one may be: they share a name."""

    def __init__(self, found: Extraction, gold: Gold) -> None:
        self.gold = {e["id"]: {fold(n) for n in (e["name"], *e.get("mentions", ()))} for e in gold["entities"]}
        self.name = {e["id"]: e["name"] for e in gold["entities"]} | {e.key: e.name for e in found.entities}
        self.same = {
            e.key: {i for i, names in self.gold.items() if self._meet(e.type, e.name, e.aliases, names)}
            for e in found.entities
        }

    def _meet(self, kind: str, name: str, aliases: Iterable[str], names: set[str]) -> bool:
        ours = {fold(n) for n in (name, *aliases)}
        if ours & names:
            return True
        tails = (a.endswith(b) or b.endswith(a) for a in ours for b in names if min(len(a), len(b)) >= 4)
        return kind == "Project" and any(tails)


def _listed(value: object) -> list[Any]:
    return [] if value is None else list(value) if isinstance(value, list) else [value]


def _entities(found: Extraction, gold: Gold, named: _Names, scores: Scores) -> None:
    kinds = {e["id"]: {e["type"], *_listed(e.get("type_alt"))} for e in gold["entities"]}
    used = {r[end] for r in gold["relations"] for end in "so"} | {o["s"] for o in gold["observations"]}
    hits = {e.key: {i for i in named.same[e.key] if e.type in kinds[i]} for e in found.entities}
    met = set().union(*hits.values()) if hits else set()
    free = {e["id"] for e in gold["entities"] if e.get("contested") or (e["type"] in FREE and e["id"] not in used)}
    scores.add(
        "entity",
        ((bool(hits[e.key]), f"{e.type} {e.name}") for e in found.entities),
        ((e["id"] in met, f"{e['type']} {e['name']}") for e in gold["entities"] if e["id"] in met or e["id"] not in free),
    )


def _relations(found: Extraction, gold: Gold, named: _Names, scores: Scores) -> None:
    wanted = {(r["s"], r["p"], o): n for n, r in enumerate(gold["relations"]) for o in (r["o"], *_listed(r.get("o_alt")))}
    wanted |= {(o, p, s): n for (s, p, o), n in wanted.items() if p == "partnersWith"}
    hits = {
        (f.subject, f.predicate, f.object): {
            wanted[s, f.predicate, o]
            for s in named.same[f.subject] for o in named.same[f.object] if (s, f.predicate, o) in wanted
        }
        for f in found.facts
    }  # fmt: skip
    met = set().union(*hits.values()) if hits else set()
    told = lambda s, p, o: f"{named.name[s]} {p} {named.name[o]}"  # noqa: E731
    scores.add(
        "relation",
        ((bool(hit), told(*triple)) for triple, hit in hits.items()),
        ((n in met, told(r["s"], r["p"], r["o"])) for n, r in enumerate(gold["relations"]) if n in met or not r.get("contested")),
    )


def _observations(found: Extraction, gold: Gold, named: _Names, scores: Scores) -> None:
    left = dict(enumerate(gold["observations"]))
    rows = []
    for o in found.observations:
        fits = [n for n, g in left.items() if _fits(o, g, named)]
        best = max(fits, key=lambda n: (_period(o) == left[n]["period"], _kind(o) == left[n]["kind"]), default=None)
        rows.append((best is not None, f"{named.name[o.subject]} {o.metric} {o.value_text} {o.change} {o.rank}"))
        if best is not None:
            _attributes(o, left.pop(best), scores)
    missed = ((n not in left, f"{named.name[g['s']]} {g['metric']} {g['value']}{g['unit']}") for n, g in enumerate(gold["observations"]))
    scores.add("observation", rows, missed)


def _fits(o: Observation, g: Gold, named: _Names) -> bool:
    if not named.same[o.subject] & {g["s"], *_listed(g.get("s_alt"))} or not _like(o.metric, g["metric"]):
        return False
    if g["value"] is not None:
        return (o.value, o.unit) == values.base(Decimal(str(g["value"])), g["unit"] or "")
    if g.get("change") is not None:
        return o.change == Decimal(str(g["change"]))
    return g.get("rank") is not None and o.rank == g["rank"]


def _like(a: str, b: str) -> bool:
    a, b = fold(a), fold(b)
    return bool(a and b) and (a in b or b in a or fuzz.ratio(a, b) >= LIKE)


def _period(o: Observation) -> str | None:
    return "/".join(dict.fromkeys(d.isoformat() for d in o.period)) if o.period else None


def _kind(o: Observation) -> str:
    return o.kind.lower()


def _attributes(o: Observation, g: Gold, scores: Scores) -> None:
    change = None if g.get("change") is None else Decimal(str(g["change"]))
    checks: dict[str, tuple[object, object]] = {
        "period": (_period(o), g["period"]), "kind": (_kind(o), g["kind"]),
        "change": (o.change, change), "rank": (o.rank, g.get("rank")),
    }  # fmt: skip
    for name, (got, wanted) in checks.items():
        if wanted is not None:
            right, of = scores.attributes.get(name, (0, 0))
            scores.attributes[name] = right + (got == wanted), of + 1
            if got != wanted:
                scores.errors[f"{name} wrong"].append(f"{g['metric']} {g['value']}{g['unit']}: {got} for {wanted}")


