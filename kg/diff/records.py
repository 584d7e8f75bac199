"""Differences between graphs, as records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
GAINED, LOST, CHANGED, JOINED, PARTED = "＋", "－", "～", "＝", "≠"
_LOT = 200  # statements that are asked for at once


@dataclass(frozen=True, slots=True)
class Change:
    """One difference in a sentence, with the words of a page that prove it, if it is a statement."""

    sign: str
    said: str
    iri: str
    quote: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Differences of one sort: how many by sign, and an iterator over them in order."""

    name: str
    chinese: str
    counts: Mapping[str, int]
    changes: Iterator[Change]


def lots(items: Iterable[T]) -> Iterator[list[T]]:
    """The items, so many at a time."""
    rest = iter(items)
    return iter(lambda: list(islice(rest, _LOT)), [])
