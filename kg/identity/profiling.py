"""From what a page says to one profile a thing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from kg.identity.records import Profile
from kg.model import Entity, Extraction

_GUESSED = re.compile("locatedIn/(?:home|article|paragraph)")  # no place said
_BEFORE = re.compile("[（(](?:原名?|原称|原为|前身[为是]?|曾用名)[:：“]?")  # 新名（原旧名）
_RENAMED = re.compile("(?:于[^，。]{2,12})?(?:正式|已|现|后)?(?:更名|改名|改称)为[“《]?")  # 旧名更名为新名
_QUICK = re.compile("[（(](?:原|前身|曾用)|更名为|改名为|改称为")
_BEARS = ("ent:", "agency:", "inst:", "zone:", "project:", "event:", "place:")  # things that are renamed


def profiles(extraction: Extraction) -> Iterator[Profile]:
    """One profile for each thing of a page, in the order of its entities."""
    page = extraction.page
    homes = {a.number: a.home or extraction.issue.home for a in extraction.articles}
    places = {e.key: e.code for e in extraction.entities if e.code}
    within = _places(extraction, places)
    posts: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for fact in extraction.facts:
        if fact.predicate == "roleAt":
            posts[fact.subject].add((fact.object, fact.role or ""))
    former = _former(extraction)
    for e in extraction.entities:
        yield Profile(
            e.key, e.type, e.name, page.name, e.code, e.aliases, e.raw,
            home=_one_home(e, homes, extraction.issue.home),
            within=tuple(sorted(within.get(e.key, ()))),
            posts=tuple(sorted(posts.get(e.key, ()))),
            former=tuple(sorted(former.get(e.key, ()))),
            published=extraction.issue.published,
        )  # fmt: skip


def _one_home(entity: Entity, homes: Mapping[int, str | None], page: str | None) -> str | None:
    """The home of the articles that name a thing, where they have one and the same."""
    found = {homes.get(number) for number in entity.articles}
    return found.pop() if len(found) == 1 else None if found else page


def _places(extraction: Extraction, codes: Mapping[str, str]) -> dict[str, set[str]]:
    """The codes of the divisions that the page itself puts a thing in."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for fact in extraction.facts:
        guessed = any(_GUESSED.fullmatch(proof.rule) for proof in fact.evidence)
        if fact.predicate == "locatedIn" and fact.object in codes and not guessed:
            found[fact.subject].add(codes[fact.object])
    return found


def _former(extraction: Extraction) -> dict[str, set[str]]:
    """Names that the text says a thing bore before: 新名（原旧名）, 旧名更名为新名."""
    text = extraction.page.text
    if not _QUICK.search(text):
        return {}
    text = "".join(text.split())
    forms = dict(_forms(extraction.entities))
    found: defaultdict[str, set[str]] = defaultdict(set)
    for match in _BEFORE.finditer(text):
        _renamed(found, _ending(text, match.start(), forms), _beginning(text, match.end(), forms))
    for match in _RENAMED.finditer(text):
        _renamed(found, _beginning(text, match.end(), forms), _ending(text, match.start(), forms))
    return found


def _forms(entities: Iterable[Entity]) -> Iterator[tuple[str, Entity]]:
    for e in entities:
        if e.key.startswith(_BEARS) and not e.code:
            for form in (e.name, *e.aliases):
                yield form, e


def _renamed(found: defaultdict[str, set[str]], now: Entity | None, before: Entity | None) -> None:
    if now and before and now.key != before.key and now.type == before.type:
        found[now.key].add(before.name)


def _ending(text: str, at: int, forms: Mapping[str, Entity]) -> Entity | None:
    """The thing whose name, the longest, stands right before `at`, closing marks left out."""
    while at and text[at - 1] in "”》":
        at -= 1
    sizes = (size for size in range(min(40, at), 2, -1) if text[at - size : at] in forms)
    return next((forms[text[at - size : at]] for size in sizes), None)


def _beginning(text: str, at: int, forms: Mapping[str, Entity]) -> Entity | None:
    """The thing whose name, the longest, stands from `at` on."""
    sizes = (size for size in range(40, 2, -1) if text[at : at + size] in forms)
    return next((forms[text[at : at + size]] for size in sizes), None)
