"""What the lexicon knows of places that pages name otherwise: former and popular names, slips."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from functools import cache

from kg import gazetteer, rules, script
from kg.graph.links import Link
from kg.identity.records import Known, Profile
from kg.resolve import PREFIX, fold


class Changes:
    """Forms that pages print for things that bear another name today, or in truth."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, str, str], tuple[str, str]] = {}  # old, new, name → first day and page

    def add(self, profile: Profile) -> None:
        """Take in the forms of a page that are slips or former names."""
        seen = profile.published or "9999", profile.page
        for raw in profile.raw:
            if script.simplified(raw) == raw:
                prefix = PREFIX.get(profile.type, "place")
                self._note((f"{prefix}:{fold(raw)}", profile.key, raw), seen)
        for row in _former().get(profile.code or "", ()):
            called = row["name"] in gazetteer.divisions()[profile.code or ""].short  # 辉县市 is called 辉县
            if row["name"] in profile.names and (not called or seen[0] < row["year"]):
                self._note((f"place:{row['code']}", profile.key, row["name"]), seen)

    def _note(self, change: tuple[str, str, str], seen: tuple[str, str]) -> None:
        self._first[change] = min(seen, self._first.get(change, seen))

    def links(self, living: Container[str]) -> Iterator[Link]:
        """Each as a link; none from a key that stands for a thing of its own."""
        score = rules.table("identity")["score"]
        for (old, new, name), (day, page) in self._first.items():
            until = _until(old, new)
            if until:
                valid = f", so on the day of {page}" if day < until else ""
                reason = f"{name} was its name, with the code {old.partition(':')[2]}, until {until}{valid}"
                yield Link(old, new, score["former"], reason, "former", old not in living)
            else:
                reason = f"{page} prints {name}, which nothing is called; by shape and place it is this"
                yield Link(old, new, score["slip"], reason, "slip", old not in living)


def _until(old: str, new: str) -> str:
    """The first year in which a code was no longer the division's."""
    rows = _former().get(new.partition(":")[2], ())
    return next((row["year"] for row in rows if f"place:{row['code']}" == old), "")


@cache
def _former() -> dict[str, list[dict[str, str]]]:
    """What divisions were before, by their present code; codes that mean another place today left out."""
    found: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    now = gazetteer.divisions()
    for row in rules.lexicon("former"):
        if row["successor"] in now and row["code"] not in now:
            found[row["successor"]].append(row)
    return found


def division(name: str, level: str, places: Iterable[str]) -> Known | None:
    """The one division of that name and level in the nearest of `places` that has such.

    庙前街街道 is 庙前街道.
    """
    for official in _officials(name):
        codes = [c for c in by_name().get(official, ()) if gazetteer.divisions()[c].level == level]
        for place in places:
            near = [c for c in codes if place in gazetteer.ancestors(c)]
            if len(near) == 1:
                return Known(f"place:{near[0]}", level, official, near[0])
    return None


def _officials(name: str) -> Iterator[str]:
    yield name
    for official, others in rules.table("identity")["ends"]["Township"].items():
        for other in others.split():
            if name.endswith(other):
                yield name.removesuffix(other) + official


@cache
def by_name() -> dict[str, tuple[str, ...]]:
    """The codes of divisions by name."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for d in gazetteer.divisions().values():
        found[d.name].append(d.code)
    return {name: tuple(codes) for name, codes in found.items()}
