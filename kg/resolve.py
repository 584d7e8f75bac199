"""From the mentions of one page to things: one entity for all forms of one name.

Keys are made from what the name says, never by counting, so that pages read apart agree: a division has its
GB/T 2260 code, a country its ISO 3166 code, anything else its folded name.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from kg import gazetteer, rules
from kg.model import Entity, Mention, Page, Sentence

PREFIX = {
    "Enterprise": "ent", "Agency": "agency", "Institution": "inst", "Project": "project", "Policy": "policy",
    "Product": "product", "Award": "award", "Event": "event", "Person": "person", "Group": "group",
    "Zone": "zone", "Country": "country",
}  # fmt: skip
_MARKS = re.compile(r"[\s“”\"'‘’「」『』《》〈〉·・]")
_ZONE = (("经济技术开发区", "经开区"), ("经济开发区", "经开区"), ("高新技术产业开发区", "高新区"),
         ("高新技术开发区", "高新区"))  # fmt: skip
DEICTIC = re.compile("[我本全该](?:省|市|县|区|州)$")  # stands for another place on another page: no name
# Names that may stand without their beginning, and how many characters must be left.
_TAILS = {"Project": 4, "Policy": 6, "Event": 6}


def fold(name: str) -> str:
    """A name without what papers put or leave out: full width, spaces, quotation marks, brackets."""
    text = unicodedata.normalize("NFKC", name)
    return _MARKS.sub("", text).replace("(", "（").replace(")", "）")


def key(kind: str, name: str, code: str | None) -> str:
    """The key of a thing: `place:140900`, `ent:山西焦煤`."""
    return f"{PREFIX.get(kind, 'place')}:{code or fold(name)}"


def place(code: str) -> Entity:
    """The entity of a division of the gazetteer."""
    d = gazetteer.divisions()[code]
    return Entity(f"place:{code}", d.level, d.name, code=code)


def entities(
    sentences: Sequence[Sentence],
    mentions: Sequence[Sequence[Mention]],
    nested: Sequence[Sequence[Mention]],
    page: Page,
) -> tuple[tuple[Entity, ...], tuple[tuple[Mention, ...], ...]]:
    """The things that a page names, in order of first mention, and the mentions with their entity keys set.

    Where sentences were read otherwise than printed (a slip, traditional script), printed forms are kept.
    """
    every = [
        (sentence, m)
        for sentence, row, inner in zip(sentences, mentions, nested, strict=True)
        for m in (*row, *inner)
    ]
    names = _full_names(m for _, m in every)
    keyed = tuple(tuple(_keyed(m, names) for m in row) for row in mentions)
    found: dict[str, list[tuple[Sentence, Mention]]] = defaultdict(list)
    for sentence, m in every:
        found[_key(m, names)].append((sentence, m))
    return tuple(_entity(k, rows, names, page) for k, rows in found.items()), keyed


def _key(m: Mention, names: dict[tuple[str, str], str]) -> str:
    return key(m.type, names[m.type, m.name], m.code)


def _keyed(m: Mention, names: dict[tuple[str, str], str]) -> Mention:
    """The mention with its key; written out, since it is made for every name that is read."""
    return Mention(m.start, m.end, m.text, m.type, m.name, m.code, m.rule, m.certainty, _key(m, names))


def _entity(
    k: str, found: Sequence[tuple[Sentence, Mention]], names: dict[tuple[str, str], str], page: Page
) -> Entity:
    first = found[0][1]
    name = names[first.type, first.name]
    forms = [form for _, m in found for form in (m.text, m.name)]
    aliases = tuple(
        dict.fromkeys(form for form in forms if form and form != name and not DEICTIC.match(form))
    )
    raw = tuple(dict.fromkeys(form for sentence, m in found for form in _printed(page, sentence, m)))
    articles = tuple(sorted({sentence.article for sentence, _ in found}))
    return Entity(k, first.type, name, aliases, raw, articles, first.code)


def _printed(page: Page, sentence: Sentence, m: Mention) -> Iterator[str]:
    """The form on the page, where reading changed its characters."""
    span = sentence.span(m.start, m.end)
    form = "".join(page.text[span.start : span.end].split())
    if len(form) == len(m.text) and fold(form) != fold(m.text):
        yield form


def _full_names(mentions: Iterable[Mention]) -> dict[tuple[str, str], str]:
    """For each type and name the fullest form the page gives it."""
    by_type: dict[str, dict[str, None]] = defaultdict(dict)
    for m in mentions:
        by_type[m.type][m.name] = None
    full: dict[tuple[str, str], str] = {}
    for kind, forms in by_type.items():
        same: dict[str, list[str]] = defaultdict(list)
        for name in forms:
            same[_alike(kind, name)].append(_good(name) if kind == "Product" else name)
        chosen = {form: max(names, key=len) for form, names in same.items()}
        for name in forms:
            full[kind, name] = chosen[_longer(kind, _alike(kind, name), chosen)]
    return full


def _good(name: str) -> str:
    """A known good without the word that says it is one: 高岭土产品 is 高岭土, 农产品 stays."""
    bare = name.removesuffix("产品")
    return bare if bare in _goods() else name


@cache
def _goods() -> frozenset[str]:
    rows = rules.lexicon("products")
    return frozenset(form for r in rows for form in (r["name_zh"], *r["alias"].split("|")) if form)


def _alike(kind: str, name: str) -> str:
    form = fold(_good(name) if kind == "Product" else name)
    if kind == "Zone":
        for long, short in _ZONE:
            form = form.replace(long, short)
    return form.removesuffix("地区") if kind == "Place" and len(form) > 3 else form


def _longer(kind: str, form: str, known: Iterable[str]) -> str:
    """The one known form that ends with this one, for kinds of things whose names take a builder's prefix."""
    if len(form) < _TAILS.get(kind, 99):
        return form
    longer = [k for k in known if k.endswith(form) and k != form]
    return longer[0] if len(longer) == 1 else form
