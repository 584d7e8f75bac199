"""Where a name begins that ends in a head word: grown to the left, then cut by what cannot belong to it."""

from __future__ import annotations

import re

from kg.mentions.cores import NATION, NUMBERED
from kg.mentions.grower import BREAKS, NUMERALS, OWNERS, Grower
from kg.mentions.namerules import Head, names

LINKS = frozenset("的在与和由是为向对及将等")  # stops that join, and begin no part of a name
OPENERS = "“‘「《"
WIDE = frozenset(
    ["Enterprise", "Agency", "Institution", "Zone", "Place", "Project"]
)  # a place inside begins the name
LONG = frozenset(["Project", "Event", "Policy", "Institution"])  # names that may hold 、 or 和
JOINTS = ("以及", "、", "和", "与", "及", "暨")
MADE = frozenset(["Project", "Zone", "Event", "Policy", "Place"])  # things that a place or an organ makes
COUNT = re.compile(
    r"(?<!第)(?<![\d.])[\d.一二三四五六七八九十两多]+[万亿]?[多余]?(?:[个项条座家颗批艘类所处只种名位场大款笔枚](?!人)|台套?)"
)
DAY = re.compile(r"\d+月(?:\d+日|[底初末份])")
ORDINAL = re.compile(
    r"(?:(?:20|19)\d\d(?:年度?)?|第?[一二三四五六七八九十\d]+届|第[一二三四五六七八九十\d]+[次场期]|首届"
    r"|全[国省市县区]|“[^“”]{2,12}”杯?)$"
)
FIRMS = ("公司", "企业", "集团", "银行", "股份")
WORD = re.compile("[A-Za-z\u4e00-\u9fff]*[\u4e00-\u9fff]")
# How much, how many or of when goods are, before their name.
AMOUNT = re.compile(
    r"(?:年[产处理加工]{1,3}|日产)[\d.]+万?[吨台套只辆件米]"
    r"|[\d.,]*[余多]?[万亿](?:吨|标准立方米|立方米|千瓦时?|[只台套辆件亩头瓶箱个米])"
    r"|\d[\d.,]*[余多]?(?:[辆亩头瓶箱款%]|[GM]W)|[\d.]+(?:[-—~至][\d.]+)?(?:[年月]份?)"
    r"|[一二三四]期|第[一二三四五六七八九十]+大|(?:世界|国家|太阳能|半导体|[十百千万]亿|省|市)级"
)


def name_start(grower: Grower, head: Head, start: int) -> int:
    """Where a name begins whose head begins at `start`; `start` where nothing names it."""
    first = grower.trim(grower.grow(start, head), start, not head.verbs)
    if head.modest:
        *_, first = [first, *(m.end() for m in AMOUNT.finditer(grower.text, first, start))]
    if head.type == "Enterprise":
        first = _firm_start(grower, head, first, start)
    if head.type == "Project" and first == start:
        first = _stopped_short(grower, start)
    if head.type in LONG:
        first = _joined(grower, head, first, start)
    if head.type in MADE:
        first = _after_act(grower, first, start)
    if head.type == "Agency":
        first = _level_start(grower, first, start)
    if head.type in WIDE:
        first = _from_place(grower, head, first, start)
        first = first if head.verbs else _nearest(grower, first, start)
    *_, first = [first, *(m.end() for m in DAY.finditer(grower.text, first, start))]
    if head.type == "Policy":
        first = _quoted_start(grower, first, start)
    unquoted = first if head.type == "Project" else max(first, grower.text.rfind("”", first, start) + 1)
    counts = COUNT.finditer(grower.text, unquoted, start)
    *_, count = [None, *(c for c in counts if c.start() not in grower.places)]  # no 五台 of 五台县
    if count and not (head.type == "Event" and count[0][-1] in "次届"):
        return start  # 3个项目: a class of things, not a name
    return _event_start(grower.text, first) if head.type == "Event" and first < start else first


