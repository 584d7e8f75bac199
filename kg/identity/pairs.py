"""Which nodes may be one thing: candidates by what their names share, each with its reason and score.

Blocks are dictionaries, so that of a million names each is compared with few others. Two names that say the
same are one thing. A name that says less than another (no place, no legal form, no trade) is its short form
where no third thing could be meant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from kg import gazetteer, rules
from kg.identity.clusters import Edge
from kg.identity.forms import FULLER, Form, form, nested, tokens
from kg.identity.records import Profile
from kg.resolve import PREFIX, fold

COMPARED = ("Enterprise", "Agency", "Institution", "Project", "Policy", "Event", "Zone", "Award", "Place")
_CALLED = frozenset(COMPARED) - {"Policy", "Award"}  # classes whose names pages shorten as they like
_SHORTENED = ("Enterprise", "Institution", "Project", "Event", "Zone")  # classes of names that may leave out
_LOCAL = ("Zone", "Event")  # classes of names that mean another thing in another place
LEGAL = ("有限", "股份", "集团有限", "集团股份")  # legal forms of which a firm has one
_LONG = 7  # characters of a core that is one thing's though it is made of common words
_CROWD = 40  # names with one core: too common a core to be one thing's

Root = Callable[[str], str]


@dataclass(slots=True)
class Thing:
    """What all pages tell of one node."""

    key: str
    types: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)
    towns: set[str] = field(default_factory=set)
    aliases: dict[str, str] = field(default_factory=dict)  # form → the first page, by name, that has it
    former: dict[str, str] = field(default_factory=dict)
    common: bool = False  # told from namesakes by what is around it: its name alone says nothing

    def add(self, profile: Profile) -> None:
        """Take in what a page tells."""
        self.types.add(profile.type)
        self.names.add(profile.name)
        if profile.code:
            self.codes.add(profile.code)
        if town := profile.town:
            self.towns.add(town)
        for forms, told in ((profile.names, self.aliases), (profile.former, self.former)):
            for name in forms:
                told[name] = min(profile.page, told.get(name, profile.page))

    def join(self, other: Thing) -> None:
        """Take in what is told of another that is the same."""
        for mine, more in ((self.types, other.types), (self.names, other.names), (self.codes, other.codes)):
            mine |= more
        self.towns |= other.towns
        self.common |= other.common
        for told, others in ((self.aliases, other.aliases), (self.former, other.former)):
            for name, page in others.items():
                told[name] = min(page, told.get(name, page))

    @property
    def type(self) -> str:
        """Its class, the narrowest if pages differ."""
        return max(self.types, key=lambda t: (t in gazetteer.LEVELS, t == "Village", t != "Place", t))

    @property
    def name(self) -> str:
        """Its name, with all marks if pages differ."""
        return max(self.names, key=lambda n: (len(n), n))


@cache
def known_names() -> frozenset[str]:
    """The full names of the lexicon, folded."""
    known = (row for table in gazetteer.TABLES for row in rules.lexicon(table))
    return frozenset(fold(row.get("full_zh") or row["name_zh"]) for row in known)


def equal(things: Mapping[str, Thing]) -> Iterator[Edge]:
    """Nodes whose names say the same."""
    blocks: defaultdict[tuple[str, Form], list[str]] = defaultdict(list)
    for key, thing in things.items():
        if thing.type in COMPARED and not thing.codes and not thing.common:
            reading = form(thing.type, thing.name)
            told = reading.places or reading.distinct or len(reading.core) > _LONG
            if told or thing.type == "Policy":
                blocks[thing.type, reading].append(key)
    for keys in blocks.values():
        first, *rest = sorted(keys)
        for key in rest:
            yield _edge("spelling", things[first], things[key], "the names say the same, spelt otherwise")


def renamed(things: Mapping[str, Thing]) -> Iterator[Edge]:
    """Nodes of which a page says that the one was once called the other."""
    for thing in things.values():
        for name, page in thing.former.items():
            other = f"{PREFIX.get(thing.type, 'place')}:{fold(name)}"
            if other in things:
                reason = f"{thing.name} was called {name} before, says {page}"
                edge = _edge("renamed", thing, things[other], reason)
                yield replace(edge, firm=True, before=(other,))


def called(things: Mapping[str, Thing], root: Root) -> Iterator[Edge]:
    """Nodes whose whole name is what a page calls one other thing."""
    owners: defaultdict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for key, thing in things.items():
        if thing.type in _CALLED and not thing.common:
            for alias, page in thing.aliases.items():
                node = f"{key.partition(':')[0]}:{fold(alias)}"
                if node != key and node in things:
                    owners[node, thing.type][key] = page
    for (node, _), pages in owners.items():
        if len({root(key) for key in pages}) == 1:
            yield from _called(things[node], things[min(pages)], pages)


def _called(short: Thing, full: Thing, pages: Mapping[str, str]) -> Iterator[Edge]:
    reading = form(short.type, short.name)
    telling = reading.places or (reading.distinct and short.type != "Agency")
    apt = telling and not gazetteer.is_word(short.name) and _abbreviates(fold(short.name), fold(full.name))
    same = short.type == full.type and tokens(short.name) == tokens(full.name)
    if apt and same and not _elsewhere(short, full):
        yield _edge("called", short, full, f"{min(pages.values())} calls {full.name} {short.name}")


def shortened(things: Mapping[str, Thing], root: Root) -> Iterator[Edge]:
    """Nodes whose name leaves out what another says: 金宇科林 and 山西金宇科林科技有限公司."""
    cores: defaultdict[tuple[str, str], list[tuple[Thing, Form]]] = defaultdict(list)
    for thing in things.values():
        if thing.type in _SHORTENED and not thing.codes and not thing.common:
            reading = form(thing.type, thing.name)
            if reading.distinct:
                for core in {reading.core, reading.brand} - {""}:
                    cores[thing.type, core].append((thing, reading))
    for (_, core), rows in cores.items():
        if 1 < len(rows) <= _CROWD:
            for thing, reading in rows:
                if reading.core == core:
                    yield from _fullest(thing, reading, rows, root)


def _fullest(short: Thing, reading: Form, rows: Iterable[tuple[Thing, Form]], root: Root) -> Iterator[Edge]:
    """The one thing that a short name can stand for."""
    fuller = [(t, f) for t, f in rows if t is not short and _leaves_out(reading, f)]
    own = root(short.key)
    near = [(t, f) for t, f in fuller if not _elsewhere(short, t)]
    if not near or len({root(t.key) for t, _ in near} | {own}) > 2:
        return
    best = max(near, key=lambda row: (_score(short, reading, *row), row[0].key))
    if root(best[0].key) != own:
        left = " and ".join(_missing(reading, best[1]))
        reason = f"{short.name} is {best[0].name} without its {left}; nothing else here is called so"
        yield _edge("short", short, best[0], reason, _score(short, reading, *best))


def _leaves_out(short: Form, full: Form) -> bool:
    """Whether the one says less than the other and nothing else."""
    if short.core != full.core and (short.core != full.brand or short.legal):
        return False
    legal = short.legal == full.legal or full.legal in FULLER.get(short.legal, ())
    places = not short.places or (bool(full.places) and nested(short.places, full.places))
    return legal and places and short != full


def _whole(short: Form, full: Form) -> bool:
    """Whether a firm's name is its legal one, so that what has a place before it is another firm."""
    return short.legal in LEGAL and not short.places and bool(full.places)


