"""Names that end in a head word (公司, 局, 开发区, 项目, …), grown to the left over what may stand inside a name.

Growth runs over the known pieces of the text (`gazetteer.scan`) until a word that no name holds, a mark or the
longest length; then words that only precede names are cut off the front, and the row of the head says what the core
must hold to be a name.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence

from kg import gazetteer
from kg.gazetteer import Piece
from kg.namerules import Found, Head, names

CLOSERS = {"”": "“", "》": "《", ")": "(", "）": "（", "’": "‘", "」": "「", '"': '"'}
OPENERS = "“‘「《"
BREAKS = frozenset("\n，。、；：！？,;:!?…“”‘「《(（[]{}<>|·—–─-~～=+*/\\\"'#●■▲◆")
INSIDE = frozenset("·-—~+/.")  # between letters or digits: 5G-A, N+1
SENTENCE_MARKS = frozenset("\n。；，;")
UNIT_TIMES = frozenset("日天年时月")
NUMERALS = frozenset("一二三四五六七八九十百千万亿零〇两几多余第")
BARE_LEVEL = {"省": "Province", "自治区": "Province", "市": "City", "州": "City", "县": "County", "区": "County"}
WIDE = frozenset("Enterprise Agency Institution Zone Place".split())  # a place inside begins the name
OWNERS = frozenset("Enterprise Agency Institution".split())
COUNT = re.compile(r"(?<!第)(?<!\d)[\d一二三四五六七八九十两多]+[多余]?(?:[个项条座家颗批艘类所处只种名位场大](?!人)|台套?)")
ORDINAL = re.compile(r"(?:(?:20|19)\d\d(?:年度?)?|第?[一二三四五六七八九十\d]+届|第[一二三四五六七八九十\d]+[次场期]|首届|全[国省市县区]|“[^“”]{2,12}”杯?)$")
ALSO = re.compile("及配套|及其")
NUMBERED = re.compile(r"第[一二三四五六七八九十\d]+|(?:20|19)\d\d年|全[国省市县区]|首届|[一二三四五六七八九十]+届")
MONEY = re.compile(r"\d(?:亿|万)?元")
INVESTED = re.compile("[元亩]的$|平方米的$|千瓦的$|吨的$")
LEISURE = frozenset("旅游 度假 观光 休闲 运输 储运 污水处理 引水 供水 调水 引黄 充电 加氢 发电 储能".split())
FULL_QUOTE = re.compile("[“\"《][^”\"》]+[”\"》]")
TELLING = 5  # characters that tell a project from others of its kind
PHASE = re.compile(r"[A-Za-z\d]|[一二三四五六七八九十]+(?:期|号|线)")
LATER_PHASE = re.compile("[（(][一二三四五六]期[)）]|(?:项目|工程)?[一二三四五六]期(?:工程|项目)?(?!间)")
NATION = re.compile("中国|中央|国家|全国|中共|中华|国际|世界|亚洲|东盟")


class Grower:
    """Grows names to the left over the known pieces of one joined text."""

    def __init__(self, text: str, pieces: Sequence[Piece], places: Mapping[int, Found]) -> None:
        self.text = text
        self.pieces = pieces
        self.places = places
        self.starts = [p.start for p in pieces]

    def piece_at(self, index: int) -> Piece | None:
        """The known piece that covers a character."""
        i = bisect_right(self.starts, index) - 1
        return self.pieces[i] if i >= 0 and self.pieces[i].end > index else None

    def whole(self, start: int, end: int) -> bool:
        """Whether a stretch is one known piece."""
        piece = self.piece_at(start)
        return piece is not None and (piece.start, piece.end) == (start, end)

    def grow(self, head_start: int, head: Head) -> int:
        """Where a name whose head begins at `head_start` begins; `head_start` itself where it has no core."""
        text, at = self.text, head_start
        lowest = max(0, head_start - head.longest)
        while at > lowest:
            char = text[at - 1]
            if char in CLOSERS and (opening := self._opening(at)) >= 0:
                at = opening
                continue
            if char in BREAKS and not self._joins(at - 1):
                break
            piece = self.piece_at(at - 1)
            if piece is None:
                at -= 1
            elif self._stops(piece) and piece.end <= head_start and not (head.spans and ALSO.match(text, piece.start)):
                break
            elif head.modest and (self._ends_attribute(piece) or text[piece.start : piece.end] in head.bounds):
                break
            else:
                at = piece.start
        return at

    def _ends_attribute(self, piece: Piece) -> bool:
        owned = any(e.type in OWNERS for e in piece.entries)
        return piece.kind == "verb" or piece.start in self.places or owned

    def _stops(self, piece: Piece) -> bool:
        return (
            piece.kind == "stop"
            and piece.start not in self.places
            and not NUMERALS.issuperset(self.text[piece.start : piece.end])
            and not self._measures(piece)
            and not self._begins(piece)
        )

    def _begins(self, piece: Piece) -> bool:
        """The 中 of 中科, 中铁, 中煤, …: nothing before it that it could belong to."""
        if self.text[piece.start : piece.end] != "中":
            return False
        before = self.piece_at(piece.start - 1) if piece.start else None
        return not piece.start or self.text[piece.start - 1] in BREAKS or (
            before is not None and (before.kind == "stop" or before.start in self.places)
        )

    def _measures(self, piece: Piece) -> bool:
        """A unit after a number, or 年产 before one: 年产10万吨."""
        if piece.start and self.text[piece.start - 1].isdigit():
            return True
        return self.text[piece.end : piece.end + 1].isdigit() and self.text[piece.start] in "年日月"

    def _opening(self, at: int) -> int:
        """Where the quotation or bracket that closes before `at` opens; -1 where it does not."""
        opening = self.text.rfind(CLOSERS[self.text[at - 1]], max(0, at - 32), at - 1)
        return -1 if opening < 0 or not SENTENCE_MARKS.isdisjoint(self.text[opening:at]) else opening

    def _joins(self, index: int) -> bool:
        around = self.text[max(0, index - 1) : index] + self.text[index + 1 : index + 2]
        if self.text[index] == "/" and self.text[index + 1 : index + 2] in UNIT_TIMES:
            return True
        return self.text[index] in INSIDE and len(around) == 2 and around.isascii() and around.isalnum()

    def free(self, start: int, end: int) -> int:
        """How many characters of a stretch no list knows; numerals do not count."""
        count, at = 0, start
        while at < end:
            piece = self.piece_at(at)
            if piece is None:
                count += self.text[at] not in NUMERALS and not self.text[at].isascii()
                at += 1
            else:
                at = piece.end
        return count

    def proper(self, start: int, end: int) -> bool:
        """Whether a stretch holds a quotation, a known name or two characters that no list knows."""
        if FULL_QUOTE.search(self.text, start, end) or self.free(start, end) >= 2:
            return True
        at = start
        while at < end:
            piece = self.piece_at(at)
            if piece and piece.end <= end and (at in self.places or any(e.type in OWNERS for e in piece.entries)):
                return True
            at = piece.end if piece else at + 1
        return False

    def trim(self, first: int, start: int, verbs: bool = True) -> int:
        """Cuts words off the front that precede a name without belonging to it."""
        lead = names().lead
        while first < start and first not in self.places:
            piece = self.piece_at(first)
            match = lead.match(self.text, first, start)
            if match and not self.splits(match.end()):
                first = match.end()
            elif verbs and piece and piece.kind == "verb" and piece.start == first and piece.end <= start - 2:
                first = piece.end
            elif self.text[first] in "”’》)）的、" or (self.text[first] in "年月日" and piece is None):
                first += 1
            else:
                break
        return first

    def splits(self, index: int) -> bool:
        """Whether a known piece runs over this point."""
        piece = self.piece_at(index)
        return piece is not None and piece.start < index


def head_names(text: str, grower: Grower) -> Iterator[Found]:
    """The names that end in a head word."""
    table = names()
    zone_end = 0
    for index, start, end in table.heads.find_matches_as_indexes(text):
        piece = grower.piece_at(end - 1)
        if piece and piece.end > end or (piece and end - start == 1 and piece.start < start):
            continue  # the head is part of a longer word: 格局, 局面
        for head in table.rows[index]:
            found = _head_name(text, grower, head, start, end)
            if found:
                if head.type == "Project" and (owner := _owner(text, grower, found)):
                    yield owner
                if head.type == "Zone":
                    found, zone_end = _built(text, _after_zone(found, zone_end)), end
                yield found
                break


def _owner(text: str, grower: Grower, project: Found) -> Found | None:
    """The firm whose unknown name begins a project's, before its product or its size: 昊业45万吨耐火材料项目."""
    if not project.name.endswith(("项目", "生产线", "基地", "工厂", "产业园")):
        return None
    at = project.start
    while at < project.end and grower.piece_at(at) is None and text[at] not in BREAKS and not text[at].isascii():
        at += 1
    if not 2 <= at - project.start <= 4 or text[project.start] in NUMERALS:
        return None
    if brand := names().brands.match(text, at):
        at = brand.end()
    piece = grower.piece_at(at)
    goods = piece is not None and any(e.type == "Product" for e in piece.entries)
    if not (goods or text[at].isascii() or PHASE.match(text, at)):
        return None
    return Found(project.start, at, "Enterprise", text[project.start : at], None, "Enterprise/owner", 0.7)


