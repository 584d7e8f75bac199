"""Blocks → stories: which headings and paragraphs make an article, and which half goes with which."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from kg.model import Page, Problem, Role
from kg.pages.blocks import Block, blocks, ends_with, pattern
from kg.pages.seams import continuations

_LEAD = 400  # characters of an article that its headline speaks of
_NEWS_CAPTION = 45  # a caption this long is a story of its own
_ALIKE = 0.35  # share of its character pairs that a headline has in common with its article
_UNRANKED = 9  # the level of a heading without Markdown marks


@dataclass(slots=True)
class Story:
    """An article while it is gathered: numbers of its blocks."""

    headings: list[int] = field(default_factory=list)
    body: list[tuple[Role, list[int]]] = field(default_factory=list)  # paragraphs, of one block or more
    title: int | None = None
    closed: bool = False  # signed: what follows under a heading is another article
    sealed: bool = False  # cut off by a masthead or a jump: so is all that follows
    notice: bool = False  # a public notice or advertisement
    leads: int = 0  # paragraphs of its introduction that were printed elsewhere

    def roles(self) -> Iterator[tuple[Role, int, int]]:
        """Role, paragraph within the story and block, in reading order."""
        for n, h in enumerate(self.headings):
            yield ("title" if h == self.title else "subhead"), n, h
        for n, (role, group) in enumerate(self.body, len(self.headings)):
            for i in group:
                yield role, n, i


@dataclass(slots=True)
class Gathered:
    """The blocks of a page and the stories they make."""

    blocks: list[Block]
    stories: list[Story] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    laid: bool = False  # the layout of the sheet told which headlines begin an article
    wrapped: bool = False  # lines broken by a printer or a PDF reader: then headlines may stand anywhere
    roundup: bool = False  # a list of short items: each heading opens an article
    signed: bool = False  # most articles end with the writer's name
    pieces: frozenset[str] = frozenset()  # headings that the page's title lists
    held: list[int] = field(default_factory=list)  # headings that wait for their text
    owner: dict[int, Story] = field(default_factory=dict)  # the story of each text block
    story: Story | None = None  # the one that goes on

    def text(self, story: Story) -> str:
        """The body of a story, repaired."""
        return "".join(self.blocks[i].text for role, group in story.body if role == "body" for i in group)


def gather(page: Page) -> Gathered:
    """The stories of a page in the order in which they begin."""
    found = Gathered(blocks(page), laid=bool(page.lines))
    texts = [block for block in found.blocks if block.kind == "text"]
    headings = [block.text for block in found.blocks if block.kind == "heading"]
    found.roundup = bool(headings and pattern("article", "roundup").search(headings[0]))
    found.pieces = _pieces(headings)
    found.wrapped = any(len(block.lines) > 1 for block in texts)
    found.signed = sum(map(_closes, texts)) > sum(block.opens for block in texts) * 0.5
    joined, found.problems = continuations(page, found.blocks)
    cut = {k: first for second, first in joined.items() for k in range(first + 1, second)}
    for i, block in enumerate(found.blocks):
        if block.kind == "heading":
            _hold(found, i)
        elif block.kind == "text" and joined.get(i) in found.owner:
            _resume(found, joined[i], i)
        elif block.kind == "text" or (block.kind == "caption" and _is_picture_story(found, block)):
            _add(found, i, cut.get(i, -1))
        elif found.story is not None:
            _close(found, found.story, i)
    _last_headings(found)
    _drop_notices(found)
    return found


def _hold(found: Gathered, i: int) -> None:
    """Keeps a heading until its text comes; an unranked one after a notice is the signature of that."""
    story = found.story
    ranked = story is not None and story.notice and any(found.blocks[h].level for h in story.headings)
    if story and ranked and not found.blocks[i].level:
        story.body.append(("subhead", [i]))
    else:
        found.held.append(i)


def _add(found: Gathered, i: int, cut: int) -> None:
    """Puts a text block into a story; `cut` is the block of a sentence that it stands in the midst of."""
    block, story = found.blocks[i], found.story
    if story is not None and found.wrapped:
        _give_back(found, story, block)
    if story is None or _opens(found, story, i):
        story = Story(sealed=block.kind == "caption")
        found.stories.append(story)
        _entitle(found, story, block)
    else:
        if found.owner.get(cut) is story:  # the story before goes on in its next column
            story = _open_before(found, story) or story
        story.body += [("subhead", [h]) for h in found.held]
    found.held = []
    found.story = found.owner[i] = story
    lead = _is_lead(found, story, i)
    story.body.insert(story.leads if lead else len(story.body), ("body", [i]))
    story.leads += lead
    story.closed = story.closed or _closes(block)


def _resume(found: Gathered, first: int, second: int) -> None:
    """Joins the second half of a cut sentence to the first. Headings between are the story's own or wait."""
    story = found.story = found.owner[second] = found.owner[first]
    if found.held and story.title is None:
        story.headings, story.title = found.held, found.held[-1]
        found.held = []
    for role, group in story.body:
        if role == "body" and group[-1] == first:
            group.append(second)
    story.body += [("subhead", [h]) for h in found.held]
    found.held = []
    story.closed = story.closed or _closes(found.blocks[second])


