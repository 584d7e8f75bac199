"""Figures: whose, what, how much, of when, actual or promised, changed against what."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from kg import kinds, subjects, values
from kg.figures import read
from kg.model import Document, Evidence, Mention, Observation, Period, Problem, Sentence
from kg.scene import Draft, Scene

_LONGEST = 1000  # characters of a sentence
_NEAR = 30  # figures to look back over
_MARK = re.compile("[，、,；;\\s]")
_DATE = re.compile(r"(\d{1,2})月(\d{1,2})日")
_NAMED = frozenset({"Policy", "Project", "Event", "Award", "Institution", "Enterprise", "Product"})


def find(document: Document) -> tuple[list[Observation], list[Problem]]:
    """All figures of a page, and a note for each number with a unit that became none."""
    document = _cut(document)
    tracker = subjects.Tracker(document)
    found: list[tuple[Observation, bool]] = []
    problems: list[Problem] = []
    earlier: list[Period] = []
    goal = False
    current: tuple[date, date] | None = None
    projects = frozenset(e.key for e in document.entities if e.type == "Project")
    seen: set[tuple[int, ...]] = set()
    before: Scene | None = None
    day = document.issue.day
    for index, sentence in enumerate(document.sentences):
        if sentence.article != tracker.article:
            earlier = []
            day = _day(document, sentence.article)
        if sentence.paragraph != tracker.paragraph:
            goal, current = False, None
        if sentence.offsets in seen:
            continue
        seen.add(sentence.offsets)
        tracker.begin(sentence.article, sentence.paragraph, sentence.text.startswith("其中"))
        found_values = values.find(sentence.text, day, earlier)
        named = [m for m in document.mentions[index] if m.type in _NAMED]
        blank = kinds.blanked(sentence.text, ((m.start, m.end) for m in named))
        scene = Scene(
            document, index, tracker, _outside(found_values, named), earlier, day, current, goal, blank, projects
        )
        if before and before.text[-1:] in "；;" and before.index == index - 1:
            scene.carried, scene.terms = [d.subject for d in before.drafts[-1:]] or before.carried, before.terms
        before = scene
        found += [(_observation(document, index, d), sentence.role != "body") for d in read(scene)]
        problems += [
            Problem(document.page.name, f"no figure made of {q.text}: {why}", "", sentence.span(q.start, q.end), "note")
            for q, why in scene.dropped
        ]
        if scene.values.periods:
            current = None
        current = next((d.period for d in reversed(scene.drafts) if d.period), current)
        earlier += scene.values.periods
        goal = goal or kinds.sets_goals(blank)
    return _merged(found), problems


def _cut(document: Document) -> Document:
    """Sentences of a length no writer means, cut at a mark: every look back stays short, and reading linear."""
    if all(len(s.text) <= _LONGEST for s in document.sentences):
        return document
    sentences: list[Sentence] = []
    mentions: list[tuple[Mention, ...]] = []
    for sentence, named in zip(document.sentences, document.mentions, strict=True):
        at = 0
        while at < len(sentence.text):
            end = min(at + _LONGEST, len(sentence.text))
            if end < len(sentence.text):
                end = max((m.end() for m in _MARK.finditer(sentence.text, at + _LONGEST // 2, end)), default=end)
            sentences.append(replace(sentence, text=sentence.text[at:end], offsets=sentence.offsets[at:end]))
            inside = (m for m in named if at <= m.start and m.end <= end)
            mentions.append(tuple(replace(m, start=m.start - at, end=m.end - at) for m in inside))
            at = end
    return replace(document, sentences=tuple(sentences), mentions=tuple(mentions))


def _day(document: Document, number: int) -> date | None:
    """The day an article is counted from: its own, else the issue's; a bare month is made exact by a dateline."""
    article = next((a for a in document.articles if a.number == number), None)
    issue = document.issue
    if article and article.published:
        issue = replace(issue, published=article.published)
    if issue.day is None or len(issue.published or "") >= 10:
        return issue.day
    for sentence in document.sentences:
        if sentence.article == number and (match := _DATE.search(sentence.text)):
            month, day = int(match[1]), int(match[2])
            if month == issue.day.month and 1 <= day <= issue.day.day:
                return issue.day.replace(day=day)
    return issue.day


