"""Whose a figure is: through the clause, the sentence, the paragraph and words such as 该公司 and 全市."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from kg.model import Document, Entity, Mention
from kg.observations.owners import CLASSES, Story
from kg.rules import table

_WORDS = table("cues")["subject"]
TYPES = frozenset(_WORDS["types"])
WEAK = frozenset(_WORDS["weak"])
FINER = {"Province": 0, "City": 1, "County": 2, "Zone": 2, "Township": 3, "Village": 4}
_LEVELS: dict[str, str] = _WORDS["levels"]
_WHOLE = re.compile(
    r"(?<![居列占在位于为领跑先入])(?:全|我|本|该)(?P<level>[市县区旗镇乡村省州])(?![级外直委长]|首位|第|前|排名|率先|之首)"
)
_POINTING = re.compile("[全我本该此这]|公司|集团|项目|工程|园区|基地")
_GENERIC = re.compile(_WORDS["generic"])
_THIS = re.compile(
    r"(?:该|本|此|这个|这条|这座)(?P<what>公司|企业|集团|厂|项目|工程|园区|开发区|基地|线路|高铁|景区|桥|港)"
    r"|(?:^|(?<=[，。；：]))(?P<bare>公司|集团|项目|工程|园区|基地)(?=[^，。；、]{0,12}\d)"
)
_WHAT: dict[str, list[str]] = _WORDS["what"]
_GOVERNED = re.compile(rf"(?:{'|'.join(_WORDS['governors'])})[“\"]?$")
_FOLLOWED = re.compile(rf"(?:{'|'.join(_WORDS['followers'])})")
_AND = re.compile(r"(?:、|和|与|及|以及|,|，)$")
_LISTED = re.compile(r"等?(?:\d+|[一二两三四五六七八九十]+)[多余]?[个家地市县区省镇座条名位项国]")
_DATELINE = re.compile(
    r"[（(【]?(?:本报|新华社|中新[社网]|人民网|.{2,8}[日晚]报|.{2,6}网).{0,24}?[讯电][】）)]?(?:[（(].{0,30}?[）)])?"
)
_OPENS = re.compile(r"(?:[\d年月日至—\-今去上下半全截末底初一二三四季度前个份，,、]|目前|其中|[^，]{0,2}$)*")
_JOINED = {"、", "和", "与", "及", "以及"}


class Tracker:
    """What an article has spoken of so far."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.entities = {e.key: e for e in document.entities}
        nations = (e.key for e in document.entities if e.type == "Group" and e.name in {"全国", "中国"})
        self.nation = next(nations, None)
        self.article = self.paragraph = -1
        self.topic: str | None = None
        self.opened: str | None = None  # the owner that the last sentence opened with
        self.home: Entity | None = None
        self.lead: str | None = None
        self.spoken_of: str | None = None  # the topic of the last paragraph that had one
        self.last: dict[str, str] = {}
        self.story = Story()
        self.sentences: dict[int, list[int]] = {}
        for i, sentence in enumerate(document.sentences):
            self.sentences.setdefault(sentence.article, []).append(i)

    def begin(self, article: int, paragraph: int, goes_on: bool = False) -> None:
        """A new article forgets all names, a new paragraph the topic, unless it `goes_on` with 其中."""
        if article != self.article:
            self.last, self.article = {}, article
            self.home = self._home()
            self.spoken_of = None
            self.lead = self._lead()
            self.topic = None
            named = self._named()
            self.story = Story(self._titled(), named, max(named.values(), default=0))
        if paragraph != self.paragraph and not goes_on:
            about = self.entities.get(self.topic or "")
            if about and (about.type == "Group" or about.type in FINER):
                self.spoken_of = about.key
            self.topic = None
        self.paragraph = paragraph

    def _titled(self) -> frozenset[str]:
        document = self.document
        headings = (i for i in self.sentences[self.article] if document.sentences[i].role != "body")
        return frozenset(m.entity for i in headings for m in document.mentions[i])

    def _named(self) -> Counter[str]:
        mentions = (m for i in self.sentences[self.article] for m in self.document.mentions[i])
        return Counter(m.entity for m in mentions if m.type in CLASSES)

    def _lead(self) -> str | None:
        """What the article is about: the first owner that its headline or its first sentences open with."""
        document = self.document
        indexes = self.sentences[self.article][:4]
        openings = (self.opening(document.sentences[i].text, document.mentions[i]) for i in indexes)
        return next(filter(None, openings), None)

    def see(self, mentions: Sequence[Mention]) -> None:
        """Take note of names passed."""
        for mention in mentions:
            self.last[mention.type] = mention.entity

    def default(self) -> str | None:
        """Whose a figure is when nothing near it says: the home place, else the country."""
        home, lead = self.home, self.entities.get(self.lead or "")
        if home and lead and FINER.get(lead.type, -1) > FINER.get(home.type, 9):
            return lead.key  # a provincial paper's story of one city
        if home:
            return home.key
        if lead and lead.type not in FINER and lead.type != "Group":  # a firm's or a project's own story
            return lead.key
        return self.spoken_of or self.lead or self.nation

    def _home(self) -> Entity | None:
        """The place that 我市 and 全省 stand for in this article."""
        article = next((a for a in self.document.articles if a.number == self.article), None)
        code = article.home if article else None
        return next((e for e in self.entities.values() if code and e.code == code), self.document.home)

    def go_on(self, text: str, mentions: Sequence[Mention]) -> None:
        """Take the owner that a sentence opens with as what the next one goes on about."""
        self.opened = self.opening(text, mentions)
        self.topic = self.opened or self.topic

    def opening(self, text: str, mentions: Sequence[Mention]) -> str | None:
        """The owner in a sentence's first clause that has one: what the next sentence goes on about."""
        if not (mentions and mentions[0].start < 60) and not _POINTING.search(text, 0, 60):
            return None
        for match in re.finditer(r"[^，。；：,;:]+", text[:60]):
            if match.group().startswith("其中"):
                break
            if found := owners(self.local(mentions), text, *match.span(), far=True):
                return found[0].entity
            if key := self.deictic(text, *match.span()):
                return key
        return None

    def local(self, mentions: Sequence[Mention]) -> list[Mention]:
        """The names that stand for no field wider than the article's own place."""
        return [m for m in mentions if not self._wider(m)]

    def _wider(self, mention: Mention) -> bool:
        """Whether a name stands for a field wider than the article's own place: 全省 in a city's paper."""
        home = self.home
        if home and mention.entity == self.nation:
            return True
        if not home or not mention.text.startswith(("全", "我")):
            return False
        return mention.entity != home.key and FINER.get(mention.type, 9) < FINER.get(home.type, -1)

    def latest(self, *types: str) -> str | None:
        """The last name of one of these types in the article."""
        return next((self.last[t] for t in types if t in self.last), None)

    def deictic(self, text: str, start: int, end: int) -> str | None:
        """The entity that the last 全市, 该公司 … in `text[start:end]` stands for."""
        if not _POINTING.search(text, start, end):
            return None
        found: list[tuple[int, str]] = []
        for match in _WHOLE.finditer(text, start):
            if match.end() <= end and (key := self._level(match["level"])):
                found.append((match.start(), key))
        for match in _THIS.finditer(text, start):
            if match.end() <= end and (key := self.latest(*_WHAT[match["what"] or match["bare"]])):
                found.append((match.start(), key))
        return max(found)[1] if found else None

    def _level(self, level: str) -> str | None:
        home = self.home
        if home and home.name.endswith(level):
            return home.key
        return self.last.get(_LEVELS[level])