def _built(text: str, zone: Found) -> Found:
    """A park that the text says is being built is a project."""
    before, after = names().built
    if not zone.name.endswith(names().parks):
        return zone
    if before.search(text, max(0, zone.start - 8), zone.start) or after.match(text, zone.end):
        return zone._replace(type="Project")
    return zone


def _after_zone(found: Found, zone_end: int) -> Found:
    """甘亭工业园 of 临汾经济开发区甘亭工业园: a zone in a zone is a name of its own."""
    if not found.start < zone_end <= found.end - 4:
        return found
    return found._replace(start=zone_end, name=found.name[zone_end - found.start :])


def _head_name(text: str, grower: Grower, head: Head, start: int, end: int) -> Found | None:
    first = _brand_start(text, grower, start, end) if head.brand else _start(text, grower, head, start)
    core = text[first:start]
    if not core:
        if not head.bare:
            return None
    elif not _is_name(text, grower, head, first, start):
        return None
    if head.type == "Project" and (phase := LATER_PHASE.match(text, end)):
        end = phase.end()
    return Found(first, end, head.type, text[first:end], None, f"{head.type}/head{head.number}", 0.7 if head.brand else 0.9)


def _start(text: str, grower: Grower, head: Head, start: int) -> int:
    first = grower.trim(grower.grow(start, head), start, not head.verbs)
    if head.verbs and head.type == "Enterprise":
        first = _after_firm(text, grower, _rescued(text, grower, first), start)
    if head.type in WIDE or head.type == "Project":
        first = _nearest(grower, _from_place(text, grower, head, first, start), start)
    count = None
    for count in COUNT.finditer(text, first, start):
        pass
    if count and not (head.type == "Event" and text.startswith(tuple("场次届"), count.end() - 1)):
        return start  # 3个项目: a class of things, not a name
    return _event_start(text, first) if head.type == "Event" and first < start else first


