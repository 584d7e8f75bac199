"""What stages projects have reached, or are to reach, by the cues of `kg/rules/stages.toml`."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from kg import rules, values
from kg.model import Document, Evidence, Kind, Milestone, Period, Stage
from kg.relations import coding, patterns
from kg.relations.coding import Coded, Named, Reading

Days = tuple[date, date]
_RULES: dict[str, Any] = rules.table("stages")
_PROJECT = frozenset({"Project"})
_PLANNED, _DONE, _AWAITED = (re.compile(_RULES[name]) for name in ("planned", "done", "awaited"))
_CLAUSE = re.compile(f"[{patterns.STOP}]")
_YEAR = re.compile("年|十.五")
_YEAR_LONG = timedelta(366)
_FAR = 40  # characters between a date and what it dates


@dataclass(frozen=True, slots=True)
class _Frame:
    """One way to say that a project reached a stage."""

    name: str
    stage: Stage
    pattern: re.Pattern[str]
    confidence: float


@cache
def _frames() -> tuple[_Frame, ...]:
    made = []
    for stage in _RULES["stage"]:
        words = _RULES["words"] | {"cue": f"(?P<cue>{stage['cue']})(?!{_RULES['not_before']})"}
        for number, frame in enumerate(_RULES["frame"], 1):
            pattern = re.compile(patterns.expand(frame["pattern"], _PROJECT, _PROJECT, words))
            name = f"stage/{stage['name']}/{number}"
            made.append(_Frame(name, stage["name"], pattern, frame["confidence"]))
    return tuple(made)


@cache
def _cue() -> re.Pattern[str]:
    return re.compile("|".join(stage["cue"] for stage in _RULES["stage"]))


def find(document: Document) -> list[Milestone]:
    """All stages of projects that a page tells of, in order of appearance; each once, with all its proofs."""
    if not any(e.type == "Project" for e in document.entities):
        return []
    reading = Reading(document)
    found: dict[tuple[object, ...], Milestone] = {}
    for line in reading.lines:
        if _cue().search(line.text):
            for m in _read(reading, line):
                key = (m.subject, m.stage, m.period, m.kind)
                old = found.get(key)
                found[key] = replace(old, evidence=_joined(old.evidence, m.evidence)) if old else m
    return list(found.values())


def _joined(one: Sequence[Evidence], other: Sequence[Evidence]) -> tuple[Evidence, ...]:
    spans = {proof.span for proof in one}
    return (*one, *(proof for proof in other if proof.span not in spans))


def _read(reading: Reading, line: Coded) -> Iterator[Milestone]:
    """The stages of one sentence: what two frames or two stages would make of one cue counts once."""
    taken: set[tuple[int, str]] = set()
    for frame in _frames():
        for match in frame.pattern.finditer(line.text):
            at = match.start("cue")
            if patterns.denied(line.text, *match.span()):
                continue
            for project in _projects(reading, line, match):
                if (at, project.key) not in taken:
                    taken.add((at, project.key))
                    yield _milestone(reading.document, line, frame, match, project)


def _projects(reading: Reading, line: Coded, match: re.Match[str]) -> list[Named]:
    if "s" in match.re.groupindex:
        return line.named(*match.span("s"), _PROJECT)
    topic = coding.topic(reading, line.sentence, match.start("cue"), _PROJECT)
    # What an earlier sentence speaks of is still meant where this one begins with the cue.
    opens = not _CLAUSE.search(line.text, 0, match.start("cue"))
    return [named for named in topic if opens or named.sentence == line.sentence]


def _milestone(
    document: Document, line: Coded, frame: _Frame, match: re.Match[str], project: Named
) -> Milestone:
    first, last = line.starts[match.start()], line.ends[match.end() - 1]
    apart: list[Evidence] = []
    if project.sentence == line.sentence:
        first, last = min(first, project.start), max(last, project.end)
    else:
        apart.append(document.evidence(project.sentence, project.start, project.end, frame.name))
    proof = document.evidence(line.sentence, first, last, frame.name)
    confidence = round(frame.confidence * project.certainty, 3)
    return Milestone(project.key, frame.stage, *_when(document, line, match), (proof, *apart), confidence)


def _when(document: Document, line: Coded, match: re.Match[str]) -> tuple[Days | None, Kind]:
    """When, and whether that is yet to come: days after the issue say so, or plans before the cue."""
    day, period, at = document.issue.day, _period(document, line, match), match.start("cue")
    clause = max((m.end() for m in _CLAUSE.finditer(line.text, 0, at)), default=0)
    plan, done = (_last(pattern, line.text, clause, at) for pattern in (_PLANNED, _DONE))
    days = (period.first, period.last) if period else None
    if period and day and period.last > day and not done:
        return days, "Target"
    if plan > done or _AWAITED.search(line.text[match.end("cue") :]):
        return _ahead(period, day) if period else None, "Target"
    return days, "Actual"


def _last(pattern: re.Pattern[str], text: str, start: int, end: int) -> int:
    return max((m.end() for m in pattern.finditer(text, start, end)), default=0)


def _period(document: Document, line: Coded, match: re.Match[str]) -> Period | None:
    """The last time stated before the cue in its sentence, unless another cue stands in between."""
    text, at = document.sentences[line.sentence].text, line.starts[match.start("cue")]
    names = document.mentions[line.sentence]
    found = values.find(text[:at], document.issue.day, ()).periods
    outside = [p for p in found if not any(m.start <= p.start and p.end <= m.end for m in names)]
    dated = [p for p in outside[-1:] if at - p.end < _FAR and p.last - p.first <= _YEAR_LONG]
    return dated[0] if dated and not _cue().search(text, dated[0].end, at) else None


def _ahead(period: Period, day: date | None) -> Days:
    """预计3月底投用, said in April, is of the next year."""
    if not day or period.last >= day or _YEAR.search(period.text):
        return period.first, period.last
    by = day.year - period.last.year + (_later(period.last, day.year - period.last.year) < day)
    return _later(period.first, by), _later(period.last, by)


def _later(day: date, years: int) -> date:
    year = day.year + years
    return day.replace(year=year, day=min(day.day, monthrange(year, day.month)[1]))
