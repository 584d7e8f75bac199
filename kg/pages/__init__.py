"""Page → issue, articles in reading order, sentences; and which part of the page each character is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, groupby

from kg import jumps, text
from kg.model import Article, Issue, Page, Problem, Role, Sentence, Span
from kg.pages import imprint, origin, territory
from kg.pages.articles import Gathered, Story, gather
from kg.pages.blocks import Block, furniture, pattern

_LONGEST_SIGNATURE = 50


def layout(page: Page) -> tuple[Issue, tuple[Article, ...], tuple[Sentence, ...], list[Problem]]:
    """The issue, the articles in page order, their sentences in reading order, what could not be placed."""
    found = gather(page)
    origins = origin.origins(found)
    articles = tuple(_article(found, story, n, origins.get(n)) for n, story in enumerate(found.stories, 1))
    sentences = tuple(_sentences(found))
    dated = imprint.published(page, found.blocks, sentences)
    home, home_span = territory.page_home(page, found.blocks, sentences)
    paper, sheet = imprint.paper(page, found.blocks), imprint.sheet(page, found.blocks)
    issue = Issue(dated.day, dated.span, dated.inferred, home, home_span, paper, sheet)
    own = {number: tuple(each) for number, each in groupby(sentences, key=lambda s: s.article)}
    articles = territory.own_places(home, imprint.datelines(issue, articles, own), own)
    articles = tuple(_torn(page.text, articles))
    if len(articles) == 1 and articles[0].title is None:
        articles = (replace(articles[0], headline=page.title),)
    found.problems += chain.from_iterable(jumps.notes(page, article) for article in articles)
    if not articles:
        found.problems.append(
            Problem(page.name, "no article found", "check that the file holds running text")
        )
    elif not issue.published:
        remedy = "print the date in the page, such as 2025年8月2日: 今年 and 上半年 are counted from it"
        found.problems.append(Problem(page.name, "no issue date found", remedy))
    return issue, articles, sentences, found.problems


def _torn(page: str, articles: Sequence[Article]) -> Iterable[Article]:
    """The articles, with the marks of those of which a part stands elsewhere; joined ones end with both."""
    back, onward = (list(jumps.marks(name).finditer(page)) for name in ("from", "to"))
    if not back and not onward:
        return articles
    begun = {m.end() for m in back}
    met = {m.start() for m in onward if len(page[: m.start()].rstrip()) in begun}
    ends = {len(page[:start].rstrip()) for start in met}
    spans = sorted((span.start, span.end, a.number) for a in articles for _, span in a.parts)
    begins = {
        next((n for _, end, n in spans if end > m.start()), 0): Span(*m.span())
        for m in back
        if m.end() not in ends
    }
    goes_on = {
        next((n for start, _, n in reversed(spans) if start <= m.start()), 0): Span(*m.span())
        for m in onward
        if m.start() not in met
    }
    return (replace(a, back=begins.get(a.number), onward=goes_on.get(a.number)) for a in articles)


def parts(page: Page) -> list[tuple[str, int, Span]]:
    """The page divided without gap or overlap: kind, article (0 is none) and characters of each part."""
    found = gather(page)
    if not found.blocks:
        return [("blank", 0, Span(0, len(page.text)))] if page.text else []
    owners = {i: (role, n) for n, story in enumerate(found.stories, 1) for role, _, i in story.roles()}
    starts = [block.lines[0].start for block in found.blocks[1:]]
    edges = zip((0, *starts), (*starts, len(page.text)), strict=True)
    return [
        (*owners.get(i, (block.kind, 0)), Span(start, end))
        for i, (block, (start, end)) in enumerate(zip(found.blocks, edges, strict=True))
    ]


def _article(found: Gathered, story: Story, number: int, source: str | None) -> Article:
    title = found.blocks[story.title].span if story.title is not None else None
    parts = tuple((role, found.blocks[i].span) for role, _, i in story.roles())
    return Article(number, title, parts, source=source)


def _sentences(found: Gathered) -> Iterator[Sentence]:
    paragraph = 0
    for number, story in enumerate(found.stories, 1):
        groups: dict[int, tuple[Role, list[Block]]] = {}
        for role, n, i in story.roles():
            groups.setdefault(n, (role, []))[1].append(found.blocks[i])
        for role, group in groups.values():
            repaired = "".join(block.text for block in group)
            each = [block.offsets for block in group]
            offsets = each[0] if len(each) == 1 else tuple(chain.from_iterable(each))
            for start, end in text.sentences(repaired):
                sentence = repaired[start:end]
                if sentence[-1] in "。！？；" or not _is_signature(sentence):
                    yield Sentence(sentence, offsets[start:end], number, paragraph, role)
            paragraph += 1


def _is_signature(sentence: str) -> bool:
    """Whether what looks like a sentence is a name under an article or a picture, or a jump."""
    if len(sentence) > _LONGEST_SIGNATURE:
        return False
    credit = pattern("caption", "credit").fullmatch(sentence)
    return credit is not None or furniture(sentence) in ("byline", "jump")
