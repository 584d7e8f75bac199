"""Which nodes may be one thing: candidates by what their names share, each with its reason and score.

Blocks are dictionaries, so that of a million names each is compared with few others. Two names that say the
same are one thing. A name that says less than another (no place, no legal form, no trade) is its short form
where no third thing could be meant.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from kg import gazetteer, rules
from kg.identity.clusters import Edge
from kg.identity.forms import FULLER, NATION, Form, form, nested, tokens
from kg.identity.things import Thing, known_names
from kg.resolve import PREFIX, fold

COMPARED = ("Enterprise", "Agency", "Institution", "Project", "Policy", "Event", "Zone", "Award", "Place")
_CALLED = frozenset(COMPARED) - {"Policy", "Award"}  # classes whose names pages shorten as they like
_SHORTENED = (
    "Enterprise",
    "Institution",
    "Project",
    "Event",
    "Zone",
    "Place",
)  # classes of names that may leave out
_LOCAL = ("Zone", "Event")  # classes of names that mean another thing in another place
LEGAL = ("有限", "股份", "集团有限", "集团股份")  # legal forms of which a firm has one
_ANEW = ("Event", "Place", "Project")  # classes of known names that each place may have again
_LONG = 6  # characters of a core that is one thing's though it is made of common words
_OWN = 6  # characters of a core that make a zone or an event the only one of its name
_SOME = 3  # characters of a core of common words that the legal form alone tells from a word
_CROWD = 40  # names with one core: too common a core to be one thing's

_PART = re.compile("[东西南北中]+部?")
_NUMBERED = re.compile("[0-9一二三四五六七八九十]")
_ROUTE = re.compile("(?P<ends>[^至]{2,4}(?:至[^至]{2,4}){1,2}?)(?P<line>高铁|高速|铁路|城际铁路)")

Root = Callable[[str], str]


def equal(things: Mapping[str, Thing]) -> Iterator[Edge]:
    """Nodes whose names say the same."""
    blocks: defaultdict[tuple[str, Form], list[str]] = defaultdict(list)
    for key, thing in things.items():
        if thing.type in COMPARED and not thing.codes and not thing.common:
            reading = form(thing.type, thing.name)
            if _telling(thing, reading):
                blocks[thing.type, reading].append(key)
    for keys in blocks.values():
        first, *rest = sorted(keys)
        for key in rest:
            yield _edge("spelling", things[first], things[key], "the names say the same, spelt otherwise")


def _telling(thing: Thing, reading: Form) -> bool:
    """Whether a name is one thing's alone: of two things that bear it, one would say more."""
    numbered = thing.type == "Event" and bool(tokens(thing.name))
    part = _PART.fullmatch(reading.core)  # 东部 of some country
    long = len(reading.core) > {"Place": 2 if part else 1, "Project": 8}.get(thing.type, _LONG)
    long = long or (thing.type == "Agency" and len(reading.own) > 1)  # 国家发改委
    long = long or (thing.type == "Policy" and reading.core.endswith("法"))
    long = long or (thing.type == "Project" and any(line in reading.core for line in _ends("lines")))
    return bool(reading.places) or reading.distinct or numbered or long or reading.core in known_names()


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
    fuller = form(full.type, full.name)
    names = sorted((fold(short.name), fold(full.name)), key=len)
    spelt = reading.core == fuller.core or _abbreviates(*names)
    apt = telling and not gazetteer.is_word(short.name) and spelt
    led = fold(full.name).endswith(fold(short.name)) and not _NUMBERED.search(full.name)
    same = short.type == full.type and (led or tokens(short.name) == tokens(full.name))
    if apt and same and not _elsewhere(short, reading, full, fuller):
        yield _edge("called", short, full, f"{min(pages.values())} calls {full.name} {short.name}")


def shortened(things: Mapping[str, Thing], root: Root, wide: bool) -> Iterator[Edge]:
    """Nodes whose name leaves out what another says: 金宇科林 and 山西金宇科林科技有限公司.

    Of firms no more than the legal form, unless `wide`.
    """
    cores: defaultdict[tuple[str, str], list[tuple[Thing, Form]]] = defaultdict(list)
    for thing in things.values():
        if thing.type in _SHORTENED and not thing.codes and not thing.common:
            reading = form(thing.type, thing.name)
            for core in {reading.core, reading.brand} - {""}:
                cores[thing.type, core].append((thing, reading))
    for (_, core), rows in cores.items():
        if 1 < len(rows) <= _CROWD:
            for thing, reading in rows:
                if reading.core == core:
                    known = thing.type not in _ANEW and fold(thing.name) in known_names()
                    fuller = [(t, f) for t, f in rows if t is not thing and _leaves_out(reading, f, known)]
                    near = [(t, f) for t, f in fuller if not _elsewhere(thing, reading, t, f)]
                    if wide or all(_missing(reading, f) == ["legal form"] for _, f in near):
                        yield from _fullest(thing, reading, near, root)


