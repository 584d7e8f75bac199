"""One page in, all that it says out: the stages of reading in two visible functions.

They see one page and keep no state, so pages can be read in any order and in parallel.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from kg import mentions, observations, pages, relations, resolve, script, slips
from kg.model import Document, Entity, Evidence, Extraction, Fact, Observation, Page, Problem

# Common nouns and names in passing: kept only where a fact or a figure uses them.
ONLY_IF_USED = frozenset({"Product", "Group", "Place"})


def read_page(page: Page) -> Extraction:
    """All entities, facts and figures of a page, each with its proof, and the problems met on the way."""
    read, problems = document(page)
    facts = relations.find(read)
    figures, unread = observations.find(read)
    entities = _used(read.entities, facts, figures)
    return Extraction(
        page, read.issue, read.articles, entities, tuple(facts), tuple(figures), (*problems, *unread)
    )


def document(page: Page) -> tuple[Document, list[Problem]]:
    """The page cut and repaired, its names found and resolved: what relations and observations read."""
    traditional = script.is_traditional(page.text)
    legible = replace(page, text=script.simplified(page.text)) if traditional else page
    issue, articles, sentences, problems = pages.layout(legible)
    sentences, slipped = slips.mend(page, sentences, issue.home)
    homes = {a.number: a.home or issue.home for a in articles}
    names = mentions.find(sentences, [homes[s.article] for s in sentences])
    entities, keyed = resolve.entities(sentences, names.mentions, names.nested, page)
    known = {e.code: e for e in entities if e.code}
    for code in filter(None, (issue.home, *homes.values())):  # what figures may fall back on
        known.setdefault(code, resolve.place(code))
    every = tuple(dict.fromkeys((*entities, *known.values())))
    home = known.get(issue.home) if issue.home else None
    return Document(page, issue, articles, sentences, keyed, every, home), [*problems, *slipped]


def _used(
    entities: Iterable[Entity], facts: Sequence[Fact], figures: Sequence[Observation]
) -> tuple[Entity, ...]:
    """The entities that count: common nouns only where a statement uses them, with the places it adds."""
    known = {e.key: e for e in entities}
    articles: dict[str, set[int]] = {}
    for keys, proofs in _statements(facts, figures):
        for key in keys:
            articles.setdefault(key, set()).update(proof.article for proof in proofs)
            if key not in known:
                known[key] = resolve.place(key.removeprefix("place:"))
    kept = (e for e in known.values() if e.key in articles or (e.articles and e.type not in ONLY_IF_USED))
    return tuple(replace(e, articles=tuple(sorted({*e.articles, *articles.get(e.key, ())}))) for e in kept)


def _statements(
    facts: Iterable[Fact], figures: Iterable[Observation]
) -> Iterable[tuple[tuple[str, ...], tuple[Evidence, ...]]]:
    yield from (((f.subject, f.object), f.evidence) for f in facts)
    yield from (((o.subject,), o.evidence) for o in figures)
