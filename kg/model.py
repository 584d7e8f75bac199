"""The vocabulary of the code: frozen records that every stage passes on. Imports nothing of ours.
Offsets count Unicode code points of the page as printed, ends exclusive, unless a field says otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

Kind = Literal["Actual", "Target", "Forecast"]
Stage = Literal["Approved", "Signed", "Started", "Building", "Halted", "Completed", "Operating"]
Role = Literal["body", "title", "subhead", "caption"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters `start` to `end` (exclusive) of a page as printed."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start


class Box(NamedTuple):
    """A place on a sheet: points of a PDF or pixels of an image, from its upper left corner."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line of a sheet whose layout is known, so that a quotation can be shown on its image."""

    span: Span
    box: Box
    confidence: float = 1.0  # of the recognition
    level: int = 0  # 1: a headline that begins an article; 2: a lesser heading; 0: any other line
    sheet: int | None = None  # where it stands on another sheet than the page's: a piece goes on there


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it came in. `title`, `published` and `source` are what the file's metadata say, if any."""

    name: str  # file or archive member, without folders
    text: str  # as printed
    sha256: str  # of the bytes read; of a file of several sheets, also of the sheet's number
    encoding: str = "utf-8"  # or "pdf", "ocr": how the characters were got
    title: str | None = None
    published: str | None = None  # ISO date or year-month
    source: str | None = None
    number: int | None = None  # of the sheet in a file of several
    lines: tuple[PrintedLine, ...] = ()  # in the order of the text, where the layout is known


