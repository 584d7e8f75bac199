"""Page → issue, articles in reading order, sentences. Furniture is told apart, cut sentences are put together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kg import imprint, text
from kg.blocks import Block, blocks, furniture, pattern
from kg.model import Article, Issue, Page, Problem, Role, Sentence, Span

_LEAD = 400  # characters of an article that its headline speaks of
_NEWS_CAPTION = 45  # a caption this long is a story of its own
_NEVER_FIRST = frozenset("的了着过和与及等、，,：:；;。.”）)》%")
_FAR = 40  # blocks between which the two halves of a sentence are looked for


@dataclass(slots=True)
class _Story:
    """An article while it is gathered: numbers of its blocks, by role."""

    headings: list[int] = field(default_factory=list)
    body: list[tuple[Role, list[int]]] = field(default_factory=list)  # paragraphs; one may have several blocks
    title: int | None = None
    closed: bool = False  # signed: what follows under a heading is another article
    sealed: bool = False  # cut off by a masthead or a jump: so is all that follows
    notice: bool = False
    leads: int = 0  # paragraphs of its introduction that were printed elsewhere


@dataclass(slots=True)
class _Layout:
    """The blocks of a page and the stories they make."""

    blocks: list[Block]
    stories: list[_Story] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    wrapped: bool = False  # lines broken by a printer or a PDF reader: then headlines may stand anywhere
    roundup: bool = False  # a list of short items: each heading opens an article


def layout(page: Page) -> tuple[Issue, tuple[Article, ...], tuple[Sentence, ...], list[Problem]]:
    """The issue, the articles in page order, their sentences in reading order, and what could not be placed."""
    found = _gather(page)
    stray = text.spaced(page.text)
    articles = tuple(_article(found, story, n) for n, story in enumerate(found.stories, 1))
    sentences = tuple(_sentences(page, found, stray))
    issue = imprint.issue(page, found.blocks, articles, sentences)
    articles = imprint.own_places(issue, articles, sentences)
    if not articles and page.text.strip():
        found.problems.append(Problem(page.name, "no article found", "check that the file holds running text"))
    return issue, articles, sentences, found.problems


def parts(page: Page) -> list[tuple[str, int, Span]]:
    """The page divided without gap or overlap: kind, article (0 is none) and characters of each part."""
    found = _gather(page)
    owners: dict[int, tuple[str, int]] = {}
    for number, story in enumerate(found.stories, 1):
        for role, _, block in _roles(found, story):
            owners[block] = (role, number)
    starts = [block.lines[0].span.start for block in found.blocks]
    edges = [0, *(page.text.rfind("\n", 0, start) + 1 for start in starts[1:]), len(page.text)]
    if not found.blocks:
        return [("blank", 0, Span(0, len(page.text)))] if page.text else []
    return [
        (*owners.get(i, (block.kind, 0)), Span(edges[i], edges[i + 1])) for i, block in enumerate(found.blocks)
    ]


def _gather(page: Page) -> _Layout:
    found = _Layout(blocks(page.text))
    first = next((block.text for block in found.blocks if block.kind == "heading"), "")
    found.roundup = bool(pattern("article", "roundup").search(first))
    found.wrapped = any(block.kind == "text" and len(block.lines) > 1 for block in found.blocks)
    joined = _continuations(page, found)
    interrupted = {k: first for second, first in joined.items() for k in range(first + 1, second)}
    held: list[int] = []  # headings that wait for their text
    owner: dict[int, _Story] = {}
    story: _Story | None = None
    for i, block in enumerate(found.blocks):
        if block.kind == "heading":
            held.append(i)
        elif block.kind == "text" and i in joined and joined[i] in owner:
            story = owner[i] = owner[joined[i]]
            _resume(found, story, joined[i], i, held)
        elif block.kind == "text" or (block.kind == "caption" and _is_story(block, story, held)):
            if story is not None and found.wrapped:
                _give_back(found, story, held, block)
            if story is None or _opens(found, story, held, i):
                story = _Story(sealed=block.kind == "caption")
                found.stories.append(story)
                _entitle(found, story, held, block)
            else:
                if owner.get(interrupted.get(i, -1)) is story:  # the story before goes on in its next column
                    story = _open_before(found, story) or story
                _subheads(story, held)
            held = []
            owner[i] = story
            leads = _is_lead(found, story, i)
            story.body.insert(story.leads if leads else len(story.body), ("body", [i]))
            story.leads += leads
            story.closed = story.closed or _closes(block)
        elif story is not None:
            if block.kind == "caption":
                story.body.append(("caption", [i]))
            story.sealed = story.sealed or block.kind in ("masthead", "jump", "related")
            story.closed = story.closed or (block.kind == "byline" and block.text[0] in "（(" and not held)
    _last_headings(found, held)
    _drop_notices(found)
    return found


def _is_lead(found: _Layout, story: _Story, i: int) -> bool:
    """Whether text after the end of an article is its introduction, set across several columns."""
    if not story.closed or not story.body:
        return False
    columns = [found.blocks[g[0]].lines for role, g in story.body[story.leads :] if role == "body"]
    wide = found.blocks[i].lines
    return bool(columns) and len(wide) > 1 < len(columns[0]) and wide[0].cells > 1.5 * columns[0][0].cells


def _closes(block: Block) -> bool:
    tail = block.text[-60:]
    return any(m.end() == len(tail) for m in pattern("article", "closes").finditer(tail))


def _is_story(block: Block, story: _Story | None, held: Sequence[int]) -> bool:
    """Whether a caption is a picture story, not the picture of an article."""
    if pattern("caption", "starts").match(block.text):
        return False
    return len(block.text) >= _NEWS_CAPTION or bool(held and (story is None or story.closed) and len(block.text) >= 20)


def _opens(found: _Layout, story: _Story, held: list[int], i: int) -> bool:
    """Whether text block `i` under the headings `held` begins a new article after `story`."""
    block = found.blocks[i]
    if story.sealed or block.kind == "caption" or pattern("article", "opens").match(block.text):
        return True
    held = [h for h in held if not pattern("article", "numbered").match(found.blocks[h].text)]
    if not held or story.closed or found.roundup:
        return bool(held)
    first = found.stories[0].title
    if first is not None and any(_lists(found.blocks[first].text, found.blocks[h].text) for h in held):
        return True
    level = min((found.blocks[h].level or 9) for h in held)
    own = min((found.blocks[h].level or 9 for h in story.headings), default=level)
    if level != own or level == 9:
        return level < own
    heading = next(found.blocks[h].text for h in held if found.blocks[h].level == level)
    follows = next((b for b in found.blocks[i + 1 :] if b.kind == "heading"), None)
    signs = 2 * (max(found.blocks[h].level for h in held) > level or bool(follows and follows.level > level))
    signs += (len(heading) >= 16) - (len(heading) <= 12) + ("：" in heading or ":" in heading)
    signs -= 2 * _signs_articles(found)
    return signs >= 2


def _lists(title: str, heading: str) -> bool:
    """Whether the title of a page is a list of its pieces, this one among them."""
    at = title.find(heading)
    after = title[at + len(heading) : at + len(heading) + 1]
    return len(heading) > 7 and at > 0 and title[at - 1] in " 】；;" and after in ("", " ", "；", ";")


def _signs_articles(found: _Layout) -> bool:
    """Whether most articles of this page end with the writer's name."""
    opened = sum(bool(pattern("article", "opens").match(b.text)) for b in found.blocks if b.kind == "text")
    signed = sum(_closes(b) for b in found.blocks if b.kind == "text")
    return signed > opened * 0.5