def _close(found: Gathered, story: Story, i: int) -> None:
    """What furniture after a story tells of its end."""
    block = found.blocks[i]
    if block.kind == "caption":
        story.body.append(("caption", [i]))
    story.sealed = story.sealed or block.kind in ("masthead", "jump", "related")
    story.closed = story.closed or (block.kind == "byline" and block.text[0] in "（(" and not found.held)


def _open_before(found: Gathered, story: Story) -> Story | None:
    earlier = found.stories[: found.stories.index(story)]
    return earlier[-1] if earlier and not earlier[-1].closed else None


def _closes(block: Block) -> bool:
    return block.text[-1] in "）)摄图" and ends_with(pattern("article", "closes"), block.text, 60)


def _is_lead(found: Gathered, story: Story, i: int) -> bool:
    """Whether text after the end of an article is its introduction, set across several columns."""
    if not story.closed or not story.body:
        return False
    columns = [found.blocks[g[0]].lines for role, g in story.body[story.leads :] if role == "body"]
    wide = found.blocks[i].lines
    return bool(columns) and len(wide) > 1 < len(columns[0]) and wide[0].cells > 1.5 * columns[0][0].cells


def _is_picture_story(found: Gathered, block: Block) -> bool:
    """Whether a caption is a story, not the picture of an article."""
    if pattern("caption", "starts").match(block.text):
        return False
    alone = found.held and (found.story is None or found.story.closed)
    return len(block.text) >= (20 if alone else _NEWS_CAPTION)


# --- where an article begins


def _opens(found: Gathered, story: Story, i: int) -> bool:
    """Whether text block `i` under the held headings begins a new article after `story`."""
    block = found.blocks[i]
    if story.sealed or block.kind == "caption" or block.opens:
        return True
    held = [found.blocks[h] for h in found.held]
    held = [heading for heading in held if not pattern("article", "numbered").match(heading.text)]
    if not held or story.closed or found.roundup or any(map(_is_notice, held)):
        return bool(held)
    if found.laid:
        return any(heading.level == 1 for heading in held)
    if found.pieces and any(heading.text in found.pieces for heading in held):
        return True
    level = min(_level(heading) for heading in held)
    own = min((_level(found.blocks[h]) for h in story.headings), default=level)
    if level != own or level == _UNRANKED:
        return level < own
    return _looks_like_headline(found, held, level, i)


