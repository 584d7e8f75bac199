"""What a name says: the places it begins with, its core, its legal form; and which names say the same.

山西省金宇科林科技有限责任公司 and 山西金宇科林科技有限公司 have one reading, 二期 and 三期 have two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import groupby
from typing import NamedTuple

from kg import gazetteer, rules
from kg.resolve import fold

# Legal forms, and the fuller ones each may be short for. 有限 and 股份 are two firms, so are 集团 and 有限.
FULLER = {
    "": ("公司", "集团", "有限", "股份", "集团公司", "集团有限", "集团股份"),
    "公司": ("有限", "股份", "集团公司"),
    "股份": ("集团股份",),
    "集团": ("集团公司", "集团有限", "集团股份"),
    "集团公司": ("集团有限", "集团股份"),
}
_LEGAL = re.compile(
    "(?P<core>.+?)(?P<group>集团)?"
    "(?P<form>股份有限公司|股份有限责任公司|有限责任公司|有限公司|股份公司|株式会社|总公司|公司|股份)?"
)
_FORM: dict[str | None, str] = {
    **dict.fromkeys(("股份有限公司", "股份有限责任公司", "股份公司", "股份"), "股份"),
    **dict.fromkeys(("有限责任公司", "有限公司"), "有限"),
    **dict.fromkeys(("株式会社", "总公司", "公司"), "公司"),
    None: "",  # a brand
}
_BRACKETS = re.compile("[（）]")
_MEASURE = re.compile(r"\d+(?:[万千亿]*(?:[千兆]?[瓦伏]特?|吨级?|公里|立方米|米)|号|条|个|座)?")
_LETTER = re.compile("[A-Za-z\u3400-\u9fff]")
_DOTS = re.compile("[“”‘’•·・《》]")  # marks that papers put or leave out
_ORDINAL = re.compile("第(?=[一二三四五六七八九十百\\d]+[届次])")
_ROAD = re.compile(r"^[GS]\d+(?=..+高速)")  # G30连霍高速
_RIVER = re.compile("^[^江河]{1,3}[江河](?=..+(?:水利枢纽|水电站|水库))")  # 黄河古贤水利枢纽
_AROUND = tuple("省市县州区湖山河江海")  # 内华达州沙漠, 太湖地区: what lies there, not the thing itself
_YEAR = re.compile(r"((?:19|20)\d\d)年度?")
NUMERALS = re.compile(r"\d+(?:\.\d+)?|[A-Za-z]+|[一二三四五六七八九十百零〇两甲乙丙丁东西南北上下首]+")
_COMMON = frozenset(("Product", "Policy", "Event"))  # whose names in a name make it nobody's own
NATION = frozenset(["CHN"])
_RARE = 3
_MANY = 3  # townships of one name: it is a word
_DASHES = "-—–"
_LONG_END = 16  # characters of an end of names
_LONGEST = 14  # of a division's name


class Form(NamedTuple):
    """A name taken apart. `places` are the codes that its beginning may mean, empty where it names none."""

    places: frozenset[str]
    core: str
    legal: str = ""
    own: str = ""  # the core without what says of which kind it is
    brand: str = ""  # the same, of a firm
    strange: int = 0  # characters of it in a row that nothing explains

    @property
    def distinct(self) -> bool:
        """Whether the core can belong to one thing alone: 金宇科林, not 人民医院 or 经开区."""
        return self.strange > 1

    @property
    def rare(self) -> bool:
        """Whether the core is so much its own that two things of one region hardly share it."""
        return self.strange >= _RARE


@lru_cache(1 << 17)
def form(kind: str, name: str) -> Form:
    """A name of a class of the ontology, taken apart."""
    text = _DOTS.sub("", fold(name)).replace("（集团）", "集团")
    for lead, usual in _leads(kind):
        if text.startswith(lead) and len(text) > len(lead) + 2:
            text = usual + text.removeprefix(lead)
    for long, short in _table()["spellings"].items():
        text = text.replace(long, short)
    text = _ROAD.sub("", text) if kind in ("Place", "Project") else text
    places, rest = _placed(_BRACKETS.sub("", text))
    rest = rest.lstrip(_DASHES) or rest
    if kind == "Enterprise":
        return _firm(places, rest)
    if kind == "Event":
        rest = _ORDINAL.sub("", _YEAR.sub(r"\1", rest))
    if kind in ("Place", "Project"):
        rest = _RIVER.sub("", rest)
    core, own = _usual(kind, rest)
    return Form(places, core, own=own, strange=_strange(own, kind != "Place"))


def tokens(name: str) -> tuple[str, ...]:
    """What must be equal in all names of one thing: numbers, phases, letters, directions."""
    return tuple(sorted(NUMERALS.findall(name)))


def nested(a: Iterable[str], b: Iterable[str]) -> bool:
    """Whether a place of the one can lie in one of the other, or be it."""
    return any(p in gazetteer.ancestors(q) or q in gazetteer.ancestors(p) or p == q for p in a for q in b)


def _firm(places: frozenset[str], text: str) -> Form:
    found = _LEGAL.fullmatch(text)
    if found is None:
        return Form(places, text, own=text, brand=text, strange=_strange(text))
    core, _ = _usual("Enterprise", found["core"])
    legal = ("集团" if found["group"] else "") + _FORM[found["form"]]
    brand = _brand(core)
    return Form(places, core, legal, brand, brand, _strange(brand))


def _brand(core: str) -> str:
    """A firm's name without the words of its trade, of which two characters are left at least."""
    while True:
        found = _trades().search(core)
        if not found or found.start() < 2:
            return core
        core = core[: found.start()]