def routes(things: Mapping[str, Thing], root: Root) -> Iterator[Edge]:
    """Lines under the first characters of their ends: 日兰高铁 is 日照至兰考高铁, if no other line is."""
    lines: defaultdict[str, list[Thing]] = defaultdict(list)
    for key, thing in things.items():
        if thing.type in ("Place", "Project") and (found := _ROUTE.fullmatch(_usual_line(thing))):
            initials = "".join(end[0] for end in found["ends"].split("至"))
            lines[f"{key.partition(':')[0]}:{initials}{found['line']}"].append(thing)
    shorts: defaultdict[str, list[Thing]] = defaultdict(list)
    for key, thing in things.items():
        if thing.type in ("Place", "Project"):
            shorts[f"{key.partition(':')[0]}:{_usual_line(thing)}"].append(thing)
    for name, fuller in lines.items():
        if len({root(t.key) for t in fuller}) == 1:
            full = min(fuller, key=lambda t: t.key)
            for short in shorts.get(name, ()):
                reason = f"{short.name} is short for {full.name}; no other line here has such ends"
                yield replace(_edge("route", short, full, reason), firm=True)


def _usual_line(thing: Thing) -> str:
    return fold(thing.name).replace("高速铁路", "高铁").replace("高速公路", "高速").removesuffix("项目")


def _fullest(short: Thing, reading: Form, near: Sequence[tuple[Thing, Form]], root: Root) -> Iterator[Edge]:
    """The one thing that a short name can stand for."""
    own = root(short.key)
    if len({root(t.key) for t, _ in near} | {own}) > 2 or not near:
        return
    best = max(near, key=lambda row: (_score(short, reading, *row), row[0].key))
    if root(best[0].key) != own:
        left = " and ".join(_missing(reading, best[1]))
        reason = f"{short.name} is {best[0].name} without its {left}; nothing else here is called so"
        yield _edge("short", short, best[0], reason, _score(short, reading, *best))


def _leaves_out(short: Form, full: Form, known: bool) -> bool:
    """Whether the one says less than the other and nothing else."""
    if short.core != full.core and (short.core != full.brand or short.legal not in ("", "公司")):
        return False
    arm = not short.legal and full.legal == "股份" and len(short.core) < _SOME  # 云南锡业 may be the group
    if short.core.endswith(_ends("series")) or (arm and short.core.endswith(_ends("arms"))):
        return False
    legal = short.legal == full.legal or full.legal in FULLER.get(short.legal, ())
    places = not short.places or (bool(full.places) and nested(short.places, full.places))
    few = 1 if short.places else _SOME
    abroad = bool(full.brand) and bool(full.places) and full.places.isdisjoint(gazetteer.divisions())
    alike = (abroad or short.places == full.places) and len(short.core) > few
    told = short.distinct or alike or (known and not short.places and short.core == full.core)
    return legal and places and told and short != full and _apt(short, full, known)


def _apt(short: Form, full: Form, known: bool) -> bool:
    """Whether a name is enough its own to leave a place out: a city and its county both have a port."""
    if short.rare or short.places == full.places:
        return True
    abroad = full.places.isdisjoint(gazetteer.divisions())  # 美国GE: where it is from
    firm = bool(full.brand) and (bool(full.legal) or full.core != full.brand or abroad)
    return firm or known or not (full.brand or _local(short.places))


@cache
def _ends(which: str) -> tuple[str, ...]:
    """Ends of names: of `series` each place has one, `lines` lead through many, `arms` have a group."""
    return tuple(rules.table("identity")["common"][which].split())


def _whole(short: Form, full: Form) -> bool:
    """Whether a firm's name is its legal one, so that what has a place before it is another firm."""
    return short.legal in ("有限", "集团有限") and short.places != full.places


def _branch(short: Thing, full: Form) -> bool:
    """Whether a name with a place of ours before it may be a branch of a firm that the nation knows."""
    known = short.type == "Enterprise" and fold(short.name) in known_names()
    return known and full.legal in ("", "公司", "有限") and not full.places.isdisjoint(gazetteer.divisions())


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
    if reading.places != fuller.places:
        known = fold(short.name) in known_names()
        local = short.type in _LOCAL and len(reading.core) < _OWN and not known
        local = local or reading.core.startswith("国家")
        local = local or (fuller.places == NATION and short.type != "Enterprise")
        branch = _whole(reading, fuller) or _branch(short, fuller)
        score -= table["of the place"] if local or branch else 0
    score -= table["two characters"] if len(reading.core) < 3 and "集团" not in reading.legal else 0
    score += table["rare"] if reading.rare else 0
    here = short.towns | (_local(reading.places) if reading.places == fuller.places else set())
    score += table["same town"] if here & {_town(p) for p in _where(full, fuller)} else 0
    return float(min(score, table["spelling"]))


def _abbreviates(short: str, full: str) -> bool:
    """Whether a name is made of characters of another, in their order: 上合示范区."""
    rest = iter(full)
    return len(short) > 1 and all(c in rest for c in short)


def _elsewhere(a: Thing, reading: Form, b: Thing, other: Form) -> bool:
    """Whether two things are of different towns."""
    here, there = _where(a, reading), _where(b, other)
    return bool(here and there) and not nested(here, there)


def _where(thing: Thing, reading: Form) -> set[str]:
    """The places that a thing is said to be in, its name's among them."""
    return thing.towns | (reading.places & gazetteer.divisions().keys())


def _local(places: frozenset[str]) -> set[str]:
    """The city of the one place that a name begins with; nothing for a province or a country."""
    code = min(places, default="")
    return {_town(code)} if len(places) == 1 and gazetteer.at_level(code, "City") else set()


def _town(code: str) -> str:
    return gazetteer.at_level(code, "City") or code


def _edge(by: str, a: Thing, b: Thing, reason: str, score: float | None = None) -> Edge:
    sure = rules.table("identity")["score"][by] if score is None else score
    return Edge(round(1 - sure, 3), min(a.key, b.key), max(a.key, b.key), by, reason)
