"""Whether a figure read is to be kept, weighed: many a number with a unit measures nothing that matters.

Each figure is described by a few plain features: how its term is worded, how its number is written, what
its sentence is like, and how far its owner is ahead of the other names at hand. `kg/rules/figures.toml`
gives each feature its weight, fitted on annotated pages by `bench/figures.py`; a figure that is more likely
wrong than the table allows is left out, with a note.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from kg.model import Observation
from kg.observations import metrics
from kg.observations.scene import Draft, Scene, quantity_kind
from kg.rules import table

Trust = Callable[[Observation, Sequence[str]], float]  # how likely a figure of these features is right

_TABLE: dict[str, Any] = table("figures")
_WEIGHTS: dict[str, float] = _TABLE["weights"]
LEAST: float = _TABLE["least"]  # how likely a figure must be to be kept
_LONG, _MANY, _FEW = 16, 8, 5
_SPOKEN = "“？！我你"  # marks of talk and stories


def likelihood(_: Observation, features: Sequence[str], weights: Mapping[str, float] = _WEIGHTS) -> float:
    """How likely a figure of these features is right."""
    return 1 / (1 + math.exp(-sum([weights[name] for name in features if name in weights])))


def describe(scene: Scene, d: Draft) -> list[str]:
    """The features of a figure of the scene."""
    kind = scene.setting.kinds.get(d.subject, "other")
    sort = _sort(d)
    plain = ["any", f"sort {sort}", f"rule {d.rule}", f"kind {kind}", f"{sort} of {kind}", f"is {d.kind}"]
    owner = scene.weighed.get(d.subject, ["owner unweighed"])
    return [*plain, *owner, *_worded(d.term), *_written(scene, d, sort), *_set(scene, d)]


def _sort(d: Draft) -> str:
    if d.value is None:
        return "Rank" if d.change is None else "Change"
    kind = quantity_kind(d.unit or "") or "Bare"
    return f"per {kind}" if d.unit and "/" in d.unit else kind


def _worded(term: str) -> Iterator[str]:
    """How the term is worded."""
    known = metrics.known(term)
    yield "known" if known == term else "part known" if known else "unknown"
    yield f"length {min(len(term), _LONG) // 2}"
    yield "named as a quantity" if metrics.ends_well(term) else "not named as a quantity"
    yield f"ends in {term[-1:]}"
    if "的" in term:
        yield "with 的"


def _written(scene: Scene, d: Draft, sort: str) -> Iterator[str]:
    """How the number is written, and between which characters."""
    text, number = scene.text, d.value_text
    if d.unit:
        yield f"in {d.unit}"
    at = text.find(number, d.start) if number else -1
    if not number or at < 0:
        return
    end = at + len(number)
    yield f"after {text[at - 1 : at]}"
    yield f"before {text[end : end + 1]}"
    if text.startswith(d.term, end):
        yield "counts what follows"
    if not number[0].isdecimal():
        yield "in characters"
    if sort == "Count" and d.value is not None and d.value <= _FEW:
        yield "a few"
    if d.change is not None:
        yield "with a change"


def _set(scene: Scene, d: Draft) -> Iterator[str]:
    """What the sentence is like."""
    stated = any((p.first, p.last) == d.period for p in scene.values.periods)
    yield "undated" if d.period is None else "dated" if stated else "dated before"
    number = len(scene.values.quantities) + len(scene.values.changes)
    yield f"{min(number, _MANY) // 2} pairs of numbers"
    yield f"{min(len(scene.text) // 30, _FEW)} lines"
    yield scene.document.sentences[scene.index].role
    yield from (f"with {mark}" for mark in _SPOKEN if mark in scene.text)
