"""Whose a figure is: through the clause, the sentence, the paragraph and words such as 该公司 and 全市."""

from __future__ import annotations

import re

from kg.model import Document, Entity, Mention
from kg.rules import table

_WORDS = table("cues")["subject"]
TYPES = frozenset(_WORDS["types"])
_PLACES = {"市": "City", "县": "County", "区": "County", "旗": "County", "镇": "Township", "乡": "Township",
           "村": "Village", "省": "Province", "州": "City"}
_WHOLE = re.compile(r"(?:全|我|本|该)(?P<level>[市县区旗镇乡村省州])(?![级内外直])")
_THIS = re.compile(r"(?:该|本|此|这个?)(?P<what>公司|企业|集团|厂|项目|工程|园区|开发区|基地|行)|(?:^|[，。；])(?P<bare>公司|项目|企业|工程)")
_WHAT = {"公司": "Enterprise", "企业": "Enterprise", "集团": "Enterprise", "厂": "Enterprise", "行": "Enterprise",
         "项目": "Project", "工程": "Project", "园区": "Zone", "开发区": "Zone", "基地": "Zone"}
_GOVERNED = re.compile(rf"(?:{'|'.join(_WORDS['governors'])})$")


class Tracker:
    """What an article has spoken of so far; `at` gives the subject of a figure."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.entities = {e.key: e for e in document.entities}
        self.article = -1
        self.topic: str | None = None
        self.last: dict[str, str] = {}

    def begin(self, article: int) -> None:
        """A new article forgets the topic of the one before."""
        if article != self.article:
            self.article, self.topic, self.last = article, None, {}

    def see(self, mention: Mention) -> None:
        """Take note of a name, the topic if it may own figures."""
        self.last[mention.type] = mention.entity

    def deictic(self, text: str) -> str | None:
        """The entity that the last 全市, 该公司 … in `text` stands for."""
        found: tuple[int, str] | None = None
        for match in _WHOLE.finditer(text):
            if key := self._level(match.group("level")):
                found = (match.start(), key)
        for match in _THIS.finditer(text):
            key = self.last.get(_WHAT[match.group("what") or match.group("bare")])
            if key and (found is None or match.start() > found[0]):
                found = (match.start(), key)
        return found[1] if found else None

    def _level(self, level: str) -> str | None:
        home: Entity | None = self.document.home
        kind = _PLACES[level]
        if home and (home.type == kind or home.name.endswith(level)):
            return home.key
        return self.last.get(kind)


def named(mentions: list[Mention], text: str, start: int, end: int) -> Mention | None:
    """The name in `text[start:end]` that owns what follows: the first that no preposition governs."""
    inside = [m for m in mentions if start <= m.start and m.end <= end and m.type in TYPES]
    free = [m for m in inside if not _GOVERNED.search(text, max(0, m.start - 2), m.start)]
    for i, mention in enumerate(free):
        following = free[i + 1] if i + 1 < len(free) else None
        if following is None or following.start > mention.end:
            return mention
    return None
