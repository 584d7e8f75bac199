"""One name, several things: which of them a page means, told by where the page puts it and whose it is.

Names that say nothing of their own (人民公园, 污水处理工程) are one thing a town; persons of one name are one
for each town or organisation; divisions that share a name are told by the place around them. A name that
only one of them bears keeps the plain key.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

from kg import gazetteer, rules
from kg.graph.links import Link
from kg.identity.forms import NATION, form
from kg.identity.placing import by_name, division
from kg.identity.records import Known, Profile
from kg.identity.things import Thing, known_names
from kg.resolve import fold

Root = Callable[[str], str]
_COMMON = frozenset(("Agency", "Institution", "Project", "Event", "Zone"))  # may bear common names
_NATION = re.compile("中国|全国|国家|中央|国际|世界|全球")  # in names of which there is one
_ORGAN = re.compile("自治区|[省市县区州]")  # begins the name of an organ whose place is not told
_GIVEN = 4  # characters of a Chinese person's name, at most


class Namesakes:
    """The profiles whose names several things may bear, kept by context until all are known.

    `apart` gives the node of each key and context that is not the plain key, `coded` the divisions found.
    """

    def __init__(self) -> None:
        self._shared: defaultdict[str, dict[str, Thing]] = defaultdict(dict)
        self.apart: dict[tuple[str, str], str] = {}
        self.coded: dict[str, Known] = {}

    def add(self, profile: Profile) -> bool:
        """Keep a profile, if others may bear its name."""
        if profile.code or not _common(profile.type, profile.name):
            return False
        contexts = self._shared[profile.key]
        contexts.setdefault(profile.context, Thing(profile.key)).add(profile)
        return True

    def places(self) -> Iterator[tuple[str, Thing]]:
        """The things, persons apart, with the key of each; again what contexts of one thing tell."""
        for key, contexts in self._shared.items():
            if not key.startswith("person:"):
                yield from self._parted(key, contexts, _towns(contexts))

    def persons(self, root: Root) -> Iterator[tuple[str, Thing]]:
        """The persons with the key of each; `root` says which organisations are one."""
        for key, contexts in self._shared.items():
            if key.startswith("person:"):
                yield from self._parted(key, contexts, _persons(key.partition(":")[2], contexts, root))

    def _parted(
        self, key: str, contexts: Mapping[str, Thing], groups: Iterable[tuple[str, list[str]]]
    ) -> Iterator[tuple[str, Thing]]:
        groups = list(groups)
        famous = any(
            _national(post) for label, group in groups for c in group if not label for post in _parts(c)[1]
        )
        several = sum(bool(label) for label, _ in groups) + famous > 1
        for label, members in groups:
            for context in members:
                thing = contexts[context]
                node = f"{key}（{label}）" if several and label else key
                if thing.type in gazetteer.LEVELS and (known := _division(thing, context)):
                    node = f"{key}\n{context}"
                    self.coded[node] = known
                else:
                    thing.common = node != key or thing.type == "Agency"
                    yield node, thing
                if node != key:
                    self.apart[key, context] = node

    def links(self) -> Iterator[Link]:
        """Why each name that is shared stands for what it does on some pages."""
        score = rules.table("identity")["score"]
        for (key, context), node in self.apart.items():
            name = key.partition(":")[2]
            if known := self.coded.get(node):
                where = " in ".join(gazetteer.divisions()[c].name for c in _around(context)[:1])
                reason = f"{name} on pages about {where} can only be {known.name}"
                yield Link(key, known.key, score["division"], reason, "division", whole=False)
            else:
                label = node[len(key) + 1 : -1]
                reason = f"{name} on pages that tell of {label}; others of this name are elsewhere"
                yield Link(key, node, score["namesake"], reason, "namesake", whole=False)


@cache
def _common(kind: str, name: str) -> bool:
    """Whether two things may bear this name, so that what is around it counts."""
    if kind == "Person":
        return len(name) <= _GIVEN and not name.isascii() and "·" not in name
    if kind in gazetteer.LEVELS:
        return True
    if kind == "Agency" and _ORGAN.match(name):
        return True
    if kind not in _COMMON or _NATION.search(name) or name.endswith(_lines()):
        return False
    reading = form(kind, name)
    if kind == "Agency" and not reading.places:
        return False
    if len(reading.places) > 1:  # 鼓楼区财政局; 吉林大学 is of one place, the province or its city
        return not any(p in gazetteer.ancestors(q) for p in reading.places for q in reading.places if p != q)
    return not reading.places and not reading.distinct and fold(name) not in known_names()


@cache
def _lines() -> tuple[str, ...]:
    """Ends of names of what leads through many towns."""
    return tuple(rules.table("identity")["common"]["lines"].split())


def _around(context: str) -> tuple[str, ...]:
    """The divisions that hold the place of a context, nearest first."""
    return gazetteer.ancestors(context.partition("\n")[0])


def _division(thing: Thing, context: str) -> Known | None:
    return division(thing.name, thing.type, _around(context))


def _towns(contexts: Iterable[str]) -> list[tuple[str, list[str]]]:
    """The contexts of each town, under its name; those of no town under none."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for context in contexts:
        place = context.partition("\n")[0]
        groups[_city(place) if place in gazetteer.divisions() else place].append(context)
    return [(_label(town) or town, members) for town, members in sorted(groups.items())]