def _joined(grower: Grower, head: Head, first: int, start: int) -> int:
    """Where a name begins that holds 、 or 和, if a place, the nation or a number begins it.

    莱比锡国际文物保护、修复和改造博览会, 国家中长期科学和技术发展规划纲要.
    """
    text, at = grower.text, first
    while start - head.longest < at <= start and text[at] not in OPENERS:
        begins = grower.names_at(at) or NATION.match(text, at) or NUMBERED.match(text, at)
        if begins:
            return first if any(p in grower.places for p in range(at + 1, start)) else at
        joint = next((j for j in JOINTS if text.endswith(j, 0, at)), None)
        end = at - len(joint or "")
        listed = at == first and joint == "、"
        if joint is None or listed or text.endswith(names().closing, 0, end):  # a name of its own ends there
            return first
        at = grower.trim(grower.grow(end, head), end, verbs=False)
        if at == end:
            return first
    return first


def _quoted_start(grower: Grower, first: int, start: int) -> int:
    """The quotation that a verb precedes: 高度评价+“一带一路”倡议."""
    opening = grower.text.find("“", first + 1, start)
    piece = grower.piece_at(opening - 1) if opening > 0 else None
    return opening if piece and piece.end == opening and piece.kind == "verb" else first


def _after_act(grower: Grower, first: int, start: int) -> int:
    """100万吨啤酒工厂 in 陕西新建100万吨啤酒工厂: what a place or an organ does is not in the name."""
    piece = grower.piece_at(first)
    if piece is None or piece.start != first or not grower.names_at(first):
        return first
    at = piece.end
    if grower.text[at:start] == "建":
        return start  # 福州建机场
    while (act := grower.piece_at(at)) and act.start == at and act.end <= start - 2:
        if grower.text[at : act.end] not in names().builds:
            break
        at = act.end
    return at if at > piece.end else first


def _level_start(grower: Grower, first: int, start: int) -> int:
    """市发展改革委 in 办理单位市发展改革委: a bare level that no place precedes begins an organ's name."""
    at = next((i for i in range(start - 1, first, -1) if grower.text[i] in "省市县"), first)
    piece = grower.piece_at(at)
    if at == first or (piece and piece.end - piece.start > 1):
        return first
    before = grower.piece_at(at - 1)
    if before is None:
        return at if at - 1 == first else first
    return at if before.kind != "name" and before.end - before.start > 1 else first


def _rescued(grower: Grower, first: int) -> int:
    """Where a firm's registered name begins that holds a word which stops others: its place comes first."""
    piece = grower.piece_at(first - 1) if first else None
    if piece is None or piece.kind != "stop" or piece.end != first:
        return first
    if grower.text[piece.start : piece.end] in names().firm.deals:
        return first
    nearest = max((p for p in range(max(0, first - 14), first) if p in grower.places), default=None)
    if nearest is None:
        return first
    between = range(grower.places[nearest].end, piece.start)
    if grower.text[piece.start] in LINKS and len(between) != 1:  # 广西+桂和+高速公路有限公司
        return first
    stopped = any((p := grower.piece_at(i)) and p.kind == "stop" for i in between)
    return first if stopped or not BREAKS.isdisjoint(grower.text[nearest:first]) else nearest


def _stopped_short(grower: Grower, start: int) -> int:
    """青海哇让+电站: a place and two characters of which the second is a stop word elsewhere."""
    place = next((p for p in range(start - 7, start - 3) if p in grower.places), None)
    if place is None or grower.places[place].end != start - 2 or grower.piece_at(start - 2):
        return start
    return start if grower.text[start - 1] in LINKS or grower.text[start - 2] in BREAKS else place


def _firm_start(grower: Grower, head: Head, first: int, start: int) -> int:
    """Where a firm's name begins: after another firm, after what kind of firm it is."""
    if head.verbs:
        first = _after_firm(grower, _rescued(grower, first), start)
    *_, first = [first, *(m.end() for m in names().firm.kinds.finditer(grower.text, first, start - 1))]
    sounds, before = names().persons.sounds, grower.piece_at(first - 1) if first else None
    if before and before.end - before.start == 1 and sounds.issuperset(grower.text[before.start : start]):
        first = before.start  # 里奇蒙德公司, though 里 ends other names
    return first