def _entitle(found: _Layout, story: _Story, held: list[int], block: Block) -> None:
    """Gives a new story the headings before it; the highest, then the one its lead repeats most, is the title."""
    story.headings = list(held)
    if held:
        lead = block.text[:_LEAD]
        top = min((found.blocks[h].level or 9) for h in held)
        story.title = max(held, key=lambda h: (_weight(found.blocks[h], top, lead), h))
        story.notice = any(_is_notice(found.blocks[h].text) for h in held)


def _weight(heading: Block, top: int, lead: str) -> float:
    """How much a heading is the headline: its lead repeats it, no other ranks above it, it is long."""
    below = min(2, (heading.level or top + 1) - top) if top < 9 else 0
    deck = 0.3 * bool(set(heading.text) & set("，,。；"))
    return _shared(heading.text, lead) - 0.3 * below - deck + 0.02 * min(30, len(heading.text))


def _is_signature(sentence: str) -> bool:
    """Whether what reads like a sentence is a name under an article or a picture, or a jump to another page."""
    return furniture(sentence) in ("byline", "jump") or bool(pattern("caption", "credit").fullmatch(sentence))


def _is_notice(heading: str) -> bool:
    return any(m.end() == len(heading) for m in pattern("article", "notice").finditer(heading))


def _subheads(story: _Story, held: Sequence[int]) -> None:
    story.body += [("subhead", [h]) for h in held]


def _shared(heading: str, lead: str) -> float:
    """The share of a heading's character pairs that a text repeats."""
    pairs = [heading[k : k + 2] for k in range(len(heading) - 1)]
    return sum(pair in lead for pair in pairs) / max(1, len(pairs))


def _give_back(found: _Layout, story: _Story, held: list[int], block: Block) -> None:
    """Headings that stand after their own text (as PDF readers often print them) go to the story before."""
    before, after = _text(found, story)[:_LEAD], block.text[:_LEAD]
    needed = 0.35 if story.title is None else 0.5
    given = []
    for h in held:
        likeness = _shared(found.blocks[h].text, before)
        if likeness < needed or likeness <= _shared(found.blocks[h].text, after) + 0.1:
            break
        given.append(h)
    if given:
        del held[: len(given)]
        story.headings += given
        story.title = max(story.headings, key=lambda h: _shared(found.blocks[h].text, before))
        story.closed = story.sealed = True


