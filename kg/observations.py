"""Figures: whose, what, how much, of when, actual or promised, changed against what.

Each sentence is read from left to right as a row of items (quantities, changes, ranks); each item finds its
subject, metric and period in the stretch before it, or takes them over from the item before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from kg import metrics, subjects, values
from kg.model import Change, Document, Evidence, Mention, Observation, Period, Problem, Quantity, Rank, Sentence

_BOUNDARY = re.compile(r"[，。；：！？,;:!?]")
_LIST = {"、", "和", "及", "与", "以及", "，", ","}


@dataclass(slots=True)
class _Reader:
    document: Document
    tracker: subjects.Tracker
    period: Period | None = None
    found: list[Observation] | None = None


def find(document: Document) -> tuple[list[Observation], list[Problem]]:
    """All figures of a page, and a note for each number with a unit that became none."""
    reader = _Reader(document, subjects.Tracker(document))
    found: list[Observation] = []
    problems: list[Problem] = []
    for index, sentence in enumerate(document.sentences):
        if sentence.article != reader.tracker.article:
            reader.period = None
        reader.tracker.begin(sentence.article)
        found += _Sentence(reader, index).read()
    return found, problems


class _Sentence:
    def __init__(self, reader: _Reader, index: int) -> None:
        self.reader, self.index = reader, index
        document = reader.document
        self.sentence: Sentence = document.sentences[index]
        self.text = self.sentence.text
        self.mentions: list[Mention] = list(document.mentions[index])
        article = next((a for a in document.articles if a.number == self.sentence.article), None)
        day = document.issue.day
        self.day: date | None = day
        self.values = values.find(self.text, day, reader.period)
        self.out: list[Observation] = []
        self.subject: str | None = None
        self.metric = ""
        del article

    def read(self) -> list[Observation]:
        items: list[Quantity | Change | Rank] = sorted(
            [*self.values.quantities, *self.values.changes, *self.values.ranks], key=lambda v: v.start
        )
        last = 0
        for item in items:
            if self._in_name(item):
                continue
            start = self._stretch(item, last)
            self._advance(start, item.start)
            match item:
                case Quantity():
                    self._quantity(item, start)
                case Change():
                    self._change(item, start)
                case Rank():
                    self._rank(item, start)
            last = item.end
        self._advance(last, len(self.text))
        if self.values.periods:
            self.reader.period = self.values.periods[-1]
        return self.out

    def _in_name(self, item: Quantity | Change | Rank) -> bool:
        return any(m.start < item.end and item.start < m.end for m in self.mentions)

    def _stretch(self, item: Quantity | Change | Rank, last: int) -> int:
        start = last
        for match in _BOUNDARY.finditer(self.text, last, item.start):
            start = match.end()
        return start

    def _advance(self, start: int, end: int) -> None:
        """Take note of the names passed."""
        for mention in self.mentions:
            if mention.end <= end and mention.type in subjects.TYPES:
                self.reader.tracker.see(mention)

    def _subject(self, start: int, end: int) -> str | None:
        tracker = self.reader.tracker
        own = subjects.named(self.mentions, self.text, start, end)
        if own:
            self.subject = tracker.topic = own.entity
            return own.entity
        deictic = tracker.deictic(self.text[start:end])
        if deictic:
            self.subject = tracker.topic = deictic
            return deictic
        if self.subject:
            return self.subject
        own = subjects.named(self.mentions, self.text, 0, end)
        if own:
            self.subject = tracker.topic = own.entity
            return own.entity
        if tracker.topic:
            return tracker.topic
        home = self.reader.document.home
        return home.key if home else None

    def _period(self, start: int, end: int) -> tuple[date, date] | None:
        before = [p for p in self.values.periods if p.end <= end]
        period = before[-1] if before else self.reader.period
        return (period.first, period.last) if period else None

    def _head(self, start: int, end: int) -> str:
        text = list(self.text[start:end])
        for span in [*self.values.periods, *(m for m in self.mentions if m.type in subjects.TYPES)]:
            if span.end <= end and span.start >= start:
                for i in range(span.start - start, span.end - start):
                    text[i] = "\0"
        stretch = "".join(text)
        return stretch[stretch.rfind("\0") + 1 :] if stretch[stretch.rfind("\0") + 1 :].strip("、和") else stretch.replace("\0", "")

    def _evidence(self, start: int, end: int, rule: str) -> tuple[Evidence, ...]:
        return (self.reader.document.evidence(self.index, start, end, rule),)

    def _quantity(self, q: Quantity, start: int) -> None:
        metric = metrics.name(self._head(start, q.start), self.text[q.end :], q.unit) or self.metric
        subject = self._subject(start, q.start)
        if not metric or subject is None:
            return
        self.metric = metric
        self.out.append(Observation(
            subject, metric, q.value, q.unit, q.text, q.qualifier, self._period(start, q.start),
            values.kind(self.text, q.start), evidence=self._evidence(start, q.end, "value"),
        ))

    def _change(self, c: Change, start: int) -> None:
        verb = c.end - len(c.text)
        stretch = self._head(start, verb)
        metric = metrics.head(re.sub(r"(?:同比|环比|[比较与].*)?(?:分别)?$", "", stretch))
        last = self.out[-1] if self.out else None
        if last and last.change is None and last.value is not None and (not metric or metric == last.metric):
            self.out[-1] = replace(last, change=c.value, change_unit=c.unit, change_basis=c.basis)
            return
        metric = metric or self.metric
        subject = self._subject(start, verb)
        if not metric or subject is None:
            return
        self.metric = metric
        self.out.append(Observation(
            subject, metric, None, None, None, c.qualifier, self._period(start, verb),
            values.kind(self.text, c.start), c.value, c.unit, c.basis, evidence=self._evidence(start, c.end, "change"),
        ))

    def _rank(self, r: Rank, start: int) -> None:
        metric = metrics.head(self._head(start, r.start))
        if not metric and self.out and self.out[-1].rank is None:
            self.out[-1] = replace(self.out[-1], rank=r.value)
            return
        subject = self._subject(start, r.start)
        if not metric or subject is None:
            return
        self.out.append(Observation(
            subject, metric, qualifier=r.qualifier, period=self._period(start, r.start), rank=r.value,
            evidence=self._evidence(start, r.end, "rank"),
        ))
