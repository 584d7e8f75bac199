"""Sentences cut in two by the end of a column, a caption or another article: which halves belong together."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.model import Page, Problem, Span
from kg.pages.blocks import Block, pattern

_FAR = 40  # blocks between which the two halves of a sentence are looked for
_SHORTEST = 8  # characters of a text that can be half a sentence
_NOTED = 45  # characters of one whose other half is missed
_NEVER_FIRST = re.compile(
    r"[的了着过和与及等、，,：:；;。.”）)》%]|\d[\d.]*(?:%|个百分点|[亿万]?元)"
)  # no text starts so


def continuations(page: Page, blocks: Sequence[Block]) -> tuple[dict[int, int], list[Problem]]:
    """For each block that carries on a cut sentence, the block it carries on; and the halves left alone."""
    joined: dict[int, int] = {}
    problems = []
    whole = "\n".join(block.text for block in blocks)
    for i, block in enumerate(blocks):
        if block.kind != "text" or block.finished or len(block.text) < _SHORTEST:
            continue
        near = [j for j in range(i + 1, min(i + _FAR, len(blocks))) if blocks[j].kind == "text"]
        free = [j for j in near if j not in joined and not blocks[j].opens and not _numbered(blocks[j])]
        fits = ((_fit(blocks, whole, i, j, j == free[0]), -j) for j in free)
        best, second = max(fits, default=(0.0, 0))
        if best > 0:
            joined[-second] = i
        elif len(block.text) > _NOTED:
            end = block.span.end
            message = "a sentence breaks off here and its other half was not found"
            problems.append(Problem(page.name, message, "", Span(end - 1, end), "note"))
    return joined, problems


def _numbered(block: Block) -> bool:
    return pattern("article", "numbered").match(block.text) is not None


def _fit(blocks: Sequence[Block], whole: str, i: int, j: int, nearest: bool) -> float:
    """How well block `j` carries on `i`: the next one, or one at the head of a column that fits better."""
    left, right = blocks[i].text[-1], blocks[j].text[0]
    between = blocks[i + 1 : j]
    heads_column = bool(between) and between[-1].kind not in ("text", "caption")
    if not nearest and not heads_column:
        return -1.0
    met = left.isalpha() and right.isalpha() and left + right in whole  # the page has the two side by side
    opened = 2.0 * any(other.opens for other in between)
    if nearest:
        printed = blocks[j].lines[0].gap > 1 or bool(between) or left in "，、"
        headed = any(other.kind == "heading" for other in between)
        return (
            1.5 * printed
            + 3 * met
            + 2 * (_NEVER_FIRST.match(blocks[j].text) is not None)
            - 2.0 * headed
            - opened
        )
    return 2.0 - opened if met else -1.0