def _looks_like_headline(found: Gathered, held: Sequence[Block], level: int, i: int) -> bool:
    """Whether a heading that ranks with the last headline is one too, not a subhead."""
    heading = next(h.text for h in held if h.level == level)
    follows = next((b for b in found.blocks[i + 1 :] if b.kind == "heading"), None)
    subheads = max(h.level for h in held) > level or (follows is not None and follows.level > level)
    long = (len(heading) >= 16) - (len(heading) <= 12)
    colon = "：" in heading or ":" in heading
    return 2 * subheads + long + colon - 2 * found.signed >= 2


def _level(heading: Block) -> int:
    return heading.level or _UNRANKED


def _pieces(headings: Sequence[str]) -> frozenset[str]:
    """The headings of which the first is a list: the title of a page that names its pieces, two or more."""
    title = headings[0] if headings else ""
    found = frozenset(h for h in headings[1:] if len(h) > 7 and h in title and h != title)
    whole = all(re.search(rf"[ 】；;]{re.escape(h)}(?:[ ；;]|$)", title) for h in found)
    return found if whole and len(found) > 1 else frozenset()


# --- whose a heading is


def _entitle(found: Gathered, story: Story, block: Block) -> None:
    """Gives a new story the headings before it and finds its title among them."""
    story.headings = found.held
    if found.held:
        lead = block.text[:_LEAD]
        top = min(_level(found.blocks[h]) for h in found.held)
        story.title = max(found.held, key=lambda h: (_weight(found.blocks[h], top, lead), h))
        story.notice = any(_is_notice(found.blocks[h]) for h in found.held)


def _is_notice(heading: Block) -> bool:
    return ends_with(pattern("article", "notice"), heading.text, 20)


def _weight(heading: Block, top: int, lead: str) -> float:
    """How much a heading is the headline: its lead repeats it, none ranks above it, it is no sentence."""
    below = min(2, (heading.level or top + 1) - top) if top < _UNRANKED else 0
    sentence = not set(heading.text).isdisjoint("，,。；")
    return shared(heading.text, lead) - 0.3 * below - 0.3 * sentence + 0.02 * min(30, len(heading.text))


def shared(heading: str, lead: str) -> float:
    """The share of a heading's character pairs that a text repeats."""
    pairs = [heading[k : k + 2] for k in range(len(heading) - 1)]
    return sum(pair in lead for pair in pairs) / max(1, len(pairs))


def _give_back(found: Gathered, story: Story, block: Block) -> None:
    """Headings that stand after their own text (as PDF readers often print them) go to the story before."""
    before, after = found.text(story)[:_LEAD], block.text[:_LEAD]
    needed = _ALIKE if story.title is None else 0.5
    given = 0
    for heading in (found.blocks[h].text for h in found.held):
        likeness = shared(heading, before)
        if likeness < needed or likeness <= shared(heading, after) + 0.1:
            break
        given += 1
    if given:
        story.headings += found.held[:given]
        found.held = found.held[given:]
        story.title = max(story.headings, key=lambda h: shared(found.blocks[h].text, before))
        story.sealed = True


def _last_headings(found: Gathered) -> None:
    """Headings after the last text go to the story that goes on, or to the untitled one they resemble."""
    if found.story is not None and not (found.story.closed or found.story.sealed or found.wrapped):
        found.story.body += [("subhead", [h]) for h in found.held]
        return
    for h in found.held:
        heading = found.blocks[h].text
        untitled = [story for story in found.stories if story.title is None]
        best = max(untitled, key=lambda story: shared(heading, found.text(story)), default=None)
        if best and shared(heading, found.text(best)) >= _ALIKE:
            best.title, best.headings = h, [h]


def _drop_notices(found: Gathered) -> None:
    """Public notices and advertisements are no articles, unless the page holds nothing else."""
    notices = [story for story in found.stories if story.notice]
    if len(notices) < len(found.stories):
        for _, _, i in (role for story in notices for role in story.roles()):
            found.blocks[i] = replace(found.blocks[i], kind="notice")
        found.stories = [story for story in found.stories if not story.notice]
