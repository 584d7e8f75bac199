"""What all pages together tell of one thing, before it is known which things are one."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from kg import gazetteer, rules
from kg.identity.records import Profile
from kg.resolve import fold


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
