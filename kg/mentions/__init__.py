"""Names in a page: typed, not overlapping, each grown from evidence in the text.

Finders give candidates over the sentences laid end to end: known names (`gazetteer`), names grown to the left
from a head word (`heads`), patterns, persons (`people`), lists and short names that the document explains
(`firms`). The longest candidate wins; what it covers is kept as `nested`, since a place inside a name
(忻州海关) is a fact about the world too. Rules and word lists: `kg/rules/names.toml`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from kg import gazetteer
from kg.gazetteer import Entry, Piece, Places
from kg.mentions import firms, heads, people
from kg.mentions.cores import BARE_LEVEL
from kg.mentions.grower import Grower
from kg.mentions.namerules import Found, names
from kg.model import Mention, Sentence

HOME_WORDS = re.compile("(?:我|全|本)(?:市|省|县|区|州)(?![一-龥]?级)|(?<![\u4e00-\u9fff])(?:省内|市内)")
PLACES = frozenset(["Province", "City", "County", "Country", "Zone"])
UNPLACED = frozenset(["Enterprise", "Product", "Person"])  # a place inside their names is none of the text's
BUILT = frozenset({"Project", "Zone", "Event"})
CITIZENS = re.compile("市[民场值容]")  # 深圳市民 names 深圳
FEATURE = re.compile(
    "[山河江湖陵岭峰峡岛湾塔寺](?![\u4e00-\u9fff])|[山河江湖陵岭峰峡岛湾塔寺](?=[的和在上是沿位]|景区)"
)
REGIONS = frozenset(["华南", "华北", "华东", "华中", "东北", "西北", "西南", "江南", "内蒙"])
ENDS = ("至", "到", "—", "-")
# Lines are called by their two ends, streets after places elsewhere.
LINES = re.compile("高铁|铁路|高速|城际|线|大道|[东西南北中]?路(?![径网])")
LEVEL_ORGAN = re.compile("(?P<level>自治区|[省市州县区])(?P<rest>.+)")
COMMITTEE = re.compile("(?P<place>.*?[省市州县区旗])?委(?P<rest>.*)")


MentionRows = tuple[tuple[Mention, ...], ...]


class Names(NamedTuple):
    """What `find` gives: mentions by sentence, and names inside other names."""

    mentions: MentionRows
    nested: MentionRows


def find(sentences: Sequence[Sentence], homes: Sequence[str | None]) -> Names:
    """The names of a page; `homes[i]` is the division code that 我市 means in sentence i."""
    text = "\n".join(s.text for s in sentences)
    bounds = list(accumulate((len(s.text) + 1 for s in sentences), initial=0))[:-1]
    taken, nested = _select(text, _candidates(text, homes, bounds))
    homed = [_in_full(f, homes[bisect_right(bounds, f.start) - 1]) for f in taken]
    count = len(sentences)
    return Names(_by_sentence(text, homed, bounds, count), _by_sentence(text, nested, bounds, count))


def _candidates(text: str, homes: Sequence[str | None], bounds: Sequence[int]) -> list[Found]:
    pieces = gazetteer.scan(text)
    page_home = next((h for h in homes if h), None)
    found = list(_known_names(text, pieces, Places(page_home, pieces)))
    places = heads.place_starts(found)
    grower = Grower(text, gazetteer.unread(text, pieces, places), places)
    found += _home_names(text, homes, bounds)
    found += heads.head_names(text, grower)
    found += _pattern_names(text, grower)
    found += people.people(text, grower)
    found += firms.phases(text, grower)
    found += tuple(heads.offices(text, found))
    for finder in (firms.listed, firms.short_names, firms.repeated):
        found += tuple(finder(text, grower, found))  # each reads what those before it found
    return found


def _pattern_names(text: str, grower: Grower) -> Iterator[Found]:
    table = names()
    for kind, rule, pattern in table.patterns:
        for found in pattern.finditer(text):
            match: re.Match[str] | None = found
            while match and grower.splits(match.start("name")):  # 交广东省 in 提交广东省
                match = pattern.search(text, match.start("name") + 1, match.end())
            if match is None:
                continue
            yield from _quoted(Found(*match.span("name"), kind, match["name"], None, rule, 0.85))
    for i, start, end in table.known.find_matches_as_indexes(text):
        if not (grower.splits(start) or grower.splits(end)):
            yield Found(start, end, *table.known_as[i], None, "known", 0.95)


def _quoted(f: Found) -> Iterator[Found]:
    """“甲”“乙”行动 is two names that share their last word."""
    quotes = f.name.split("”“")
    if len(quotes) == 1:
        yield f
        return
    tail = quotes[-1].partition("”")[2]
    at = f.start
    for i, quote in enumerate(quotes):
        form = ("“" if i else "") + quote + ("”" if i < len(quotes) - 1 else "")
        name = form if i == len(quotes) - 1 else form + tail
        yield f._replace(start=at, end=at + len(form), name=name)
        at += len(form)


def _known_names(text: str, pieces: Sequence[Piece], places: Places) -> Iterator[Found]:
    named = [(i, p) for i, p in enumerate(pieces) if p.entries]
    sure = {e.name for _, p in named for e in p.entries if e.caution and not _wordlike(text, p, e)}
    for i, piece in named:
        before = pieces[i - 1] if i and pieces[i - 1].end == piece.start else None
        place = places.choose(piece.entries, before)
        if place and not (place.short and _crosses(text, piece, place)):
            after = pieces[i + 1].start if i + 1 < len(pieces) else len(text)
            yield _place(text, piece, place, after > piece.end)
            continue
        if place is None and any(map(gazetteer.is_feature, piece.entries)):
            name = text[piece.start : piece.end]
            yield Found(piece.start, piece.end, "Place", name, None, "Place/feature", 0.8)
            continue
        if piece.kind == "name" and text[piece.end - 1 : piece.end + 1] == "部门":
            yield from _branch(text, piece)
            continue
        for entry in piece.entries:
            if entry.type not in gazetteer.LEVELS and (not entry.caution or entry.name in sure):
                if before is None and entry.type == "Enterprise" and _runs_on(text, piece):
                    break
                yield Found(piece.start, piece.end, entry.type, entry.name, entry.code, "lexicon", 0.95)
                break


def _branch(text: str, piece: Piece) -> Iterator[Found]:
    """人社部门, which is no 人社部: the organs of one branch."""
    if any(e.type == "Agency" for e in piece.entries):
        end = piece.end + 1
        yield Found(piece.start, end, "Agency", text[piece.start : end], None, "Agency/branch", 0.8)


def _runs_on(text: str, piece: Piece) -> bool:
    """Whether a firm's short name is the end of a foreign name: 雷诺 in 莫雷诺."""
    return piece.end - piece.start == 2 and text[piece.start - 1 : piece.start] in names().persons.sounds


