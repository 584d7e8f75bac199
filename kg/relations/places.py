"""Places and other names inside names, and the place that a page or an article is of."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg import gazetteer
from kg.model import Document, Entity, Mention

DIVISIONS = ("Village", "Township", "County", "City", "Province", "Country")
FINENESS = {name: i for i, name in enumerate(("Village", "Township", "Place", "Zone", *DIVISIONS[2:]))}
_SUFFIX = re.compile("(?:地区|自治[州县旗]|特别行政区|(?:壮族|回族|维吾尔)?自治区|[省市县区旗盟])$")
_DEICTIC = re.compile("^[我全本该各](?:省|市|县|区|国)")
_NATURE = frozenset("山江河湖海岭岛峡沙")  # 钱塘江 is no 钱塘, 五台山 no 五台


def within(code: str, outer: str) -> bool:
    """Whether a division lies in another one, or is it."""
    return outer in gazetteer.ancestors(code)


class Names:
    """The names a document knows, and the gazetteer's places: for reading names inside names."""

    def __init__(self, document: Document) -> None:
        self.entities = {e.key: e for e in document.entities}
        self._forms: dict[str, Entity] = {}
        for entity in sorted(document.entities, key=_claim):
            short = _SUFFIX.sub("", entity.name) if entity.type in DIVISIONS[2:] else ""
            forms = (entity.name, *entity.aliases, *entity.raw, short)
            self._forms |= {form: entity for form in forms if len(form) > 1}
        self._longest = max(map(len, self._forms), default=8)
        self._begin = {form[:2] for form in self._forms}
        self._scanned: dict[str, list[tuple[int, gazetteer.Piece | None]]] = {}
        codes = [self.code(e.key) for e in document.entities if e.type in DIVISIONS]
        self._places = gazetteer.Places(self.code(document.home.key) if document.home else None, ())
        self._places.full.update(filter(None, codes))
        self._places.votes.update(a for code in codes if code for a in gazetteer.ancestors(code))

    def code(self, key: str) -> str | None:
        """The division code of a key, found by name where the key has none."""
        entity = self.entities.get(key)
        if entity is None:
            return key.removeprefix("place:") if key.startswith("place:") else None
        if entity.code or entity.type not in gazetteer.LEVELS:
            return entity.code
        entries = (e for piece in gazetteer.scan(entity.name)[:1] for e in piece.entries)
        codes = {e.code for e in entries if (e.type, e.name) == (entity.type, entity.name)}
        return codes.pop() if len(codes) == 1 else None

    def type(self, key: str) -> str:
        """The class behind a key."""
        if key in self.entities:
            return self.entities[key].type
        division = gazetteer.divisions().get(key.removeprefix("place:"))
        return division.level if division else "Place"

    def _name(self, key: str) -> str:
        """What a thing or division is called."""
        if key in self.entities:
            return self.entities[key].name
        return gazetteer.divisions()[key.removeprefix("place:")].name

    def inside(self, outer: Mention, classes: frozenset[str]) -> Iterator[Mention]:
        """The names of these classes inside a longer name, the longest first at each character.

        What ends the name is the thing itself (天津滨海新区), unless the name goes on elsewhere (珠海 in
        珠海、重庆两大生产基地); what 全市 stands for is meant in policies only.
        """
        text, at, above = outer.text, 0, ""
        last = len(text) + (outer.type == "Project" and outer.name != text)
        for start, piece in self._spots(text):
            if start < at:
                continue
            known = self._known(outer, start, classes) or self._place(text, piece, classes, above)
            at, key = known or (start + 1, "")
            form = text[start:at]
            if key and at < last and not (self._name(key) != form and text.endswith(self._name(key))):
                yield Mention(outer.start + start, outer.start + at, form, self.type(key), form, entity=key)
            above = (self.code(key) or "") if key else above

    def _spots(self, text: str) -> list[tuple[int, gazetteer.Piece | None]]:
        """Where a name may begin, with what the gazetteer knows there."""
        if text not in self._scanned:
            pieces = {p.start: p for p in _places(text)}
            starts = (i for i in range(len(text) - 1) if i in pieces or text[i : i + 2] in self._begin)
            self._scanned[text] = [(i, pieces.get(i)) for i in starts]
        return self._scanned[text]

    def _known(self, outer: Mention, at: int, classes: frozenset[str]) -> tuple[int, str] | None:
        """The longest name of the document that starts here."""
        for end in range(min(len(outer.text), at + self._longest), at + 1, -1):
            form = outer.text[at:end]
            entity = self._forms.get(form)
            if not entity or entity.type not in classes or entity.key == outer.entity:
                continue
            if outer.type == "Policy" or not _DEICTIC.match(form):
                return end, entity.key
        return None

    def _place(
        self, text: str, piece: gazetteer.Piece | None, classes: frozenset[str], above: str
    ) -> tuple[int, str] | None:
        """The division of the gazetteer that starts here, where it is certain: 昌邑 after 山东 is."""
        if not piece:
            return None
        if piece.entries[0].short and (text[piece.end : piece.end + 1] in _NATURE):
            return None
        below = [e for e in piece.entries if above and e.code and above in gazetteer.ancestors(e.code)[1:]]
        largest = [e for e in below if e.type == max((b.type for b in below), key=FINENESS.__getitem__)]
        entry = largest[0] if len(largest) == 1 else self._places.choose(piece.entries)
        if not entry or not entry.code or entry.type not in classes:
            return None
        if entry.short and entry.type in DIVISIONS[:2]:
            return None  # 金井, 新建: words, where nothing tells that the township is meant
        known = self._forms.get(entry.name)
        return piece.end, known.key if known and known.type == entry.type else f"place:{entry.code}"


def _places(text: str) -> list[gazetteer.Piece]:
    """What the gazetteer knows in a name; where a known name that is no division ends it, without its end."""
    pieces = [p for p in gazetteer.scan(text) if p.entries]
    closing = pieces and pieces[-1].end == len(text)
    if closing and not any(e.type in DIVISIONS for e in pieces[-1].entries):
        return [p for p in gazetteer.scan(text[:-1]) if p.entries]
    return pieces


def _claim(entity: Entity) -> tuple[bool, int]:
    """A form of several is a division's, the smallest's among them: the last one gets it."""
    return entity.type in DIVISIONS, -FINENESS.get(entity.type, 0)


def home(document: Document, article: int) -> Entity | None:
    """The place that 我市 stands for in an article."""
    code = next((a.home for a in document.articles if a.number == article), None)
    if code is None:
        return document.home
    return next((e for e in document.entities if e.code == code), document.home)