def _after_firm(grower: Grower, first: int, start: int) -> int:
    """Where a firm's name begins after another firm: …全资子公司郑州…有限公司, …集团重组东岳…有限公司."""
    places = (p for p in range(first + 1, start) if p in grower.places)
    first = max((p for p in places if grower.text[first:p].endswith(FIRMS)), default=first)
    pieces = filter(None, map(grower.piece_at, range(first + 2, start - 2)))
    deals = [p for p in pieces if grower.text[p.start : p.end] in names().firm.deals]
    cuts = (p.end for p in deals if p.kind != "part" or grower.text.endswith(FIRMS, first, p.start))
    return max(cuts, default=first)


def _from_place(grower: Grower, head: Head, first: int, start: int) -> int:
    """A place inside the core begins the name, unless what precedes it belongs to the name as well."""
    text = grower.text
    inside = next(
        (p for p in range(first + 1, start) if p in grower.places and text[p - 1] not in "(（“"), None
    )
    nation = NATION.match(text, first) and head.type != "Place"
    if inside is None or first in grower.places or text[first] in OPENERS:
        return first
    if nation and not _follows_verb(grower, inside):
        return first
    before = grower.piece_at(inside - 1)
    owned = before is not None and any(e.type in OWNERS for e in before.entries)
    return first if head.keep or owned else inside


def _follows_verb(grower: Grower, place: int) -> bool:
    """Whether what stands before a place does something to it: 中国媒体联合法国媒体."""
    before = grower.piece_at(place - 1)
    return before is not None and before.kind == "verb" and before.end == place


def _nearest(grower: Grower, first: int, start: int) -> int:
    """The last of a chain of places: 太原市财政局 in 山西省太原市财政局."""
    while first in grower.places and (after := grower.places[first].end) in grower.places and after < start:
        first = after
    return first


def _event_start(text: str, first: int) -> int:
    """An event's name begins with its year, its number, the territory it is for."""
    while match := ORDINAL.search(text[max(0, first - 12) : first]):
        first -= len(match[0])
    return first


def brand_start(grower: Grower, start: int, end: int) -> int:
    """Where a short unknown word (浩瑞+生物) before the head begins; `start` where there is none."""
    if not _closes(grower, end):
        return start
    first = grower.trim(grower.unknown_before(start, 5), start)
    text = grower.text
    if first == start:
        titled = bool(names().firm.posts.match(text, end))
        alone = titled or text.startswith(names().firm.strict, start)
        return _word_before(grower, start, titled) if alone else start
    if (
        not 2 <= start - first <= 4
        or not NUMERALS.isdisjoint(text[first:start])
        or not WORD.fullmatch(text, first, start)
    ):
        return start
    place = next(
        (p for p in (first - 2, first - 3) if p in grower.places and grower.places[p].end == first), None
    )
    return first if place is None or text[place - 1 : place] == "在" else place


def _word_before(grower: Grower, start: int, titled: bool) -> int:
    """Where the place, or before a manager's title the word, begins that alone names a firm: 云州+重机."""
    piece = grower.piece_at(start - 1) if start else None
    if piece is None or piece.end != start or not 2 <= piece.end - piece.start <= 3:
        return start
    if not (grower.names_at(piece.start) or (titled and piece.kind == "part")):
        return start
    before = grower.piece_at(piece.start - 1) if piece.start else None
    opens = before is None and grower.text[piece.start - 1 : piece.start] in ("", *BREAKS)
    opens = opens or (before is not None and before.kind in ("stop", "verb"))
    return piece.start if opens else start


def _closes(grower: Grower, end: int) -> bool:
    """Whether a brand may end here: no noun follows that could be its head, but for a title."""
    text = grower.text
    if not "\u4e00" <= text[end : end + 1] <= "\u9fff":
        return True
    after = grower.piece_at(end)
    if after is None or after.start != end:
        return False
    near = re.split("[^\u4e00-\u9fff]", text[end : end + 8], maxsplit=1)[0]
    return after.kind in ("stop", "verb") or any(names().persons.titles.find_matches_as_indexes(near))