def _place(text: str, piece: Piece, place: Entry, alone: bool) -> Found:
    """A division; where it stands `alone`, before no known word, 秦淮河 is a river and no 秦淮区."""
    if alone and place.short and (feature := FEATURE.match(text, piece.end)):
        end = feature.end()
        return Found(piece.start, end, "Place", text[piece.start : end], None, "Place/feature", 0.8)
    end = piece.end - 1 if CITIZENS.match(text, piece.end - 1) else piece.end
    return Found(piece.start, end, place.type, place.name, place.code, "gazetteer", 0.95)


def _crosses(text: str, piece: Piece, place: Entry) -> bool:
    """Whether a county's short form is cut out of words: 龙文 in 龙文化, 贵南 in 贵南高铁, 商都 in 厂商都."""
    if place.type != "County" or piece.end - piece.start != 2:
        return False
    if LINES.match(text, piece.end) and text[piece.start - 1 : piece.start] not in ENDS:
        return True
    before, after = text[max(0, piece.start - 1) : piece.start + 1], text[piece.end - 1 : piece.end + 1]
    return after in REGIONS or any(len(pair) == 2 and gazetteer.is_word(pair) for pair in (before, after))


def _wordlike(text: str, piece: Piece, entry: Entry) -> bool:
    """Whether a firm's name that is a word too (苹果, 大众) is the word here."""
    if entry.type == "Product":
        return False
    around = names().firm
    before = around.before.search(text, max(0, piece.start - 4), piece.start)
    return not (before or around.after.match(text, piece.end))


def _home_names(text: str, home_at: Sequence[str | None], bounds: Sequence[int]) -> Iterator[Found]:
    """我市, 全省, …: the home place of the article, at the level that the word names."""
    table = gazetteer.divisions()
    for match in HOME_WORDS.finditer(text):
        home = home_at[bisect_right(bounds, match.start()) - 1]
        code = _home_code(home, match[0][-1] if match[0][-1] != "内" else match[0][0])
        if code:
            d = table[code]
            yield Found(match.start(), match.end(), d.level, d.name, code, "home", 0.9)


def _home_code(home: str | None, word: str) -> str | None:
    """The division that 我省, 我市, 我县 or 我区 means in a text from `home`."""
    if not home:
        return None
    table = gazetteer.divisions()
    if word in ("省", "自治区"):
        return gazetteer.at_level(home, "Province")
    own = table[home]
    if own.level != "Province" and own.name.endswith(word):
        return home
    if word in "市州":
        if own.level == "Province":
            return home if own.name.endswith("市") else None
        return gazetteer.at_level(home, "City")
    return home if own.level == "County" and word in "县区" else None