def _rescued(text: str, grower: Grower, first: int) -> int:
    """Where a firm's registered name begins that holds a word which stops others: its place comes first."""
    piece = grower.piece_at(first - 1) if first else None
    if piece is None or piece.kind != "stop" or piece.end != first:
        return first
    low = max(text.rfind("\n", 0, first), first - 8)
    starts = [p for p in range(first - 1, low, -1) if p in grower.places and grower.places[p].end >= first - 3]
    return starts[0] if starts and BREAKS.isdisjoint(text[starts[0] : first]) else first


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


def _is_name(text: str, grower: Grower, head: Head, first: int, start: int) -> bool:
    core = text[first:start]
    if head.type == "Policy" and MONEY.search(core):
        return False
    if core.strip("“”‘’") in head.generic or (head.keep and core.endswith(("全资", "控股", "参股", "级", "家"))):
        return False
    last = grower.piece_at(start - 1)
    if head.noun and last and last.kind == "verb" and text[last.start : last.end] not in LEISURE:
        return False
    if len(core) == 1:
        return head.type == "Agency" and core in BARE_LEVEL
    if head.brand or not (head.soft or head.named):
        return core not in BARE_LEVEL or head.type == "Agency"
    if head.named and PHASE.search(core):
        return True
    if head.type == "Zone" and _designation(grower, first, start, text):
        return False
    if head.soft and len(core) > 3 and (NATION.match(core) or (head.type == "Event" and NUMBERED.match(core))):
        return True
    if grower.proper(first, start):
        return True
    if head.named and INVESTED.search(text, max(0, first - 8), first) and start - first > 1:
        return True
    told = head.named or (head.type == "Policy" and names().trigger.search(text, max(0, first - 8), first))
    return bool(told) and _told(grower, head, first, start) >= TELLING