def _branch(short: Thing, full: Form) -> bool:
    """Whether a name with a place of ours before it may be a branch of a firm that the nation knows."""
    known = short.type == "Enterprise" and fold(short.name) in known_names()
    return known and not full.places.isdisjoint(gazetteer.divisions())


def _missing(short: Form, full: Form) -> list[str]:
    """What a short name leaves out."""
    said = {
        "place": bool(full.places) and not short.places,
        "nearer place": bool(short.places) and short.places != full.places,
        "trade": short.core != full.core,
        "legal form": short.legal != full.legal,
    }
    return [what for what, missing in said.items() if missing]


def _score(short: Thing, reading: Form, full: Thing, fuller: Form) -> float:
    table = rules.table("identity")["score"]
    score = table["short"] - sum(table[f"no {what}"] for what in _missing(reading, fuller))
    if not reading.places and fuller.places:
        local = short.type in _LOCAL or _whole(reading, fuller) or _branch(short, fuller)
        score -= table["of the place"] if local else 0
    score -= table["two characters"] if len(reading.core) < 3 else 0
    score += table["four characters"] if len(reading.brand) > 3 else 0
    score += table["same town"] if short.towns & full.towns else 0
    return float(min(score, table["spelling"]))


def _abbreviates(short: str, full: str) -> bool:
    """Whether a name is made of characters of another, in their order: 上合示范区."""
    rest = iter(full)
    return len(short) > 1 and all(c in rest for c in short)


def _elsewhere(a: Thing, b: Thing) -> bool:
    """Whether two things are of different towns."""
    return bool(a.towns and b.towns) and not nested(a.towns, b.towns)


def _edge(by: str, a: Thing, b: Thing, reason: str, score: float | None = None) -> Edge:
    sure = rules.table("identity")["score"][by] if score is None else score
    return Edge(round(1 - sure, 3), min(a.key, b.key), max(a.key, b.key), by, reason)
