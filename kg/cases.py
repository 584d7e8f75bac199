"""Judgements as gold: each page that people have judged becomes a text with its annotations.

A case says what was confirmed or mended as what must be found. The rest of what the page says is `contested`:
it may be found or not. What was retracted is in no row, so that finding it again counts as wrong.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from kg import gazetteer, verdicts
from kg.extractions import load
from kg.model import Entity, Evidence, Extraction, Fact, Observation, Page
from kg.shelf import Shelf
from kg.verdicts import RULE, Verdicts


@dataclass(frozen=True, slots=True)
class Case:
    """A gold file and its text, as files by name."""

    gold: tuple[str, bytes]
    text: tuple[str, bytes]


def cases(shelf: Shelf, judged: Verdicts) -> Iterator[Case]:
    """The cases of the pages that judgements found something on, in the order of the shelf."""
    for item in shelf.items():
        if item.sha256 and (judged.types or judged.statements.keys() & {item.name, ""}):
            read = load(item.body)
            right, applied = verdicts.corrected(read, judged)
            if applied:
                yield _case(read, right, judged)


def write(folder: Path, made: Iterator[Case]) -> int:
    """Write cases into a folder; how many there are."""
    folder.mkdir(parents=True, exist_ok=True)
    number = 0
    for case in made:
        for name, content in (case.gold, case.text):
            (folder / name).write_bytes(content)
        number += 1
    return number


def _case(read: Extraction, right: Extraction, judged: Verdicts) -> Case:
    page, issue = read.page, read.issue
    stem = re.sub(r"[^\w.\-]", "_", page.name.removesuffix(".txt")) + f"-{page.sha256[:8]}"
    text = _text(stem, page)
    home = gazetteer.divisions().get(issue.home or "")
    before = {e.key: e for e in read.entities if e.key not in judged.types}
    things = {e.key: e for e in right.entities} | before
    ids = {key: f"e{n}" for n, key in enumerate(things, 1)}
    classed = {verdicts.typed(e.key, judged.types) for e in read.entities if e.key in judged.types}
    gold = {
        "doc": text[0],
        "published": issue.published,
        "place": home.name if home else None,
        "articles": [],
        "entities": [_entity(ids[k], e, k not in classed) for k, e in things.items()],
        "relations": [_relation(f, ids) for f in right.facts],
        "observations": [_observation(o, ids) for o in right.observations],
    }
    content = json.dumps(gold, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    return Case((f"{stem}.json", content.encode()), text)


def _text(stem: str, page: Page) -> tuple[str, bytes]:
    """The page as a file that is read to the same page: with what its metadata told, if anything."""
    told = {"title": page.title, "date": page.published, "source": page.source}
    known = {name: value for name, value in told.items() if value}
    if not known:
        return f"{stem}.txt", page.text.encode()
    record = json.dumps({"text": page.text, **known}, ensure_ascii=False)
    return f"{stem}.jsonl", f"{record}\n".encode()


def _entity(number: str, e: Entity, contested: bool) -> dict[str, Any]:
    forms = list(dict.fromkeys((*e.aliases, *e.raw)))
    return {"id": number, "type": e.type, "name": e.name, "mentions": forms} | _open(contested)


def _relation(f: Fact, ids: Mapping[str, str]) -> dict[str, Any]:
    row = {"s": ids[f.subject], "p": f.predicate, "o": ids[f.object]} | ({"role": f.role} if f.role else {})
    return row | _proof(f.evidence)


def _observation(o: Observation, ids: Mapping[str, str]) -> dict[str, Any]:
    period = "/".join(dict.fromkeys(day.isoformat() for day in o.period)) if o.period else None
    return {
        "s": ids[o.subject],
        "metric": o.metric,
        "value": _number(o.value),
        "unit": o.unit,
        "period": period,
        "kind": o.kind.lower(),
        "qualifier": o.qualifier,
        "change": _number(o.change),
        "change_unit": o.change_unit,
        "change_basis": o.change_basis,
        "rank": o.rank,
    } | _proof(o.evidence)


def _proof(proofs: tuple[Evidence, ...]) -> dict[str, Any]:
    first = proofs[0]
    return {"article": f"a{first.article}", "evidence": first.quote} | _open(not first.rule.startswith(RULE))


def _open(contested: bool) -> dict[str, bool]:
    return {"contested": True} if contested else {}


def _number(value: Decimal | None) -> int | float | None:
    return None if value is None else int(value) if value == value.to_integral_value() else float(value)