@cache
def _trades() -> re.Pattern[str]:
    return re.compile(rules.table("names")["alias"]["industry"])


@cache
def _table() -> dict[str, dict[str, str]]:
    return rules.table("identity")


@cache
def _leads(kind: str) -> tuple[tuple[str, str], ...]:
    """Beginnings of names, and what is usual in their place."""
    table = rules.table("identity")["starts"].get(kind, {})
    return tuple((other, usual) for usual, others in table.items() for other in others.split())


@cache
def _variants(kind: str) -> dict[str, str]:
    """Ends of names by how else they are written."""
    table = rules.table("identity")["ends"].get(kind, {})
    return {fold(other): end for end, others in table.items() for other in (end, *others.split())}


def _usual(kind: str, text: str) -> tuple[str, str]:
    """The name with its end as it is usually written, the longest that is known, and without it."""
    ends = _variants(kind)
    for start in range(max(0, len(text) - _LONG_END), len(text)):
        if usual := ends.get(text[start:]):
            return text[:start] + usual, text[:start]
    for tail in _table()["tails"].get(kind, "").split():
        own = text.removesuffix(tail)
        around = kind == "Place" and own.endswith(_AROUND) and not own.startswith("环")
        if own != text and len(own) > 1 and not around:
            return own, own
    return text, text


@cache
def _strange(text: str, natural: bool = True) -> int:
    """The most characters in a row that no list of words and goods explains, nor, if `natural`, of rivers."""
    covered = [not _LETTER.match(c) for c in text]
    for measure in _MEASURE.finditer(text):
        covered[measure.start() : measure.end()] = [True] * len(measure[0])
    for piece in gazetteer.scan(text):
        types = {e.type for e in piece.entries}
        whole = len(text) == piece.end - piece.start
        river = natural and not whole and types == {"Place"}  # 长江大桥
        township = types == {"Township"} and (whole or len(piece.entries) > _MANY)  # 高新区, 大桥
        common = piece.kind != "name" or types <= _COMMON or river or township
        if common and piece.end - piece.start > 1:
            covered[piece.start : piece.end] = [True] * (piece.end - piece.start)
    return max((len(list(run)) for explained, run in groupby(covered) if not explained), default=0)


def _placed(text: str) -> tuple[frozenset[str], str]:
    """The divisions or country that a name begins with, each inside the one before, and what follows."""
    names, at = _place_names(), 0
    found: frozenset[str] = frozenset()
    while True:
        for size in range(min(_LONGEST, len(text) - at - 1), 1, -1):
            codes = names[bool(found)].get(text[at : at + size], frozenset())
            inner = _inside(codes, found)
            if inner:
                found, at = inner, at + size
                break
        else:
            return found, text[at:]


def _inside(codes: frozenset[str], outer: frozenset[str]) -> frozenset[str]:
    if not outer or outer == NATION:
        return codes
    return frozenset(c for c in codes if not outer.isdisjoint(gazetteer.ancestors(c)[1:]))


@cache
def _place_names() -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """Codes by name: those that may stand first, and those that may follow a larger place."""
    first: dict[str, set[str]] = {}
    later: dict[str, set[str]] = {}
    ordinary = {row["word"] for row in rules.lexicon("ordinary")}
    for d in gazetteer.divisions().values():
        if d.level == "Township":
            continue
        later.setdefault(d.name, set()).add(d.code)
        first.setdefault(d.name, set()).add(d.code)
        for short in d.short:
            if len(short) > 1:
                later.setdefault(short, set()).add(d.code)
                if d.level != "County" or not (short in ordinary or gazetteer.is_word(short)):
                    first.setdefault(short, set()).add(d.code)
    for row in rules.lexicon("former"):
        if row["successor"] in gazetteer.divisions() and len(row["name"]) > 2:
            first.setdefault(row["name"], set()).add(row["successor"])
    for row in rules.lexicon("countries"):
        first.setdefault(row["name_zh"], set()).add(row["iso3"])
    return tuple({k: frozenset(v) for k, v in t.items()} for t in (first, later))  # type: ignore[return-value]
