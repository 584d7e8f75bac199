"""`kg/rules/names.toml` and `surnames.toml`, compiled once a process."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from kg import rules

MAX_DEFAULT = 30


class Found(NamedTuple):
    """A candidate name, in characters of the joined text."""

    start: int
    end: int
    type: str
    name: str
    code: str | None
    rule: str
    certainty: float


@dataclass(frozen=True, slots=True)
class Head:
    """One row of [[head]]: a kind of name by the word that it ends in."""

    name: str
    type: str
    generic: frozenset[str]
    longest: int
    soft: bool = False  # the core must hold something that is no common word
    brand: bool = False  # the core must be a short unknown word, or a place and one
    named: bool = False  # as soft, or a number, a phase
    verbs: bool = False  # a verb may begin the name
    modest: bool = False  # the core runs over unknown words and attributes alone, not over verbs and places
    territory: bool = False  # the core must be a territory
    placed: bool = False  # the core must hold a place, a level or the nation
    bare: bool = False  # the head alone is a name
    spans: bool = False  # the core may run over 、 and 及
    noun: bool = False  # no verb may stand right before the head
    bounds: frozenset[str] = frozenset()  # words that end a modest core
    unless: tuple[str, ...] = ()  # what must not follow: it makes the head part of a longer word
    keep: bool = False  # words before a place inside the core belong to the name


class PersonRules(NamedTuple):
    """What shows the names of persons."""

    surnames: frozenset[str]
    titles: AhoCorasick
    sounds: frozenset[str]  # characters that foreign names are written with
    honorifics: re.Pattern[str]  # what only follows persons
    offices: re.Pattern[str]  # titles that follow a name more often than that of an organ
    transcribed: re.Pattern[str]  # a foreign name in Chinese characters, after a title


class FirmRules(NamedTuple):
    """What stands around the names of firms."""

    before: re.Pattern[str]  # before or after a firm whose name is a word too
    after: re.Pattern[str]
    kinds: re.Pattern[str]  # what kind of firm it is, before its name: 汽车制造商+…公司
    posts: re.Pattern[str]  # titles that only firms give
    strict: tuple[str, ...]  # heads of brands that a place alone may precede
    provincial: tuple[str, ...]  # heads of firms of which a province has but one
    deals: frozenset[str]  # what one firm does to another


@dataclass(frozen=True, slots=True)
class Names:
    """The compiled tables."""

    heads: AhoCorasick
    rows: tuple[tuple[Head, ...], ...]  # by head word
    patterns: tuple[tuple[str, str, re.Pattern[str]], ...]  # type, rule, pattern
    known: AhoCorasick
    known_places: frozenset[str]
    known_as: tuple[tuple[str, str], ...]  # type, name
    lead: re.Pattern[str]
    persons: PersonRules
    programmes: tuple[str, ...]  # what ends the core of a government's 工程 that is no works: 黑土地保护
    kinds_of_works: tuple[str, ...]  # what ends the core of a class of projects: 采购项目
    trigger: tuple[re.Pattern[str], re.Pattern[str]]  # what is done to a policy, before or after its name
    lists: dict[str, re.Pattern[str]]
    figures: re.Pattern[str]  # what follows a firm in a list of firms' figures
    firm: FirmRules
    brands: re.Pattern[str]  # head words of brands
    works: frozenset[str]  # verbs that may stand right before a head of works: 引水+工程
    acts: frozenset[str]  # verbs that stop a name, but for one of a policy or an event
    builds: frozenset[str]  # verbs that a place or an organ before them does to a thing after them
    closing: tuple[str, ...]  # heads of names that may hold 、 or 和
    owned: tuple[str, ...]  # projects whose name begins with the firm that builds them end in these
    parks: tuple[str, ...]
    roads: tuple[str, ...]
    works_near: re.Pattern[str]  # what tells that a road is being built
    built: tuple[re.Pattern[str], re.Pattern[str]]  # what stands before or after a park that is being built
    opened: re.Pattern[str]  # what follows a road that has been opened
    gone: re.Pattern[str]  # verbs before works of which so much is closed
    titled: re.Pattern[str]  # verbs before what a title makes of a place
    trades: re.Pattern[str]  # words for what a firm makes or does
    alias: dict[str, Any]
    right: dict[str, float]  # the share of names that are right, by type and finder


def alternatives(words: Iterable[str]) -> str:
    """The body of a regular expression that finds any of the words, the longest first."""
    return "|".join(map(re.escape, sorted(set(words), key=lambda w: (-len(w), w))))


def _head(row: dict[str, Any]) -> Head:
    flags = {
        f: bool(row.get(f, False))
        for f in (
            "soft",
            "brand",
            "named",
            "verbs",
            "modest",
            "noun",
            "bare",
            "spans",
            "keep",
            "territory",
            "placed",
        )
    }
    generic = frozenset(row.get("generic", "").split())
    bounds = frozenset(row.get("bounds", "").split())
    return Head(
        row["name"],
        row["type"],
        generic,
        row.get("max", MAX_DEFAULT),
        bounds=bounds,
        unless=tuple(row.get("unless", "").split()),
        **flags,
    )


def _matcher(words: Iterable[str]) -> AhoCorasick:
    return AhoCorasick(list(words), matchkind=MatchKind.LeftmostLongest)


def _heads_of(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    return (word for row in rows for word in row["heads"].split())


def _lexicon_heads() -> dict[str, list[str]]:
    """Heads by type that the lexicon holds: organs without their place (人社局), and goods."""
    words: dict[str, list[str]] = {}
    for row in rules.lexicon("agencies"):
        if row["level"] == "stem":
            words.setdefault(row["type"], []).extend(filter(None, (*row["alias"].split("|"), row["name_zh"])))
    words["Product"] = [r["name_zh"] for r in rules.lexicon("products") if len(r["name_zh"]) > 1]
    return words


def _by_word(rows: Iterable[dict[str, Any]]) -> dict[str, list[Head]]:
    """The rows of each head word; what the lexicon alone holds belongs to the first row of its type."""
    rows = tuple(rows)
    by_word: dict[str, list[Head]] = {}
    words = _lexicon_heads()
    for row in rows:
        kind, head = row["type"], _head(row)
        listed = set(_heads_of(r for r in rows if r["type"] == kind))
        more = (word for word in words.pop(kind, ()) if word not in listed)
        for word in dict.fromkeys([*row["heads"].split(), *more]):
            by_word.setdefault(word, []).append(head)
    return by_word


def _patterns(table: dict[str, Any]) -> Iterator[tuple[str, str, re.Pattern[str]]]:
    events = alternatives(_heads_of(row for row in table["head"] if row["type"] == "Event"))
    for row in table["pattern"]:
        regex = re.compile(row["regex"].replace("{events}", events))
        yield row["type"], f"{row['type']}/{row['name']}", regex


def _person_rules(person: dict[str, Any]) -> PersonRules:
    return PersonRules(
        surnames=frozenset(rules.table("surnames")["surnames"].split()),
        titles=_matcher(person["titles"].split()),
        sounds=frozenset(person["sounds"]),
        transcribed=re.compile(person["transcribed"].replace("{sounds}", person["sounds"])),
        honorifics=re.compile(alternatives(person["after"].split())),
        offices=re.compile(alternatives(person["offices"].split())),
    )


def _firm_rules(table: dict[str, Any]) -> FirmRules:
    firm = table["firm"]
    before, after, kinds, posts = (re.compile(firm[key]) for key in ("before", "after", "kinds", "posts"))
    strict, provincial = (tuple(firm[key].split()) for key in ("strict", "provincial"))
    return FirmRules(
        before, after, kinds, posts, strict, provincial, frozenset(table["grow"]["deals"].split())
    )


@cache
def names() -> Names:
    """The rules for names."""
    table = rules.table("names")
    by_word = _by_word(table["head"])
    known = {w: (row["type"], row.get("name", w)) for row in table["known"] for w in row["names"].split()}
    lead = alternatives(table["grow"]["lead"].split())
    brands = alternatives(_heads_of(row for row in table["head"] if row.get("brand")))
    return Names(
        heads=_matcher(by_word),
        rows=tuple(tuple(heads) for heads in by_word.values()),
        patterns=tuple(_patterns(table)),
        known=_matcher(known),
        known_places=frozenset(word for word, (kind, _) in known.items() if kind == "Place"),
        known_as=tuple(known.values()),
        lead=re.compile(rf"{lead}|\d[\d.,]*[余多]?(?:亿元|万元|元|年|月|日|公里)"),
        persons=_person_rules(table["person"]),
        programmes=tuple(table["policy"]["programmes"].split()),
        kinds_of_works=tuple(table["built"]["kinds"].split()),
        trigger=(re.compile(table["policy"]["before"]), re.compile(table["policy"]["after"])),
        lists={kind: re.compile(pattern) for kind, pattern in table["list"].items()},
        figures=re.compile(table["figures"]["after"]),
        firm=_firm_rules(table),
        brands=re.compile(brands),
        works=frozenset(table["grow"]["works"].split()),
        acts=frozenset(table["grow"]["acts"].split()),
        builds=frozenset(table["grow"]["builds"].split()),
        closing=tuple(_heads_of(r for r in table["head"] if r["type"] != "Product")),
        owned=tuple(table["built"]["owned"].split()),
        parks=tuple(table["built"]["parks"].split()),
        roads=tuple(table["built"]["roads"].split()),
        works_near=re.compile(table["built"]["works"]),
        built=(re.compile(table["built"]["before"]), re.compile(table["built"]["after"])),
        opened=re.compile(table["built"]["opened"]),
        gone=re.compile(table["built"]["gone"]),
        titled=re.compile(table["built"]["titled"]),
        trades=re.compile(rf"储能|{brands}|{table['alias']['industry']}"),
        alias=table["alias"],
        right=table["right"],
    )
