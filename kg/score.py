"""Extraction measured against hand annotations: precision and recall of entities, relations and figures.

A gold file is JSON: `doc` (name of the text), `entities` (`id type name mentions`), `relations` (`s p o`) and
`observations` (`s metric value unit period kind change rank`). Right is an entity of the same type with one
of the names; a relation between right ends; a figure of the right subject with the same number and unit (or
change, or rank where there is no number) and a metric of like wording. What gold marks `contested`, and
products, persons and lesser places that it uses nowhere, may be found or not.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from rapidfuzz import fuzz

from kg import pipeline, sources, values
from kg.model import Entity, Extraction, Observation, Page
from kg.resolve import fold

KINDS = ("entity", "relation", "observation")
_FREE = frozenset({"Place", "County", "Township", "Village", "Product", "Person"})
_LIKE = 60  # per cent of two metrics' wording that must agree where neither holds the other
_TAIL = 4  # characters of a project's name that may stand without its builder's
_NEEDED = {"entities": ("id", "type", "name"), "relations": ("s", "p", "o"), "observations": ("s", "metric")}
Row = Mapping[str, Any]
Gold = Mapping[str, Any]


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


class Finding(NamedTuple):
    """What the reader says of a text, whether gold has it, and the words of the page that prove it."""

    page: str
    kind: str
    said: str
    right: bool
    quote: str = ""
    rule: str = ""


@dataclass(slots=True)
class Scores:
    """Tallies by kind, right and all by attribute of the right figures, findings, error lines by kind."""

    tallies: dict[str, Tally] = field(default_factory=lambda: dict.fromkeys(KINDS, Tally()))
    attributes: dict[str, tuple[int, int]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    errors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, kind: str, found: Iterable[Finding], wanted: Iterable[tuple[bool, str]]) -> None:
        """Count what was found and what is wanted: hit or not, with a line that shows it."""
        found, wanted = list(found), list(wanted)
        right, hit = sum(f.right for f in found), sum(ok for ok, _ in wanted)
        self.tallies[kind] += Tally(right, len(found), hit, len(wanted))
        self.findings += found
        self.errors[f"{kind} wrong"] += [f.said for f in found if not f.right]
        self.errors[f"{kind} missed"] += [line for ok, line in wanted if not ok]

    def record(self) -> dict[str, Any]:
        """For JSON."""
        tallies = {
            kind: {"precision": round(t.precision, 4), "recall": round(t.recall, 4), "f1": round(t.f1, 4)}
            for kind, t in self.tallies.items()
        }
        findings = [f._asdict() for f in self.findings]
        return {**tallies, "attributes": self.attributes, "errors": dict(self.errors), "findings": findings}


def turned(before: Sequence[Finding], after: Sequence[Finding]) -> tuple[list[Finding], list[Finding]]:
    """What was gained and what was lost between two runs over the same texts, in order of reading."""
    old, new = {f[:3] for f in before}, {f[:3] for f in after}
    return [f for f in after if f[:3] not in old], [f for f in before if f[:3] not in new]


def recorded(path: Path) -> list[Finding]:
    """The findings in a file that `kg score --json` wrote. Raises GoldError where it is none."""
    try:
        return [Finding(**row) for row in json.loads(path.read_text("utf-8"))["findings"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise GoldError(f"{path}: no record of a score; write one with kg score --json") from error


def score(gold: Iterable[Path], folders: Sequence[Path]) -> Scores:
    """Read the text of each gold file, found by name in one of the folders, and compare. Raises GoldError."""
    scores = Scores()
    for path in gold:
        annotated = load(path)
        compare(pipeline.read_page(page_of(path, annotated, folders)), annotated, scores)
    return scores


def compare(found: Extraction, gold: Gold, scores: Scores) -> None:
    """Add one text to the scores."""
    names = Names(found.entities, gold["entities"])
    _entities(found, gold, names, scores)
    _relations(found, gold, names, scores)
    _observations(found, gold, names, scores)


def load(path: Path) -> Gold:
    """A gold file. Raises GoldError where it is none."""
    try:
        data = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise GoldError(f"{path}: no gold file: {error}") from error
    for part, keys in _NEEDED.items():
        rows = data.get(part) if isinstance(data, dict) else None
        if not isinstance(rows, list):
            raise GoldError(f"{path}: lacks {part}, a list")
        for number, row in enumerate(rows, 1):
            if not isinstance(row, dict) or not row.keys() >= set(keys):
                raise GoldError(f"{path}: {part}, row {number}: needs {', '.join(keys)}")
    gold: Gold = data
    return gold


def page_of(path: Path, gold: Gold, folders: Sequence[Path]) -> Page:
    """The text that a gold file annotates, from one of the folders. Raises GoldError."""
    for folder in folders:
        for name in (gold.get("doc"), f"{path.stem}.txt"):
            if name and (folder / name).is_file():
                page = next(iter(sources.read([folder / name])))
                if isinstance(page, Page):
                    return page
    raise GoldError(f"{path}: its text is in none of {', '.join(map(str, folders))}")


class Names:
    """What the things of both sides are called, and which gold entities each one found may be."""

    def __init__(self, found: Iterable[Entity], gold: Iterable[Row]) -> None:
        known = {row["id"]: _folded(row["name"], row.get("mentions")) for row in gold}
        self.shown = {row["id"]: row["name"] for row in gold} | {e.key: e.name for e in found}
        self.same: dict[str, set[str]] = {}
        for e in found:
            ours = _folded(e.name, e.aliases)
            self.same[e.key] = {id for id, theirs in known.items() if _meet(e.type, ours, theirs)}


def _folded(name: str, others: Iterable[str] | None) -> set[str]:
    return {fold(form) for form in (name, *(others or ()))}


def _meet(kind: str, ours: set[str], theirs: set[str]) -> bool:
    if ours & theirs:
        return True
    pairs = ((a, b) for a in ours for b in theirs if min(len(a), len(b)) >= _TAIL)
    return kind == "Project" and any(a.endswith(b) or b.endswith(a) for a, b in pairs)


def answers(row: Row, key: str, other: str) -> set[str]:
    """The right answers of a gold row: the first, and those listed beside it."""
    more = row.get(other) or ()
    return {row[key], *((more,) if isinstance(more, str) else more)}


def _entities(found: Extraction, gold: Gold, names: Names, scores: Scores) -> None:
    rows = {row["id"]: row for row in gold["entities"]}
    used = {end for r in gold["relations"] for end in (r["s"], r["o"])} | {
        o["s"] for o in gold["observations"]
    }
    hits = {
        e.key: {id for id in names.same[e.key] if e.type in answers(rows[id], "type", "type_alt")}
        for e in found.entities
    }
    met = set().union(*hits.values())
    free = {
        id for id, row in rows.items() if row.get("contested") or (row["type"] in _FREE and id not in used)
    }
    page = found.page.name
    ours = (Finding(page, "entity", f"{e.type} {e.name}", bool(hits[e.key])) for e in found.entities)
    wanted = (row for id, row in rows.items() if id in met or id not in free)
    scores.add("entity", ours, ((row["id"] in met, f"{row['type']} {row['name']}") for row in wanted))


def _relations(found: Extraction, gold: Gold, names: Names, scores: Scores) -> None:
    wanted = {
        (r["s"], r["p"], o): n for n, r in enumerate(gold["relations"]) for o in answers(r, "o", "o_alt")
    }
    wanted |= {(o, p, s): n for (s, p, o), n in wanted.items() if p == "partnersWith"}
    triples = {(f.subject, f.predicate, f.object): f.evidence[0] for f in found.facts}
    hits = {
        (s, p, o): {wanted.get((a, p, b)) for a in names.same[s] for b in names.same[o]} - {None}
        for s, p, o in triples
    }
    met = set().union(*hits.values())

    def told(s: str, p: str, o: str) -> str:
        return f"{names.shown[s]} {p} {names.shown[o]}"

    page = found.page.name
    ours = (
        Finding(page, "relation", told(*triple), bool(hits[triple]), proof.quote, proof.rule)
        for triple, proof in triples.items()
    )
    rows = ((n, r) for n, r in enumerate(gold["relations"]) if n in met or not r.get("contested"))
    scores.add("relation", ours, ((n in met, told(r["s"], r["p"], r["o"])) for n, r in rows))


def _observations(found: Extraction, gold: Gold, names: Names, scores: Scores) -> None:
    left = dict(enumerate(gold["observations"]))
    rows = []
    for o in found.observations:
        fits = [n for n, row in left.items() if matches(o, row, names)]
        best = max(fits, key=lambda n: _agreement(o, left[n]), default=None)
        said = (names.shown[o.subject], o.metric, o.value_text, o.change, o.rank)
        told, proof = " ".join(str(part) for part in said if part is not None), o.evidence[0]
        rows.append(Finding(proof.page, "observation", told, best is not None, proof.quote, proof.rule))
        if best is not None:
            _attributes(o, left.pop(best), scores)
    wanted = (
        (n not in left, f"{names.shown[row['s']]} {row['metric']} {row.get('value')} {row.get('unit')}")
        for n, row in enumerate(gold["observations"])
        if n not in left or not row.get("contested")
    )
    scores.add("observation", rows, wanted)


def matches(o: Observation, row: Row, names: Names) -> bool:
    """Whether a figure is the one that a row of gold tells."""
    if not names.same[o.subject] & answers(row, "s", "s_alt") or not _like(o.metric, row["metric"]):
        return False
    if row.get("value") is not None:
        return (o.value, o.unit) == measured(row["value"], row.get("unit") or "")
    if row.get("change") is not None:
        return o.change == Decimal(str(row["change"]))
    return row.get("rank") is not None and o.rank == row["rank"]


def measured(value: object, unit: str) -> tuple[Decimal, str | None]:
    """A number and its unit as the reader would give them: 13.67 亿元 is 1367000000 元."""
    read = values.find(f"{Decimal(str(value)):f}{unit}").quantities
    return (read[0].value, read[0].unit or None) if len(read) == 1 else (Decimal(str(value)), unit or None)


def _like(a: str, b: str) -> bool:
    a, b = fold(a), fold(b)
    return bool(a and b) and (a in b or b in a or fuzz.ratio(a, b) >= _LIKE)


def _period(o: Observation) -> str | None:
    return "/".join(dict.fromkeys(d.isoformat() for d in o.period)) if o.period else None


def _agreement(o: Observation, row: Row) -> tuple[bool, bool]:
    return _period(o) == row.get("period"), o.kind.lower() == row.get("kind")


def _attributes(o: Observation, row: Row, scores: Scores) -> None:
    change = None if row.get("change") is None else Decimal(str(row["change"]))
    checks: dict[str, tuple[object, object]] = {
        "period": (_period(o), row.get("period")),
        "kind": (o.kind.lower(), row.get("kind")),
        "change": (o.change, change),
        "rank": (o.rank, row.get("rank")),
    }
    for name, (got, wanted) in checks.items():
        if wanted is None:
            continue
        right, total = scores.attributes.get(name, (0, 0))
        scores.attributes[name] = right + (got == wanted), total + 1
        if got != wanted:
            scores.errors[f"{name} wrong"].append(f"{row['metric']} {row.get('value')}: {got} for {wanted}")