def _outside(found: values.Values, named: list[Mention]) -> values.Values:
    """Periods in a name (2024年广交会) date nothing."""
    kept = tuple(p for p in found.periods if not any(m.start <= p.start and p.end <= m.end for m in named))
    return found if len(kept) == len(found.periods) else replace(found, periods=kept)


def _observation(document: Document, index: int, d: Draft) -> Observation:
    evidence = document.evidence(index, d.start, d.end, f"figure/{d.rule}")
    return Observation(
        d.subject, d.metric, d.value, d.unit, d.value_text, d.qualifier, d.period, d.kind,
        d.change, d.change_unit, d.change_basis, d.rank, None, (evidence,),
    )


def _merged(found: list[tuple[Observation, bool]]) -> list[Observation]:
    """The same figure said twice is one, with two evidences; a headline that only rounds a figure is none."""
    kept: list[Observation] = []
    proofs: list[list[Evidence]] = []
    by: dict[tuple[object, ...], list[int]] = {}
    for o, title in sorted(found, key=lambda pair: pair[1]):
        key = (o.subject, o.value, o.unit) if o.value is not None else (o.subject, o.change, o.rank)
        twin = _valued(kept, o)
        if twin is None:
            twin = next((i for i in by.get(key, ()) if _same(kept[i], o)), None)
        if twin is not None:
            kept[twin] = _joined(kept[twin], o)
            proofs[twin] += o.evidence
        elif not (title and any(_rounds(o, other) for other in kept)):
            by.setdefault(key, []).append(len(kept))
            kept.append(o)
            proofs.append(list(o.evidence))
    whole = (replace(o, evidence=tuple(dict.fromkeys(p))) for o, p in zip(kept, proofs, strict=True))
    return sorted(whole, key=lambda o: o.evidence[0].span)


def _valued(kept: list[Observation], grown: Observation) -> int | None:
    """The figure a little before that a growth of the same metric belongs to: 优级天数增加30天."""
    if grown.value is not None or grown.change is None:
        return None
    proof = grown.evidence[0]
    for i in range(len(kept) - 1, max(-1, len(kept) - _NEAR), -1):
        o = kept[i]
        if o.evidence[0].article != proof.article or not 0 < proof.span.start - o.evidence[0].span.end < 150:
            continue
        if (o.subject, o.metric) != (grown.subject, grown.metric) or o.value is None or o.change is not None:
            continue
        same_time = not grown.period or grown.period == o.period
        if same_time and (grown.change_unit in {"%", "倍", o.unit} or (grown.change_unit == "个百分点" and o.unit == "%")):
            return i
    return None


def _alike(a: str, b: str) -> bool:
    return a in b or b in a


def _same(a: Observation, b: Observation) -> bool:
    """Whether two figures with one number say the same."""
    if not _alike(a.metric, b.metric) or (a.period and b.period and a.period != b.period):
        return False
    return all(x is None or y is None or x == y for x, y in ((a.change, b.change), (a.rank, b.rank)))


def _joined(a: Observation, b: Observation) -> Observation:
    """What both say together, the fuller wording kept."""
    full = b if a.value is None and b.value is not None else a
    grown = a if a.change is not None else b
    return replace(
        full, change=grown.change, change_unit=grown.change_unit, change_basis=grown.change_basis,
        period=a.period or b.period, rank=a.rank or b.rank, metric=max(a.metric, b.metric, key=len),
    )  # fmt: skip


def _rounds(title: Observation, body: Observation) -> bool:
    """Whether a headline's figure is the body's, rounded or without its value."""
    if not _alike(title.metric, body.metric):
        return False
    if title.value is None:
        grown = title.change is not None and title.change == body.change
        return grown or (title.rank is not None and title.rank == body.rank)
    if not body.value or title.unit != body.unit:
        return False
    return abs(title.value - body.value) <= abs(body.value) / 20
