"""Where an article was taken from: 来源:…, 据《…》, 新华社北京…电."""

from __future__ import annotations

from collections.abc import Iterator

from kg.pages.articles import Gathered, Story
from kg.pages.blocks import pattern
from kg.rules import table

_OPENING = 60  # characters of a text in which it says where it is from
_CLOSING = 40
_BESIDE = ("date", "staff", "byline")


def origins(found: Gathered) -> dict[int, str]:
    """The source of each story that names one, by the story's number from 1."""
    named = {}
    beside = dict(_lines(found))
    for number, story in enumerate(found.stories, 1):
        texts = [found.blocks[i].text for role, group in story.body if role == "body" for i in group]
        name = (texts and (read("end", texts[-1]) or read("start", texts[0]))) or beside.get(number)
        if name:
            named[number] = name
    return named


def read(at: str, text: str) -> str | None:
    """The source that a line, or the start or end of a text, names."""
    for n, row in enumerate(table("pages")["origin"]):
        if row["at"] == at:
            rule = pattern("origin", n, "pattern")
            match = (
                rule.match(text[:_OPENING])
                if at == "start"
                else rule.search(text, max(0, len(text) - _reach(at)))
            )
            if match:
                return match["name"]
    return None


def _reach(at: str) -> int:
    return _CLOSING if at == "end" else 200


def _lines(found: Gathered) -> Iterator[tuple[int, str]]:
    """The sources that lines beside the text name, each with the story that it stands in or near."""
    for i, block in enumerate(found.blocks):
        if block.kind in _BESIDE and found.stories:
            name = read("line", block.text) or read("end", block.text)
            if name:
                stories = enumerate(found.stories, 1)
                yield min(stories, key=lambda pair: (_distance(pair[1], i), -pair[0]))[0], name


def _distance(story: Story, i: int) -> int:
    """How far a block stands from a story: nothing when within, less before it than behind."""
    own = [block for _, _, block in story.roles()]
    if min(own) < i < max(own):
        return 0
    return 2 * (min(own) - i) - 1 if i < min(own) else 2 * (i - max(own))
