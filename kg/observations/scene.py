"""One sentence while its figures are read: what is known, and of whom, when and what a stretch speaks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from kg.model import Change, Document, Kind, Mention, Period, Quantity
from kg.observations import kinds, metrics, subjects
from kg.observations.owners import Choose, Figure, Item, Setting
from kg.rules import table
from kg.values import Values
from kg.values.periods import NEW_YEAR
from kg.values.quantities import UNITS

Days = tuple[date, date]
WORDS: dict[str, Any] = table("cues")["figure"]


def any_of(name: str, end: str = "") -> re.Pattern[str]:
    """The pattern of a list in [figure]."""
    return re.compile(f"(?:{'|'.join(WORDS[name])}){end}")


BOUNDARY = re.compile(r"[，。；：！？,;:!?（(]")
NOTE = re.compile(r"[（(][^（）()。；;]{0,30}[）)]")  # 销量[(不含进口车)]为8万辆
GROWTH = any_of("growth", "$")
DEALT = re.compile(r"分别|依次|双双")
_HERE, _FIXED, _SO_FAR = any_of("here"), any_of("fixed"), any_of("running", "(?=[^，]*$)")
_TOGETHER = re.compile("集中(?:开工|签约|开复工|竣工|投产)|(?:签约|开工|启动)仪式")
_SPLIT = re.compile(r"、|和|及(?!其)|与|以及")
_WHOLE = re.compile("全年|年[末底]")
_MOVED = re.compile("[至到升降增减涨跌扩缩提]")
_SUCH = re.compile("(?P<list>.+?)等(?:[类种]?(?:产品|商品|行业|产业|领域|企业|品种))?(?P<what>[^、]{2,})")
_FROM = re.compile(r"[由从](?=[^由从]*$)")


@dataclass(slots=True)
class Draft:
    """A figure in the making."""

    subject: str
    term: str  # the text's own words for the quantity
    metric: str  # with the ending of a count: 签约项目个数
    start: int
    end: int
    rule: str
    value: Decimal | None = None
    unit: str | None = None
    value_text: str | None = None
    qualifier: str | None = None
    period: Days | None = None
    kind: Kind = "Actual"
    change: Decimal | None = None
    change_unit: str | None = None
    change_basis: str | None = None
    rank: int | None = None
    share: bool = False  # of the figure before, as 占全省的12%

    def grow(self, change: Change) -> None:
        """Take a change on."""
        self.change, self.change_unit, self.change_basis = change.value, change.unit, change.basis
        self.end = change.end


@dataclass(slots=True)
class Scene:
    """One sentence with what is known so far."""

    document: Document
    index: int
    tracker: subjects.Tracker
    setting: Setting
    choose: Choose
    values: Values
    earlier: list[Period]
    day: date | None = None
    current: Days | None = None  # what the paragraph's last figure was dated
    goal: bool = False  # the paragraph sets goals
    blank: str = ""  # the text with its names blanked out
    projects: frozenset[str] = frozenset()
    report: int | None = None  # the year in which a government tells of the year past
    carried: list[str] = field(default_factory=list)  # owner of the sentence before, cut off by a semicolon
    terms: list[str] = field(default_factory=list)  # of the last chain
    owners: list[str] = field(default_factory=list)
    weighed: dict[str, list[str]] = field(default_factory=dict)  # how each owner came out of the weighing
    drafts: list[Draft] = field(default_factory=list)
    dropped: list[tuple[Quantity, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.document.sentences[self.index].text

    @property
    def mentions(self) -> tuple[Mention, ...]:
        return self.document.mentions[self.index]

    @property
    def last(self) -> Draft | None:
        return self.drafts[-1] if self.drafts else None

    def rest(self, at: int) -> str:
        """The text from `at` to the next value."""
        later = (item.start for item in self.values.items() if item.start >= at)
        return self.text[at : min(later, default=None)]

    def named(self, start: int, end: int) -> list[str]:
        """The owners that the stretch itself names."""
        return [m.entity for m in subjects.owners(self.mentions, self.text, start, end)]

    def listed(self, start: int, end: int) -> list[str]:
        """The owners named in a stretch as a list, counted or not: 甲、乙、丙3地."""
        return [m.entity for m in subjects.owners(self.mentions, self.text, start, end, listed=True)]

    def subjects(self, start: int, end: int) -> list[str]:
        """Owners in the stretch, in the sentence so far, in the paragraph; else the home place."""
        found = self.named(start, end) or _one(self.tracker.deictic(self.text, start, end))
        if not found and not self.owners:
            near = self.tracker.local(self.mentions)
            found = [m.entity for m in subjects.owners(near, self.text, 0, end, far=True)]
            found = found or _one(self.tracker.deictic(self.text, 0, end))
        if found:
            self.owners = found
            return found
        if self.owners:
            return self.owners[:1]
        return self.carried or _one(self.tracker.topic or self.tracker.default() or self._anyone(end))

    def _anyone(self, end: int) -> str | None:
        """Any name before `end`, even one that a preposition governs: better than nobody."""
        names = (m for m in self.mentions if m.end <= end and m.type in subjects.TYPES - subjects.WEAK)
        return next((m.entity for m in names), None)

    def settled(self, keys: list[str], start: int, item: Item, words: str) -> list[str]:
        """The owners as the rules have them; a single one is weighed against the other names at hand."""
        if len(set(keys)) != 1:
            return keys
        if self.drafts:
            self.setting.story.last = self.index, self.setting.paragraph, self.drafts[-1].subject
        features = self.setting.describe(start, verb_start(item), item.end, keys[0], words, _sort(item))
        chosen, sure = self.choose(Figure(self.text, item, words, keys[0]), features)
        guessed = "owner guessed" if chosen == keys[0] else "owner not guessed"
        self.weighed[chosen] = [
            f"owner {features.get(chosen, ['elsewhere'])[0]}",
            guessed,
            f"owner at {int(6 * sure)} of 6",
        ]
        return [chosen]

    def body(self, start: int, end: int, thing: int | None = None) -> str:
        """The stretch without the names and periods that open it; a name that starts at `thing` stays."""
        text, at = self.text, start
        inner = sorted({*self.values.timed, *self.values.compared})
        names = ((m.start, m.end) for m in self.mentions if m.type in subjects.TYPES and m.start != thing)
        openers = dict(sorted([*names, *inner]))
        while at < end:
            moved = openers.get(at, 0)
            if not at < moved <= end:
                moved = end - len(metrics.unlead(text[at:end]))
            if moved == at:
                break
            at = moved
        body = text[at:end]
        for s, e in reversed(inner):  # a period inside: 汽车产量[2024年]达
            if at < s and e <= end:
                body = body[: s - at] + body[e - at :]
        return NOTE.sub("", body)

    def before(self, start: int) -> str:
        """The clause before the stretch that begins at `start`."""
        if not start:
            return ""
        previous = max((m.end() for m in BOUNDARY.finditer(self.text, 0, start - 1)), default=0)
        return self.body(previous, start - 1)

    def deal(self, start: int, end: int, count: int, thing: int | None = None) -> tuple[list[str], list[str]]:
        """Owners and terms of a chain of `count` values behind the stretch `start`:`end`."""
        found = self.subjects(start, end if thing is None else max(start, thing))
        body = self.body(start, end, thing)
        if count == 1:
            return found[:1], [metrics.term(body)]
        dealt = DEALT.search(body)
        head = body[: dealt.start()] if dealt else _FROM.split(body)[0]
        tail = metrics.term(body[dealt.end() :]) if dealt else ""
        if len(found) == count:
            return found, [metrics.term(head + tail) or tail] * count
        if dealt and not tail and (kinds_of := _SUCH.fullmatch(metrics.unlead(head))):
            pieces = [metrics.unlead(p) + kinds_of["what"] for p in _SPLIT.split(kinds_of["list"])]
            if len(pieces) == count:
                return found[:1] * count, pieces
        pieces = [metrics.term(p) for p in _SPLIT.split(metrics.term(head))]
        if len(pieces) == count and all(pieces):
            return found[:1] * count, metrics.completed(pieces, tail)
        return found[:1] * count, [tail or metrics.term(body)] * count

    def period(self, end: int, metric: str = "", fixed: bool = False) -> Days | None:
        """When a figure that ends before `end` was so; what is of the year is dated by the whole year."""
        when = self._period(end, metric, fixed)
        if when and metric.startswith("年度") and when[0].year == when[1].year:
            return date(when[0].year, 1, 1), date(when[0].year, 12, 31)
        return when

    def _period(self, end: int, metric: str, fixed: bool) -> Days | None:
        """The last period stated before `end`, else one that the article is still speaking of."""
        stated = [p for p in self.values.periods if p.end <= end and not self._spent(p, end)]
        event = next((p for p in stated if p.first == p.last), None)
        if event and _TOGETHER.search(self.text):
            return event.first, event.last
        if stated:
            first, last = stated[-1].first, stated[-1].last
            if self.day and first <= self.day < last and _SO_FAR.search(self.text[:end]):
                last = self.day
            return self._past(stated[-1], end, metric) or (first, last)
        if fixed and _FIXED.search(metric):
            return None
        return self._inherited(end, metric)

    def _past(self, period: Period, end: int, metric: str) -> Days | None:
        """The year before, where the first months of a year tell of 全年 and 年末 as it was."""
        first, last, day = period.first, period.last, self.day
        if not day or day.month > NEW_YEAR or last.year != day.year or not _WHOLE.match(period.text):
            return None
        told = kinds.of(self.blank, end, metric, False, self.goal) == "Actual"
        return (first.replace(year=day.year - 1), last.replace(year=day.year - 1)) if told else None

    def _spent(self, period: Period, end: int) -> bool:
        """Whether a period dates only the number right behind it: 由[去年]的400万吨升至700万吨."""
        if self.text[period.start - 1 : period.start] not in {"由", "从"}:
            return False
        own = next((q for q in self.values.quantities if q.start >= period.end), None)
        return own is not None and own.start - period.end < 2 and bool(_MOVED.search(self.text, own.end, end))

    def _inherited(self, end: int, metric: str) -> Days | None:
        """When a figure was so that its sentence does not date; nothing told as it is lies ahead."""
        told = kinds.of(self.blank, end, metric, False, self.goal) == "Actual"
        if self.report and not self.current:
            year = self.report - told  # what is done is of the year past, what is planned of this one
            return date(year, 1, 1), date(year, 12, 31)
        last = self.day if told and self.day else date.max
        return self.current if self.current and self.current[0] <= last else self._earlier(last)

    def _earlier(self, last: date) -> Days | None:
        here = bool(_HERE.search(self.text))
        for period in reversed(self.earlier):
            if period.first > last:
                continue
            if period.first != period.last or here or period.text[-1] in "末底前月年":
                return period.first, period.last
        return None

    def kind(self, key: str, metric: str, at: int, period: Days | None) -> Kind:
        """Whether the figure at `at` is actual, promised or expected."""
        works = key in self.projects
        project = works or ("项目" in self.text[:at] and "项目" not in metric)
        kind = kinds.of(self.blank, at, metric, project, self.goal, works)
        stated = any((p.first, p.last) == period for p in self.values.periods)
        past = stated and period and self.day and period[1] < self.day
        if kind == "Target" and past and not project and not kinds.intended(self.blank[:at]):
            return "Actual"  # what is told of a time now past has come out
        if kind == "Actual" and kinds.ahead(period, self.day, self.text[:at]):
            return "Target"
        return kind


def _sort(item: Item) -> str:
    """What sort of number a value is, as the choice of its owner needs it."""
    if not isinstance(item, Quantity):
        return type(item).__name__
    return ("per " if "/" in item.unit else "") + (quantity_kind(item.unit) or "Bare")


def verb_start(item: Item) -> int:
    """Where a value begins in the text, with the verb of a change."""
    return item.end - len(item.text) if isinstance(item, Change) else item.start


def quantity_kind(unit: str) -> str:
    """The kind of quantity of a unit, as units.toml has it."""
    return str(UNITS.get(unit.partition("/")[0], {}).get("quantity", ""))


def _one(key: str | None) -> list[str]:
    return [key] if key else []


def stretch(text: str, last: int, end: int) -> int:
    """Where the stretch begins that ends at `end`: behind the last value and the last mark."""
    notes = [m.span() for m in NOTE.finditer(text, last, end)]
    marks = (m.end() for m in BOUNDARY.finditer(text, last, end))
    return max((at for at in marks if not any(s < at < e for s, e in notes)), default=last)
