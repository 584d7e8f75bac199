"""Whose a figure is, weighed: the first guess of the rules against every other name at hand.

Each candidate is described by a few plain features: where it stands from the number, which words stand
around it, whether it owned the figure before or is in the headline, whether the rules guess it.
`kg/rules/owners.toml` gives each feature its weight, fitted on annotated pages by `bench/owners.py`; the
greatest sum owns the figure.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from kg.model import Change, Mention, Quantity, Rank
from kg.rules import table

Item = Quantity | Change | Rank
Features = Mapping[str, Sequence[str]]

_WORDS: dict[str, Any] = table("cues")["owner"]
_WEIGHTS: dict[str, float] = table("owners")["weights"]
CLASSES: dict[str, str] = _WORDS["classes"]
_TERRITORIAL = re.compile("|".join(_WORDS["territorial"]))
_LANDLESS = frozenset(_WORDS["unterritorial"])
_MEMORY = 12  # things that an article is still speaking of
_NEVER = frozenset(_WORDS["never"])  # sorts of words after a name that owns nothing
_MARK = re.compile(r"[，。；：！？,;:!?]")


def _named(words: Mapping[str, Sequence[str]]) -> str:
    return "|".join(f"(?P<{name}>{'|'.join(cues)})" for name, cues in words.items())


_BEFORE = re.compile(f'(?:{_named(_WORDS["before"])})[“"《]?$')
_AFTER = re.compile(f'[”"》]?(?:{_named(_WORDS["after"])})')
_TALK = {name: re.compile("|".join(cues)) for name, cues in _WORDS["talk"].items()}


class Figure(NamedTuple):
    """A number that wants an owner."""

    text: str  # its sentence
    item: Item
    words: str  # for what it measures
    guess: str  # whose the rules say it is


Choose = Callable[[Figure, Features], tuple[str, float]]  # the owner, and how likely it is


@dataclass(slots=True)
class Story:
    """What one article has spoken of so far."""

    titled: frozenset[str] = frozenset()
    named: Mapping[str, int] = field(default_factory=dict)  # how often the article names each thing
    most: int = 0  # how often it names the thing it names most
    seen: dict[str, tuple[int, int]] = field(default_factory=dict)  # sentence and paragraph; the latest last
    opener: str | None = None  # of the sentence before
    last: tuple[int, int, str] | None = None  # sentence, paragraph and owner of the last figure

    def share(self, key: str) -> str:
        """How much of the article a thing is named in: 4 for the most named, 0 for one hardly named."""
        return str(4 * self.named.get(key, 0) // self.most) if self.most > 2 else "of few"

    def end(self, sentence: Setting, opener: str | None, owners: Sequence[str]) -> None:
        """Take note of a sentence read: its names, the one it opens with, the owners of its figures."""
        at = sentence.index, sentence.paragraph
        for m in sentence.mentions:
            if m.type in CLASSES:
                self.seen.pop(m.entity, None)
                self.seen[m.entity] = at
        self.opener = opener
        if owners:
            self.last = *at, owners[-1]


@dataclass(slots=True)
class Setting:
    """A sentence as the choice of owners needs it."""

    text: str
    index: int
    paragraph: int
    mentions: Sequence[Mention]
    ends: frozenset[int]  # of its values
    story: Story
    kinds: Mapping[str, str]  # the classes of things
    home: str  # the class of the place that the article is from
    others: Sequence[str]  # what else a figure may fall back on
    sides: dict[int, tuple[str, str]] = field(default_factory=dict)

    def describe(
        self, start: int, at: int, end: int, guess: str, words: str, sort: str = "Bare"
    ) -> dict[str, list[str]]:
        """The features of every candidate of the figure at `at`:`end` whose clause begins at `start`.

        `sort`: whether it is a change, a rank or which kind of quantity.
        """
        near: dict[str, Mention] = {}
        for m in self.mentions:
            fit = m.type in CLASSES and self._sides(m)[1] not in _NEVER
            if fit and (m.end <= at or m.entity not in near):
                near[m.entity] = m
        late = islice(reversed(self.story.seen), _MEMORY)
        talk = [name for name, pattern in _TALK.items() if pattern.search(self.text, 0, end + 12)]
        talk += [sort, f"home {self.home}"]
        found: dict[str, list[str]] = {}
        for key in self._able(dict.fromkeys((*near, *late, *self.others, guess)), words):
            place = [*(self._inside(near[key], start, at, end) if key in near else self._outside(key))]
            kind, where, share = self.kinds.get(key, "other"), place[0], f"named {self.story.share(key)}"
            crossed = (*talk, where, share, f"{sort} {where}")
            found[key] = [*place, *self._roles(key, kind), share, f"{where} {share}"]
            found[key] += [f"{name}: {kind}" for name in crossed]
            guessed = f"not {self.kinds.get(guess, 'other')} but {kind}"
            found[key] += ["guess", f"guess: {kind}"] if key == guess else [guessed]
        return found

    def _able(self, keys: Iterable[str], words: str) -> list[str]:
        """The candidates that can have what `words` measure, or all if none can."""
        every = list(keys)
        if not _TERRITORIAL.search(words):
            return every
        return [key for key in every if self.kinds.get(key) not in _LANDLESS] or every

    def _inside(self, m: Mention, start: int, at: int, end: int) -> Iterator[str]:
        """Where a name of the sentence stands, and between which words."""
        if m.start >= at:
            between = self.text[end : m.start]
            yield "right behind" if len(between) < 2 else "later" if _MARK.search(between) else "behind"
            return
        marked = _MARK.search(self.text, m.end, at)
        where = "here" if m.start >= start else "sentence" if marked else "clause"
        before, after = self._sides(m)
        rivals = sum(m.end <= o.start and o.end <= at and o.type in CLASSES for o in self.mentions)
        yield from (where, f"{where} after {before}", f"{where} before {after}")
        yield f"{where}, {min(rivals, 3)} names between"

    def _sides(self, m: Mention) -> tuple[str, str]:
        """The sorts of words before and after a name."""
        if m.start not in self.sides:
            text = self.text
            before = _BEFORE.search(text, max(0, m.start - 6), m.start)
            after = _AFTER.match(text, m.end)
            named = any(o.start == m.end and o.type in CLASSES for o in self.mentions)
            first = "opening" if not m.start else "mark" if _MARK.match(text, m.start - 1) else "other"
            if before and before.lastgroup:
                first = before.lastgroup
            if m.start - 1 in self.ends:
                first = "a number"
            second = after.lastgroup if after and after.lastgroup else "other"
            self.sides[m.start] = first, "a name" if named else second
        return self.sides[m.start]

    def _outside(self, key: str) -> Iterator[str]:
        """How far back a thing was named."""
        index, paragraph = self.story.seen.get(key, (-1, -1))
        if paragraph == self.paragraph:
            yield "sentence before" if index == self.index - 1 else "paragraph"
        else:
            yield "earlier" if index >= 0 else "unnamed"

    def _roles(self, key: str, kind: str) -> Iterator[str]:
        """What a thing has been in the article."""
        story = self.story
        if story.last and story.last[2] == key:
            index, paragraph, _ = story.last
            of = (
                "sentence"
                if index == self.index
                else "paragraph"
                if paragraph == self.paragraph
                else "article"
            )
            yield from (f"owned the last of the {of}", f"owned the last of the {of}: {kind}")
        if key in story.titled:
            yield "titled"
        if key == story.opener:
            yield "opened the sentence before"


def best(figure: Figure, features: Features, weights: Mapping[str, float] = _WEIGHTS) -> tuple[str, float]:
    """The candidate of the greatest sum, the guess where several are as good, and how likely it is."""
    sums = {key: sum([weights[name] for name in names if name in weights]) for key, names in features.items()}
    chosen = max(sums, key=lambda key: (sums[key], key == figure.guess))
    return chosen, 1 / sum(math.exp(other - sums[chosen]) for other in sums.values())