def _in_full(f: Found, home: str | None) -> Found:
    """市财政局 with the home city before it; 忻州市委 and 市政府 as the organs call themselves."""
    if f.type != "Agency":
        return f
    name = f.name
    level = LEVEL_ORGAN.match(name)
    if level and level["level"] in BARE_LEVEL:
        code = _home_code(home, level["level"])
        if code is None:
            return f
        name = gazetteer.divisions()[code].name + level["rest"]
    name = name.replace("市市委", "市委").replace("县县委", "县委").replace("省省委", "省委")
    committee = COMMITTEE.fullmatch(name)
    if committee and committee["place"] and not name.startswith("中共"):
        name = "中共" + name
    if name.endswith("政府") and not name.endswith("人民政府") and re.search("[省市州县区旗]政府$", name):
        name = name[:-2] + "人民政府"
    return f._replace(name=name)


def _select(text: str, found: Iterable[Found]) -> tuple[list[Found], list[Found]]:
    """The longest names that do not overlap, and those nested inside them."""
    ranked = sorted(
        (f for f in set(found) if "\n" not in text[f.start : f.end] and not _is_source(text, f)),
        key=lambda f: (f.start - f.end, f.start, f.type == "Product", -f.certainty, f.rule, f.name),
    )
    taken: list[Found] = []
    nested: list[Found] = []
    cover: dict[int, Found] = {}
    for f in ranked:
        over = {cover[i] for i in range(f.start, f.end) if i in cover}
        if not over:
            taken.append(f)
            cover.update(dict.fromkeys(range(f.start, f.end), f))
        elif len(over) == 1 and _counts_inside(f, next(iter(over))):
            nested.append(f)
    return sorted(taken, key=lambda f: f.start), nested


def _is_source(text: str, f: Found) -> bool:
    """央视网消息, 新华社讯: who tells it, not whom it is about."""
    if f.type not in ("Institution", "Product") or f.start != text.rfind("\n", 0, f.start) + 1:
        return False
    return text.startswith(("消息", "讯", "记者", "客户端"), f.end)


def _counts_inside(inner: Found, outer: Found) -> bool:
    """Whether a name inside another one is a name of its own: a place, a zone, the firm that builds."""
    inside = outer.start <= inner.start and inner.end <= outer.end
    if inner.rule == "lexicon" and inner.type == "Institution" == outer.type:
        return inside and inner.start == outer.start and inner.end < outer.end
    if not inside or inner.type == outer.type:
        if not inside or inner.name == outer.name:
            return False
        if inner.type == "Project":
            return inner.rule == "known" or (inner.start == outer.start and _carries(inner, outer))
        return outer.rule == "Agency/office" and inner.start == outer.start
    if inner.end - inner.start == outer.end - outer.start:
        return inner.type in PLACES and outer.type == "Project"
    if inner.type in PLACES:
        return outer.type not in UNPLACED and not (outer.rule.endswith("/team") and inner.type == "Country")
    if inner.rule in ("lexicon", "known") and inner.type in ("Agency", "Institution"):
        return outer.type in BUILT or outer.type == "Policy"
    if inner.type == "Place":  # 果子沟 in 果子沟管道工程
        known = inner.rule in ("lexicon", "Place/spot") and inner.end - inner.start > 2
        return known and outer.type == "Project" and inner.start == outer.start
    if inner.type == "Policy":
        return inner.rule == "known" and outer.type in BUILT
    return (inner.type == "Enterprise" and outer.type in BUILT) or (inner.type, outer.type) == (
        "Product",
        "Project",
    )


def _carries(line: Found, works: Found) -> bool:
    """Whether works are of a line: 六枝至安龙高速公路+花江峡谷大桥."""
    of_line = works.name.endswith(("大桥", "隧道")) and works.end - line.end > 3
    return of_line and line.name.endswith(("铁路", "高铁", "高速公路"))


def _by_sentence(text: str, found: Iterable[Found], bounds: Sequence[int], count: int) -> MentionRows:
    rows: list[list[Mention]] = [[] for _ in range(count)]
    right = names().right
    for f in found:
        i = bisect_right(bounds, f.start) - 1
        start, end = f.start - bounds[i], f.end - bounds[i]
        certainty = right.get(f"{f.type}/{f.rule.rsplit('/', 1)[-1]}", f.certainty)
        rows[i].append(Mention(start, end, text[f.start : f.end], f.type, f.name, f.code, f.rule, certainty))
    return tuple(tuple(r) for r in rows)
