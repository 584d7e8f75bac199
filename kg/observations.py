"""Figures: whose, what, how much, of when, actual or promised, changed against what."""

from __future__ import annotations

from dataclasses import replace

from kg import subjects, values
from kg.figures import Draft, Scene, read
from kg.model import Document, Observation, Period, Problem


def find(document: Document) -> tuple[list[Observation], list[Problem]]:
    """All figures of a page, and a note for each number with a unit that became none."""
    tracker = subjects.Tracker(document)
    found: list[tuple[Observation, bool]] = []
    problems: list[Problem] = []
    when: Period | None = None
    seen: set[tuple[int, ...]] = set()
    before: Scene | None = None
    for index, sentence in enumerate(document.sentences):
        if sentence.article != tracker.article:
            when = None
        if sentence.offsets in seen:
            continue
        seen.add(sentence.offsets)
        tracker.begin(sentence.article, sentence.paragraph)
        scene = Scene(document, index, tracker, when, values.find(sentence.text, document.issue.day, when))
        if before and before.text[-1:] in "；;" and before.index == index - 1:
            scene.owners, scene.terms = before.owners[:1], before.terms
        before = scene
        found += [(_observation(document, index, d), sentence.role != "body") for d in read(scene)]
        problems += [
            Problem(document.page.name, f"no figure made of {q.text}: {why}", "", sentence.span(q.start, q.end), "note")
            for q, why in scene.dropped
        ]
        if scene.values.periods:
            when = scene.values.periods[-1]
    return _merged(found), problems


def _observation(document: Document, index: int, d: Draft) -> Observation:
    evidence = document.evidence(index, d.start, d.end, f"figure/{d.rule}")
    return Observation(
        d.subject, d.metric, d.value, d.unit, d.value_text, d.qualifier, d.period, d.kind,
        d.change, d.change_unit, d.change_basis, d.rank, None, (evidence,),
    )


def _merged(found: list[tuple[Observation, bool]]) -> list[Observation]:
    """The same figure said twice is one, with two evidences; a headline that only rounds a figure is none."""
    kept: list[Observation] = []
    by: dict[tuple[object, ...], list[int]] = {}
    for o, title in sorted(found, key=lambda pair: pair[1]):
        key = (o.subject, o.value, o.unit) if o.value is not None else (o.subject, o.change, o.rank)
        twin = next((i for i in by.get(key, ()) if _same(kept[i], o)), None)
        if twin is not None:
            kept[twin] = _joined(kept[twin], o)
        elif not (title and any(_rounds(o, other) for other in kept)):
            by.setdefault(key, []).append(len(kept))
            kept.append(o)
    return sorted(kept, key=lambda o: o.evidence[0].span)


def _alike(a: str, b: str) -> bool:
    return a in b or b in a


def _same(a: Observation, b: Observation) -> bool:
    """Whether two figures with one number say the same."""
    if not _alike(a.metric, b.metric) or a.period and b.period and a.period != b.period:
        return False
    return all(x is None or y is None or x == y for x, y in ((a.change, b.change), (a.rank, b.rank)))


def _joined(a: Observation, b: Observation) -> Observation:
    full = a if a.change is not None or b.change is None else b
    return replace(
        full, period=a.period or b.period, rank=a.rank or b.rank, metric=max(a.metric, b.metric, key=len),
        evidence=tuple(dict.fromkeys(a.evidence + b.evidence)),
    )


def _rounds(title: Observation, body: Observation) -> bool:
    """Whether a headline's figure is the body's, rounded or without its value."""
    if not _alike(title.metric, body.metric):
        return False
    if title.value is None:
        return title.change is not None and title.change == body.change or title.rank is not None and title.rank == body.rank
    if body.value is None or title.unit != body.unit or not body.value:
        return False
    return abs(title.value - body.value) <= abs(body.value) / 20