def _city(code: str) -> str:
    """The city of a division, or the county or the municipality that is of none; nothing for a province."""
    found = gazetteer.at_level(code, "City") or gazetteer.at_level(code, "County") or code
    division = gazetteer.divisions().get(found)
    return "" if not division or (division.level == "Province" and division.name[-1] != "市") else found


def _label(town: str) -> str:
    """The name of a division, with its code where it shares the name; nothing for anything else."""
    if town not in gazetteer.divisions():
        return ""
    name = gazetteer.divisions()[town].name
    return name if by_name()[name] == (town,) else f"{name}{town}"


def _persons(name: str, contexts: Iterable[str], root: Root) -> list[tuple[str, list[str]]]:
    """Persons of one name: contexts that share an organisation or a town are one person.

    Contexts that tell nothing are nobody's in particular: they share the plain key.
    """
    marks = {context: _marks(context, name, root) for context in sorted(contexts)}
    if len(name) > 2 and any(_national(key) for context in contexts for key in _parts(context)[1]):
        marks = dict.fromkeys(marks, frozenset())  # everybody knows who is meant
    known = frozenset().union(*marks.values())
    for context in marks:
        place, posts = _parts(context)
        if not posts and (city := _city(place)) in known:
            marks[context] = frozenset({city})
    owner: dict[str, set[str]] = {}  # a mark → the contexts that it holds together
    for context, own in marks.items():
        group = {context}.union(*(owner.get(mark, ()) for mark in own))
        owner |= dict.fromkeys((mark for c in group for mark in marks[c]), group)
    groups = {id(group): sorted(group) for group in owner.values()}.values()
    named = sorted((_told(group), group) for group in groups)
    return [*named, ("", [context for context, own in marks.items() if not own])]


def _marks(context: str, name: str, root: Root) -> frozenset[str]:
    """What tells a person with a local post apart: cities of page and posts, of short names the posts."""
    place, posts = _parts(context)
    local = [key for key in posts if not _national(key)]
    cities = {_city(code) for code in (place, *map(_seat, local)) if local}
    return frozenset({*cities, *(root(key) for key in local if len(name) == 2)} - {""})


def _parts(context: str) -> tuple[str, list[str]]:
    place, *posts = context.split("\n")
    return place, posts


def _seat(key: str) -> str:
    """The code of the place that an organisation's key names; else ""."""
    kind, _, name = key.partition(":")
    places = form("Agency", name).places
    return name if kind == "place" else min(places) if len(places) == 1 else ""


def _national(key: str) -> bool:
    """Whether a post there makes a person known everywhere."""
    kind, _, name = key.partition(":")
    return kind == "country" or (kind == "agency" and form("Agency", name).places <= NATION)


def _told(group: Iterable[str]) -> str:
    """What a person is told apart by: the city, else an organisation."""
    parts = [_parts(context) for context in group]
    codes = (code for place, posts in parts for code in (place, *map(_seat, posts)))
    cities = sorted(filter(None, map(_city, codes)))
    posts = sorted(_label(code) or key.partition(":")[2] for _, keys in parts for key, code in _seated(keys))
    return _label(cities[0]) if cities else posts[0]


def _seated(posts: Iterable[str]) -> Iterator[tuple[str, str]]:
    for key in posts:
        yield key, _seat(key) if key.startswith("place:") else ""
