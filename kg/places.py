"""What the gazetteer says of places, and what a document calls them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from kg import rules
from kg.model import Document, Entity, Mention

DIVISIONS = ("Village", "Township", "County", "City", "Province", "Country")
FINENESS = {name: i for i, name in enumerate(("Village", "Township", "Place", "Zone", *DIVISIONS[2:]))}
_SUFFIX = re.compile("(?:地区|自治[州县旗]|特别行政区|(?:壮族|回族|维吾尔)?自治区|[省市县区旗盟])$")
_NATURE = frozenset("山江河湖海岭岛峡沙")  # 钱塘江 is no 钱塘, 五台山 no 五台
_DEICTIC = re.compile("^[我全本该各](?:省|市|县|区|国)")


@dataclass(frozen=True, slots=True)
class Division:
    """A row of the gazetteer."""

    code: str
    name: str
    level: str
    parent: str


@cache
def divisions() -> dict[str, Division]:
    """The gazetteer by code."""
    return {r["code"]: Division(r["code"], r["name"], r["level"], r["parent"]) for r in rules.lexicon("divisions")}


@cache
def _forms() -> dict[str, tuple[Division, ...]]:
    """Divisions down to the county by every form of two characters or more that is no common word."""
    ordinary = {r["word"] for r in rules.lexicon("ordinary")}
    forms: dict[str, list[Division]] = defaultdict(list)
    for row in rules.lexicon("divisions"):
        if row["level"] in DIVISIONS[2:]:
            short = [s for s in row["short"].split("|") if len(s) > 1 and s not in ordinary]
            for form in {row["name"], *short}:
                forms[form].append(divisions()[row["code"]])
    for row in rules.lexicon("countries"):
        if row["iso3"] == "CHN":
            continue
        country = Division(row["iso3"], row["name_zh"], "Country", "")
        for form in {row["name_zh"], row["full_zh"], *row["alias"].split("|")}:
            if len(form) > 1:
                forms[form].append(country)
    return {form: tuple(found) for form, found in forms.items()}


def within(code: str, outer: str) -> bool:
    """Whether a division lies in another one, or is it."""
    while code and code != outer:
        code = divisions()[code].parent if code in divisions() else ""
    return bool(code)


class Names:
    """The names a document knows, and the gazetteer's places: for reading names inside names."""

    def __init__(self, document: Document) -> None:
        self.entities = {e.key: e for e in document.entities}
        self._forms: dict[str, Entity] = {}
        for entity in sorted(document.entities, key=lambda e: -FINENESS.get(e.type, 0)):
            short = _SUFFIX.sub("", entity.name) if entity.type in DIVISIONS[2:] else ""
            for form in (entity.name, *entity.aliases, *entity.raw, short):
                if len(form) > 1 and not _DEICTIC.match(form):
                    self._forms[form] = entity
        self._longest = max((len(form) for form in self._forms), default=8)
        self._home = self.code(document.home.key) if document.home else None

    def code(self, key: str) -> str | None:
        """The division code of a key, found by name where the key has none."""
        entity = self.entities.get(key)
        if entity is None:
            return key.removeprefix("place:") if key.startswith("place:") else None
        found = [d for d in _forms().get(entity.name, ()) if d.level == entity.type]
        return entity.code or (found[0].code if len(found) == 1 else None)

    def type(self, key: str) -> str:
        """The class behind a key."""
        if key in self.entities:
            return self.entities[key].type
        division = divisions().get(key.removeprefix("place:"))
        return division.level if division else "Country"

    def inside(self, outer: Mention, classes: frozenset[str]) -> Iterator[Mention]:
        """The names of these classes inside a longer name, the longest first at each character."""
        text, at = outer.text, 0
        while at < len(text):
            for end in range(min(len(text), at + self._longest), at + 1, -1):
                key = self._named(text, at, end, classes) if end - at < len(text) else None
                if key and key != outer.entity:
                    form = text[at:end]
                    yield Mention(outer.start + at, outer.start + end, form, self.type(key), form, entity=key)
                    at = end
                    break
            else:
                at += 1

    def _named(self, text: str, start: int, end: int, classes: frozenset[str]) -> str | None:
        """The key of what a form names: the document's own, else the gazetteer's where it is certain."""
        form = text[start:end]
        known = self._forms.get(form)
        if known and known.type in classes:
            return known.key
        found = [d for d in _forms().get(form, ()) if d.level in classes]
        if not found or known or text[end : end + 1] in _NATURE:
            return None
        near = [d for d in found if self._home and (within(d.code, self._home) or within(self._home, d.code))]
        largest = max(FINENESS[d.level] for d in found)
        chosen = near if len(near) == 1 else [d for d in found if FINENESS[d.level] == largest]
        far = not near and start and largest in (FINENESS["County"], FINENESS["Country"]) and form != chosen[0].name
        return self._key(chosen[0]) if len(chosen) == 1 and not far else None

    def _key(self, division: Division) -> str:
        known = self._forms.get(division.name)
        prefix = "country" if division.level == "Country" else "place"
        return known.key if known and known.type == division.level else f"{prefix}:{division.code}"


def home(document: Document, article: int) -> Entity | None:
    """The place that 我市 stands for in an article."""
    code = next((a.home for a in document.articles if a.number == article), None)
    if code is None:
        return document.home
    known = next((e for e in document.entities if e.code == code), None)
    division = divisions().get(code)
    return known or (Entity(f"place:{code}", division.level, division.name, code=code) if division else None)
