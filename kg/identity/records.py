"""What identity is made of: one profile a thing a page, and what is known of it over all pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kg import gazetteer
from kg.graph.links import Link
from kg.model import Problem


@dataclass(frozen=True, slots=True)
class Profile:
    """What one page tells of one thing that can show which thing it is.

    `key` is the page's own, `names` its other forms, `raw` forms printed with a slip. `home` is the division
    code of the article, `within` those of the divisions that the text says it lies in, `posts` the
    organisations (keys) and titles of a person, `former` names that the text says it bore.
    """

    key: str
    type: str
    name: str
    page: str
    code: str | None = None
    names: tuple[str, ...] = ()
    raw: tuple[str, ...] = ()
    home: str | None = None
    within: tuple[str, ...] = ()
    posts: tuple[tuple[str, str], ...] = ()
    former: tuple[str, ...] = ()
    published: str | None = None

    @property
    def town(self) -> str:
        """The code of the city that it is of: of the county or province where no city is known; else ""."""
        return gazetteer.at_level(self.place, "City") or self.place

    @property
    def place(self) -> str:
        """The code of the division that it is of, as far as the page tells; else ""."""
        return next((c for c in (*self.within, self.home or "") if c in gazetteer.divisions()), "")

    @property
    def context(self) -> str:
        """What tells namesakes apart: where it is, and whose a person is; of 市政府 nowhere, the page."""
        unknown = self.page if self.type == "Agency" else ""
        return "\n".join((self.place or unknown, *sorted({key for key, _ in self.posts})))


@dataclass(frozen=True, slots=True)
class Known:
    """A canonical thing: the one name and type that all pages give it."""

    key: str
    type: str
    name: str
    code: str | None = None
    aliases: tuple[str, ...] = ()  # judged to be its names


@dataclass(frozen=True, slots=True)
class Identity:
    """Which keys stand for one thing, over all pages.

    `apart` holds the keys that mean several things, by key and context of the profile; `things` what is not
    as the page has it, by the page's key or by the one that `apart` gives.
    """

    links: tuple[Link, ...] = ()
    problems: tuple[Problem, ...] = ()
    things: Mapping[str, Known] = field(default_factory=dict)
    apart: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def of(self, key: str, context: str = "") -> str:
        """The canonical key of a key of a page; `context` is that of its profile there."""
        node = self.apart.get((key, context), key)
        known = self.things.get(node)
        return known.key if known else node

    def known(self, key: str, context: str = "") -> Known | None:
        """The canonical thing behind a key of a page, where it differs from what a page may say."""
        return self.things.get(self.apart.get((key, context), key))
