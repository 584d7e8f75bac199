"""Figures: whose, what, how much, of when, actual or promised, changed against what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from kg import values
from kg.model import Change, Document, Issue, Mention, Observation, Period, Problem, Rank, Sentence
from kg.observations import kinds, merging, owners, subjects, trust
from kg.observations.figures import read
from kg.observations.scene import Days, Draft, Scene

_LONGEST = 1000  # characters of a sentence
_MARK = re.compile(r"[，、,；;\s]")
_OPENING = re.compile(r"[、，,和及与\s]+")
_DATE = re.compile(r"(\d{1,2})月(\d{1,2})日")
_REPORT = re.compile("(?:政府工作|(?:计划|预算)执行情况[^，。]{0,40})(?:的)?报告$")
_NAMED = frozenset({"Policy", "Project", "Event", "Award", "Institution", "Enterprise", "Product"})


def find(
    document: Document, choose: owners.Choose = owners.best, believe: trust.Trust = trust.likelihood
) -> tuple[list[Observation], list[Problem]]:
    """All figures of a page, and a note for each number with a unit that became none.

    `choose` picks the owner of a figure among the names at hand, `believe` how likely it is right.
    """
    reader = _Reader(_cut(document), choose)
    found: list[tuple[Observation, bool]] = []
    problems: list[Problem] = []
    for scene in reader.scenes():
        sentence = reader.document.sentences[scene.index]
        read = [(_observation(scene, d), trust.describe(scene, d)) for d in scene.drafts]
        weighed = [replace(o, confidence=round(believe(o, features), 2)) for o, features in read]
        found += [(o, sentence.role != "body") for o in weighed if o.confidence >= trust.LEAST]
        problems += [_unlikely(o) for o in weighed if o.confidence < trust.LEAST]
        for item, why in (*scene.dropped, *_unjoined(scene)):
            span = sentence.span(item.start, item.end)
            problems.append(
                Problem(document.page.name, f"no figure made of {item.text}: {why}", "", span, "note")
            )
    return merging.merged(found), problems


def _unjoined(scene: Scene) -> Iterator[tuple[Change | Rank, str]]:
    """Changes and ranks that no figure of the sentence holds."""
    items: tuple[Change | Rank, ...] = (*scene.values.changes, *scene.values.ranks)
    for item in items:
        if not any(d.start <= item.start < d.end for d in scene.drafts):
            yield item, "it goes with no figure, owner or term"


@dataclass(slots=True)
class _Reader:
    """What carries over from sentence to sentence."""

    document: Document
    choose: owners.Choose
    tracker: subjects.Tracker = field(init=False)
    kinds: dict[str, str] = field(init=False)  # of things, by key
    earlier: list[Period] = field(default_factory=list)  # that the article stated
    current: Days | None = None  # of the paragraph's last figure
    goal: bool = False  # the paragraph sets goals
    day: date | None = None  # that the article is counted from
    report: int | None = None  # the year in which a government tells of the year past

    def __post_init__(self) -> None:
        self.tracker = subjects.Tracker(self.document)
        self.kinds = {e.key: owners.CLASSES.get(e.type, "other") for e in self.document.entities}
        if self.tracker.nation:
            self.kinds[self.tracker.nation] = "nation"

    def scenes(self) -> Iterator[Scene]:
        """The sentences in order, each read."""
        projects = frozenset(e.key for e in self.document.entities if e.type == "Project")
        before: Scene | None = None
        for index, sentence in enumerate(self.document.sentences):
            self._begin(sentence)
            scene = self._scene(index, sentence, projects)
            if before and before.text.endswith(("；", ";")):
                scene.carried = [d.subject for d in before.drafts[-1:]] or before.carried
                scene.terms = before.terms
            read(scene)
            yield scene
            self._end(scene)
            before = scene

    def _begin(self, sentence: Sentence) -> None:
        if sentence.article != self.tracker.article:
            self.earlier, self.day = [], _day(self.document, sentence.article)
            self.report = self.day.year if self.day and _REPORT.search(sentence.text) else None
        if sentence.paragraph != self.tracker.paragraph:
            self.goal, self.current = False, None
        self.tracker.begin(sentence.article, sentence.paragraph, sentence.text.startswith("其中"))

    def _scene(self, index: int, sentence: Sentence, projects: frozenset[str]) -> Scene:
        named = [m for m in self.document.mentions[index] if m.type in _NAMED]
        found = _outside(values.find(sentence.text, self.day, self.earlier), named)
        return Scene(
            self.document,
            index,
            self.tracker,
            self._setting(index, sentence, found),
            self.choose,
            found,
            self.earlier,
            self.day,
            self.current,
            self.goal,
            kinds.blanked(sentence.text, ((m.start, m.end) for m in named)),
            projects,
            self.report,
        )

    def _setting(self, index: int, sentence: Sentence, found: values.Values) -> owners.Setting:
        tracker = self.tracker
        ends = frozenset(item.end for item in found.items())
        others = [k for k in (tracker.home and tracker.home.key, tracker.nation, tracker.lead) if k]
        return owners.Setting(
            sentence.text, index, sentence.paragraph, self.document.mentions[index], ends, tracker.story,
            self.kinds, self.kinds.get(tracker.home.key, "other") if tracker.home else "none", others,
        )  # fmt: skip

    def _end(self, scene: Scene) -> None:
        self.tracker.story.end(scene.setting, scene.tracker.opened, [d.subject for d in scene.drafts])
        dates = [d.period for d in scene.drafts if d.period]
        if self.report:  # the year that a report speaks of without saying so dates nothing else
            stated = {(p.first, p.last) for p in scene.values.periods}
            dates = [when for when in dates if when in stated or when == self.current]
        self.current = dates[-1] if dates else None if scene.values.periods else self.current
        self.earlier += scene.values.periods
        self.goal = self.goal or kinds.sets_goals(scene.blank)


def _cut(document: Document) -> Document:
    """Sentences longer than anyone writes, cut at a mark, so that every look back stays short."""
    if all(len(s.text) <= _LONGEST for s in document.sentences):
        return document
    sentences: list[Sentence] = []
    mentions: list[tuple[Mention, ...]] = []
    for sentence, named in zip(document.sentences, document.mentions, strict=True):
        for at, end in _pieces(sentence.text):
            sentences.append(replace(sentence, text=sentence.text[at:end], offsets=sentence.offsets[at:end]))
            inside = (m for m in named if at <= m.start and m.end <= end)
            mentions.append(tuple(replace(m, start=m.start - at, end=m.end - at) for m in inside))
    return replace(document, sentences=tuple(sentences), mentions=tuple(mentions))


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    while at < len(text):
        end = min(at + _LONGEST, len(text))
        if end < len(text):
            end = max((m.end() for m in _MARK.finditer(text, at + _LONGEST // 2, end)), default=end)
        yield at, end
        at = end


def _day(document: Document, number: int) -> date | None:
    """The day an article is counted from: its dateline's or the issue's; a bare month is made exact."""
    article = next((a for a in document.articles if a.number == number), None)
    issue = Issue(article.dated) if article and article.dated else document.issue
    if issue.day is None or len(issue.published or "") >= len("2025-08-02"):
        return issue.day
    texts = (s.text for s in document.sentences if s.article == number)
    for match in filter(None, map(_DATE.search, texts)):
        month, day = int(match[1]), int(match[2])
        if month == issue.day.month and 1 <= day <= issue.day.day:
            return issue.day.replace(day=day)
    return issue.day


def _outside(found: values.Values, named: list[Mention]) -> values.Values:
    """Periods in a name (2024年广交会) date nothing."""
    kept = tuple(p for p in found.periods if not any(m.start <= p.start and p.end <= m.end for m in named))
    return found if len(kept) == len(found.periods) else replace(found, periods=kept)


def _unlikely(o: Observation) -> Problem:
    """The note of a figure that was read and not believed."""
    proof = o.evidence[0]
    told = f"no figure made of {o.value_text or o.metric}: unlikely to be right"
    return Problem(proof.page, told, "", proof.span, "note")


def _observation(scene: Scene, d: Draft) -> Observation:
    opening = _OPENING.match(scene.text, d.start, d.end - 1)
    start = opening.end() if opening else d.start
    return Observation(
        d.subject,
        d.metric,
        d.value,
        d.unit,
        d.value_text,
        d.qualifier,
        d.period,
        d.kind,
        d.change,
        d.change_unit,
        d.change_basis,
        d.rank,
        None,
        (scene.document.evidence(scene.index, start, d.end, f"figure/{d.rule}"),),
    )