def owners(
    mentions: Sequence[Mention], text: str, start: int, end: int, far: bool = False, listed: bool = False
) -> list[Mention]:
    """The names in `text[start:end]` that own what follows: one, or a list 甲、乙和丙.

    `far`: the figure is in a later clause, so names that own only what is right behind them are passed over.
    `listed`: only a list owns, counted or not (甲、乙等8地), as of ranks.
    """
    dateline = _DATELINE.match(text)
    start = max(start, dateline.end()) if dateline else start
    inside = [m for m in mentions if start <= m.start and m.end <= end and m.type in TYPES]
    while inside:
        group = _group(inside, text)
        inside = [m for m in inside if m.start >= group[-1].end]
        if listed and len(group) < 2:
            continue
        counted = len(group) > 1 and (far or (not listed and _LISTED.match(text, group[-1].end)))
        if not counted and _may_own(group, text, start, far):
            return group
    return []


def _may_own(group: Sequence[Mention], text: str, start: int, far: bool) -> bool:
    first, end = group[0], group[-1].end
    if _GOVERNED.search(text, max(0, first.start - 3), first.start) and not text.startswith("为例", end):
        return False
    if _FOLLOWED.match(text, end):
        return False
    if _GENERIC.fullmatch(first.text):
        return False
    return first.type not in WEAK or bool(not far and _OPENS.fullmatch(text, start, first.start))


def _group(inside: Sequence[Mention], text: str) -> list[Mention]:
    """The names that stand together: 甲、乙和丙; of 山西省忻州市 or 甲公司的乙项目 the latter."""
    group = [inside[0]]
    for other in inside[1:]:
        between = text[group[-1].end : other.start]
        if between in {"", "的"} and other.type not in WEAK:
            group[-1] = other
        elif between in _JOINED:
            group.append(other)
        else:
            break
    return group
