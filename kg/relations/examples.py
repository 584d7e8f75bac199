"""Texts with their names marked, as the rules' `finds` and `skips` are written, and what rules say of them.

`[Enterprise:海川]收购[Enterprise:东岳]。` marks two names; `[City:我市=临江市]` one said in another form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kg import relations
from kg.model import Document, Entity, Fact, Issue, Mention, Page, Sentence

MARK = re.compile(r"\[([A-Z][a-z]+):([^\]=]+)(?:=([^\]]+))?\]")


def marked(text: str, home: str = "") -> Document:
    """A document of one paragraph, its names as marked; `home` marks the place of the paper."""
    plain, names, at = "", [], 0
    for found in MARK.finditer(text):
        plain += text[at : found.start()]
        names.append((len(plain), found))
        plain += found[2]
        at = found.end()
    plain += text[at:]
    lines = [m.span() for m in re.finditer("[^。]+。?", plain)]
    sentences = tuple(Sentence(plain[s:e], tuple(range(s, e)), 1, 1) for s, e in lines)
    mentions = tuple(
        tuple(_mention(found, start - s) for start, found in names if s <= start < e) for s, e in lines
    )
    entities = {m.entity: Entity(m.entity, m.type, m.name, (m.text,)) for row in mentions for m in row}
    place = MARK.fullmatch(home)
    if place:
        entities.setdefault(f"{place[1]}:{place[2]}", Entity(f"{place[1]}:{place[2]}", place[1], place[2]))
    town = entities.get(f"{place[1]}:{place[2]}") if place else None
    page = Page("examples", plain, "0" * 64)
    return Document(page, Issue(), (), sentences, mentions, tuple(entities.values()), town)


def _mention(found: re.Match[str], start: int) -> Mention:
    name = found[3] or found[2]
    return Mention(start, start + len(found[2]), found[2], found[1], name, entity=f"{found[1]}:{name}")


def mark(text: str, mentions: Sequence[Mention]) -> str:
    """A sentence with these mentions marked: what `marked` reads."""
    parts, at = [], 0
    for m in mentions:
        name = "" if m.name == m.text else f"={m.name}"
        parts += [text[at : m.start], f"[{m.type}:{m.text}{name}]"]
        at = m.end
    return "".join((*parts, text[at:]))


def said(facts: Sequence[Fact], document: Document) -> list[list[str]]:
    """Facts as lists of names, with the role where there is one."""
    names = {e.key: e.name for e in document.entities}
    rows = [[names.get(f.subject, f.subject), names.get(f.object, f.object)] for f in facts]
    return sorted(row + ([f.role] if f.role else []) for row, f in zip(rows, facts, strict=True))


def unproved(name: str, table: Mapping[str, Any]) -> Iterator[str]:
    """A line for each rule of a relation that does not do what its examples say."""
    for number, row in enumerate(relations.declared(name, table).get("rules", ()), 1):
        only = {name: {**table, "rules": [row], "ways": {}}}
        cases = [(e["text"], e.get("home", ""), sorted(e["is"])) for e in row.get("finds", ())]
        if not cases:
            yield f"{name}/{number} has no finds: give it an example"
        for text, home, wanted in (*cases, *((text, "", []) for text in row.get("skips", ()))):
            document = marked(text, home)
            found = said(relations.find(document, only), document)
            if found != wanted:
                yield f"{name}/{number} finds {found or 'nothing'}, not {wanted or 'nothing'}, in {text}"