@dataclass(frozen=True, slots=True)
class Problem:
    """Something the reader could not place: never a silent skip."""

    page: str
    message: str
    remedy: str = ""
    span: Span | None = None
    severity: Literal["error", "warning", "note"] = "warning"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Proof of a statement. `quote == page.text[span.start:span.end]`, always."""

    page: str  # name of the page
    article: int
    span: Span
    quote: str
    rule: str  # e.g. "exports/2"


@dataclass(frozen=True, slots=True)
class Issue:
    """When and where a page was published. Dates are ISO `2025-08-02`, `2024-11` or `2024`."""

    published: str | None = None
    published_span: Span | None = None
    inferred: bool = False  # True when no date line states it
    home: str | None = None  # what 我市/全市/我省 stand for: a division code
    home_span: Span | None = None
    paper: str | None = None  # its name
    sheet: int | None = None  # the number of the page in the paper

    @property
    def day(self) -> date | None:
        """The last day the issue date allows: periods such as 今年上半年 are counted back from it."""
        if not self.published:
            return None
        parts = [int(p) for p in self.published.split("-")]
        if len(parts) == 3:
            return date(*parts)
        year, month = parts[0], parts[1] if len(parts) == 2 else 12
        return date.fromordinal(date(year + month // 12, month % 12 + 1, 1).toordinal() - 1)


@dataclass(frozen=True, slots=True)
class Article:
    """One article of a page, its parts in reading order (columns may be interleaved on the page)."""

    number: int  # from 1, in page order
    title: Span | None
    parts: tuple[tuple[Role, Span], ...]  # headline, subheads and body; furniture is in none
    home: str | None = None  # division code where the dateline or text differs from the page's home
    dated: str | None = None  # ISO day that its dateline tells: what 今天 and 今年 are counted from
    source: str | None = None  # 来源, 据《…》
    back: Span | None = None  # the mark （上接第1版）, where its beginning is not on the page
    onward: Span | None = None  # the mark （下转第2版）, where what follows is not
    headline: str | None = None  # what the file's metadata give where the text has none: `title` is None

    @property
    def span(self) -> Span:
        return Span(min(s.start for _, s in self.parts), max(s.end for _, s in self.parts))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A repaired sentence. `offsets[i]` is where character `text[i]` stands on the page."""

    text: str
    offsets: Sequence[int]  # a range where nothing was repaired
    article: int
    paragraph: int  # counted over the page
    role: Role = "body"

    def span(self, start: int, end: int) -> Span:
        """The printed characters behind `text[start:end]`, which must not be empty."""
        return Span(self.offsets[start], self.offsets[end - 1] + 1)


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a sentence: `text == sentence.text[start:end]`."""

    start: int
    end: int
    text: str
    type: str  # a class of the ontology
    name: str  # the fullest form the document gives
    code: str | None = None  # of a place: GB/T 2260 or ISO 3166
    rule: str = ""
    certainty: float = 1.0
    entity: str = ""  # the key that `resolve` gives, the same for all mentions of one thing


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit in a sentence. 万 and 亿 are scale: 13.67亿元 has value 1367000000, unit 元."""

    start: int
    end: int
    text: str
    value: Decimal
    unit: str  # a key of units.toml
    qualifier: str | None = None  # 余 超 以上 以下 左右 近 约 累计 不低于 不超过


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of days, both included, stated at `start`:`end` of a sentence or inferred (start == end)."""

    start: int
    end: int
    text: str
    first: date
    last: date
    stated: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """Growth (positive) or fall (negative): 同比增长25.5% has value 25.5, unit %, basis 同比."""

    start: int
    end: int
    text: str
    value: Decimal
    unit: str
    basis: str | None = None
    qualifier: str | None = None


@dataclass(frozen=True, slots=True)
class Rank:
    """A place in an order: 居全省第3位 has value 3; `out_of` is the size of the field where stated."""

    start: int
    end: int
    text: str
    value: int
    out_of: int | None = None
    qualifier: str | None = None


@dataclass(frozen=True, slots=True)
class Entity:
    """One thing. `key` is `prefix:local`, such as `place:140900` or `ent:山西金宇科林科技有限公司`."""

    key: str
    type: str
    name: str
    aliases: tuple[str, ...] = ()  # other forms, repaired
    raw: tuple[str, ...] = ()  # forms as printed that are slips of the press or the OCR
    articles: tuple[int, ...] = ()
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """`subject predicate object`, both entity keys."""

    subject: str
    predicate: str
    object: str
    evidence: tuple[Evidence, ...]
    confidence: float
    role: str | None = None  # the title, on roleAt


@dataclass(frozen=True, slots=True)
class Observation:
    """A figure: whose, what, how much, of when, actual or promised, changed against what."""

    subject: str  # entity key
    metric: str
    value: Decimal | None = None
    unit: str | None = None
    value_text: str | None = None
    qualifier: str | None = None
    period: tuple[date, date] | None = None
    kind: Kind = "Actual"
    change: Decimal | None = None
    change_unit: str | None = None
    change_basis: str | None = None
    rank: int | None = None
    rank_out_of: int | None = None
    evidence: tuple[Evidence, ...] = ()
    confidence: float = 0.9


@dataclass(frozen=True, slots=True)
class Milestone:
    """A stage that a project has reached, or is to reach: when, as far as the text tells."""

    subject: str  # entity key
    stage: Stage
    period: tuple[date, date] | None = None  # where None: known when the page was published
    kind: Kind = "Actual"
    evidence: tuple[Evidence, ...] = ()
    confidence: float = 0.9


@dataclass(frozen=True, slots=True)
class Document:
    """A page cut, repaired and with its names found: what relations and observations read.

    `mentions[i]` are the mentions of `sentences[i]`, in order, not overlapping, with their entities set.
    """

    page: Page
    issue: Issue
    articles: tuple[Article, ...]
    sentences: tuple[Sentence, ...]
    mentions: tuple[tuple[Mention, ...], ...]
    entities: tuple[Entity, ...]
    home: Entity | None = None  # the entity of issue.home

    def evidence(self, index: int, start: int, end: int, rule: str) -> Evidence:
        """Proof from characters `start`:`end` of sentence `index`."""
        sentence = self.sentences[index]
        span = sentence.span(start, end)
        return Evidence(self.page.name, sentence.article, span, self.page.text[span.start : span.end], rule)


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that one page says. Extractions merge in any order and grouping to the same graph."""

    page: Page
    issue: Issue
    articles: tuple[Article, ...]
    entities: tuple[Entity, ...]
    facts: tuple[Fact, ...]
    observations: tuple[Observation, ...]
    problems: tuple[Problem, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    denials: tuple[Fact, ...] = ()  # facts that the page says are not so, or no longer