def _designation(grower: Grower, first: int, start: int, text: str) -> bool:
    """国家全域旅游示范区, 山西省开发区: a title to win, or all zones of a province."""
    place = grower.places.get(first)
    if place:
        return place.type == "Province" and place.end == start
    return bool(NATION.match(text, first)) and text.startswith(("示范", "试验", "先行"), start)


def _told(grower: Grower, head: Head, first: int, start: int) -> int:
    """How many characters of the core say more than that it is a project."""
    count, at = 0, first
    while at < start:
        piece = grower.piece_at(at)
        end = min(piece.end, start) if piece else at + 1
        count += 0 if grower.text[at:end] in head.generic else end - at
        at = end
    return count


def _after_firm(text: str, grower: Grower, first: int, start: int) -> int:
    """The place that begins a firm's name after another firm: …全资子公司郑州…有限公司."""
    later = [p for p in range(first + 1, start) if p in grower.places and text[first:p].endswith(("公司", "企业", "集团"))]
    return max(later, default=first)


def _from_place(text: str, grower: Grower, head: Head, first: int, start: int) -> int:
    """A place inside the core begins the name, unless what precedes it belongs to the name as well."""
    inside = [p for p in range(first + 1, start) if p in grower.places and text[p - 1] not in "(（“"]
    if not inside or first in grower.places or NATION.match(text, first) or text[first] in OPENERS:
        return first
    piece = grower.piece_at(inside[0] - 1)
    if head.keep or (piece and any(e.type in OWNERS for e in piece.entries)):
        return first
    return inside[0]


def _brand_start(text: str, grower: Grower, start: int, end: int) -> int:
    """Where a short unknown word (浩瑞+生物) before the head begins; `start` where there is none."""
    after = grower.piece_at(end)
    if end < len(text) and "\u4e00" <= text[end] <= "\u9fff":
        if not (after and after.start == end and (after.kind in ("stop", "verb") or _role(text, end))):
            return start
    first = start
    while first > 0 and start - first < 5 and grower.piece_at(first - 1) is None and text[first - 1] not in BREAKS:
        first -= 1
    first = grower.trim(first, start)
    if not 2 <= start - first <= 4 or text[first] in NUMERALS or not text[first:start].isalpha():
        return start
    place = next((p for p in (first - 2, first - 3) if p in grower.places and grower.places[p].end == first), None)
    return first if place is None or text[place - 1 : place] == "在" else place


def _role(text: str, index: int) -> bool:
    return any(start == 0 for _, start, _ in names().titles.find_matches_as_indexes(text[index : index + 6]))


def place_starts(found: Sequence[Found]) -> dict[int, Found]:
    """Divisions and countries by where they begin."""
    return {f.start: f for f in found if f.type in gazetteer.LEVELS or f.type == "Country"}