def _text(found: _Layout, story: _Story) -> str:
    return "".join(found.blocks[i].text for role, group in story.body if role == "body" for i in group)


def _last_headings(found: _Layout, held: Sequence[int]) -> None:
    """Headings after the last text: each to the untitled story that it resembles."""
    for h in held:
        untitled = [s for s in found.stories if s.title is None]
        best = max(untitled, key=lambda s: _shared(found.blocks[h].text, _text(found, s)), default=None)
        if best and _shared(found.blocks[h].text, _text(found, best)) >= 0.35:
            best.title, best.headings = h, [h]


def _drop_notices(found: _Layout) -> None:
    """Public notices and advertisements are no articles, unless the page holds nothing else."""
    if any(not story.notice for story in found.stories):
        for story in found.stories:
            if story.notice:
                for i in (*story.headings, *(i for _, group in story.body for i in group)):
                    old = found.blocks[i]
                    found.blocks[i] = Block("notice", old.lines, old.text)
        found.stories = [story for story in found.stories if not story.notice]


def _resume(found: _Layout, story: _Story, first: int, second: int, held: list[int]) -> None:
    """Joins the second half of a cut sentence to the first. Headings between are the story's own or wait."""
    if held and story.title is None:
        story.headings, story.title = list(held), held[-1]
        held.clear()
    for role, group in story.body:
        if role == "body" and group[-1] == first:
            group.append(second)
    story.closed = story.closed or _closes(found.blocks[second])


def _open_before(found: _Layout, story: _Story) -> _Story | None:
    earlier = found.stories[: found.stories.index(story)]
    return earlier[-1] if earlier and not earlier[-1].closed else None


def _continuations(page: Page, found: _Layout) -> dict[int, int]:
    """For each block that carries on a cut sentence, the block that it carries on."""
    result: dict[int, int] = {}
    whole = "\n".join(block.text for block in found.blocks)
    for i, block in enumerate(found.blocks):
        if block.kind != "text" or block.finished or len(block.text) < 8:
            continue
        near = [j for j in range(i + 1, min(i + _FAR, len(found.blocks))) if found.blocks[j].kind == "text"]
        marks = [(_seam(found, whole, i, j, near[0]), -j) for j in near if j not in result and _may_go_on(found, j)]
        if marks and max(marks)[0] > 0:
            result[-max(marks)[1]] = i
        elif len(block.text) > 45:
            end = block.lines[-1].span.end
            problem = "a sentence breaks off and its other half was not found"
            found.problems.append(Problem(page.name, problem, "", Span(end - 1, end), "note"))
    return result


def _may_go_on(found: _Layout, j: int) -> bool:
    return not pattern("article", "opens").match(found.blocks[j].text)


def _seam(found: _Layout, whole: str, i: int, j: int, first: int) -> float:
    """How well block `j` carries on block `i`: the next one, or one at the head of a column that fits better."""
    left, right = found.blocks[i].text[-1], found.blocks[j].text[0]
    met = left.isalpha() and right.isalpha() and left + right in whole
    between = found.blocks[i + 1 : j]
    if j == first:
        return 1.5 + 3 * met + 2 * (right in _NEVER_FIRST) - 1.2 * any(b.kind == "heading" for b in between)
    heads = between and between[-1].kind not in ("text", "caption")
    return 2.0 - 2 * any(pattern("article", "opens").match(b.text) for b in between) if met and heads else -1.0


def _roles(found: _Layout, story: _Story) -> Iterator[tuple[Role, int, int]]:
    """Role, paragraph within the story and block, in reading order."""
    for n, h in enumerate(story.headings):
        yield ("title" if h == story.title else "subhead"), n, h
    for n, (role, group) in enumerate(story.body, len(story.headings)):
        for i in group:
            yield role, n, i


def _article(found: _Layout, story: _Story, number: int) -> Article:
    title = found.blocks[story.title].spans[0] if story.title is not None else None
    roles = tuple((role, span) for role, _, i in _roles(found, story) for span in found.blocks[i].spans)
    return Article(number, title, roles)


def _sentences(page: Page, found: _Layout, stray: bool) -> Iterator[Sentence]:
    paragraph = 0
    for number, story in enumerate(found.stories, 1):
        groups: dict[int, tuple[Role, list[Span]]] = {}
        for role, n, i in _roles(found, story):
            groups.setdefault(n, (role, []))[1].extend(found.blocks[i].spans)
        for role, spans in groups.values():
            repaired, offsets = text.clean(page.text, spans, role in ("title", "subhead"), stray)
            for start, end in text.sentences(repaired):
                if end - start < 50 and repaired[end - 1] not in "。！？；" and _is_signature(repaired[start:end]):
                    continue
                yield Sentence(repaired[start:end], offsets[start:end], number, paragraph, role)
            paragraph += 1
