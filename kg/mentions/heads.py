"""Names that end in a head word (公司, 局, 开发区, 项目, …), and what is made of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from kg import gazetteer
from kg.mentions.cores import BARE_LEVEL, PHASE, Core, is_name
from kg.mentions.grower import NUMERALS, Grower
from kg.mentions.namerules import Found, Head, names
from kg.mentions.starts import brand_start, name_start

# A part of an organ, by what follows it: 消费品产业处 in 省经信委消费品产业处处长.
OFFICE = re.compile(
    "(?!公司)(?:(?![公在的和与对了将等为是及查严])[\u4e00-\u9fff]){2,10}?[司处](?=副?[司处]长|副?主任|有关|相关|负责|工作人员"
    "|发布|介绍|表示|[^\u4e00-\u9fff])"
)
MARKS = frozenset("，。；：,;:、")
LATER_PHASE = re.compile("[（(][一二三四五六]期[)）]|(?:项目|工程)?[一二三四五六]期(?:工程|项目)?(?!间)")
SURE, BRANDED = 0.9, 0.7  # how often such names are right


def place_starts(found: Sequence[Found]) -> dict[int, Found]:
    """Divisions and countries by where they begin."""
    return {f.start: f for f in found if f.type in gazetteer.LEVELS or f.type == "Country"}


def head_names(text: str, grower: Grower) -> Iterator[Found]:
    """The names that end in a head word."""
    table = names()
    zone_end = organ_end = 0
    organ: Found | None = None
    for index, start, end in table.heads.find_matches_as_indexes(text):
        piece = grower.piece_at(end - 1)
        if piece and (piece.end > end or (end - start == 1 and piece.start < start)):
            continue  # the head is part of a longer word: 格局, 局面
        found = next(filter(None, (_head_name(grower, head, start, end) for head in table.rows[index])), None)
        if found is None and organ and any(head.type == "Agency" for head in table.rows[index]):
            found = _same_place(grower, organ, start, end)
        if found is None:
            continue
        if found.type in ("Agency", "Institution"):
            organ = found if found.type == "Agency" else organ
            organ_end = found.end
        if found.type == "Policy" and found.start < organ_end <= found.end - 4:
            found = found._replace(start=organ_end, name=found.name[organ_end - found.start :])
        if found.type == "Zone":
            found, zone_end = _built(text, _after_zone(found, zone_end)), end
        if found.type == "Project" and found.name.endswith(table.roads):
            found = _in_use(text, found)
        if found.type == "Project" and (owner := _owner(grower, found)):
            yield owner
        yield found


def _head_name(grower: Grower, head: Head, start: int, end: int) -> Found | None:
    first = brand_start(grower, start, end) if head.brand else name_start(grower, head, start)
    if not (is_name(Core(grower, head, first, start, end)) if first < start else head.bare):
        return None
    if (head.unless and grower.text.startswith(head.unless, end)) or _is_known(grower, head, first, end):
        return None
    if head.type == "Project" and (phase := LATER_PHASE.match(grower.text, end)):
        end = phase.end()
    rule = f"{head.type}/{head.name}"
    name = grower.text[first:end]
    place = grower.places.get(first)
    if place and head.type == "Agency" and place.type in gazetteer.LEVELS and place.end == start:
        name = _of_place(place.name, grower.text[start:end], name)
    return Found(first, end, head.type, name, None, rule, BRANDED if head.brand else SURE)


def offices(text: str, found: Iterable[Found]) -> Iterator[Found]:
    """The parts of organs: 商务部市场运行调节司."""
    for f in found:
        if f.type == "Agency" and (office := OFFICE.match(text, f.end)):
            yield Found(f.start, office.end(), "Agency", f.name + office[0], None, "Agency/office", SURE)


def _is_known(grower: Grower, head: Head, first: int, end: int) -> bool:
    """Whether a known organ ends here and what stands before it is no place: 耗材+国家医保局."""
    piece = grower.piece_at(end - 1)
    known = piece is not None and first < piece.start and any(e.type == head.type for e in piece.entries)
    if not known or head.type != "Agency" or piece is None:
        return False
    return not (grower.names_at(first) or grower.text[first : piece.start] in BARE_LEVEL)


def _of_place(place: str, organ: str, written: str) -> str:
    """A government under the full name of its place: 海南政府 is 海南省人民政府."""
    return place + "人民政府" if organ in ("政府", "人民政府") else written


def _same_place(grower: Grower, organ: Found, start: int, end: int) -> Found | None:
    """审计局 in 市财政局、审计局, 管委会 in 云台经开区党工委书记、管委会主任: an organ of the same place."""
    text = grower.text
    between = text[organ.end : start]
    if not between or between[-1] not in "、和与" or len(between) > 8 or not MARKS.isdisjoint(between[:-1]):
        return None
    place = grower.places.get(organ.start)
    prefix = place.name if place else text[organ.start] if text[organ.start] in BARE_LEVEL else ""
    if not prefix:
        return None
    return Found(start, end, "Agency", prefix + text[start:end], None, "Agency/same", SURE)


def _owner(grower: Grower, project: Found) -> Found | None:
    """The firm whose unknown name begins a project's, before product or size: 昊业45万吨耐火材料项目."""
    start, text = project.start, grower.text
    at = grower.unknown_after(start, project.end - start)
    at = next((i for i in range(start, at) if text[i].isascii()), at)
    if not 2 <= at - start <= 4 or text[start] in NUMERALS or not project.name.endswith(names().owned):
        return None
    if brand := names().brands.match(text, at):
        at = brand.end()
    piece = grower.piece_at(at)
    goods = piece is not None and any(e.type == "Product" for e in piece.entries)
    if not (goods or text[at].isascii() or PHASE.match(text, at)):
        return None
    return Found(start, at, "Enterprise", text[start:at], None, "Enterprise/owner", BRANDED)


def _built(text: str, zone: Found) -> Found:
    """A park that the text says is being built is a project."""
    before, after = names().built
    being = before.search(text, max(0, zone.start - 8), zone.start) or after.match(text, zone.end)
    return zone._replace(type="Project") if being and zone.name.endswith(names().parks) else zone


def _in_use(text: str, road: Found) -> Found:
    """A road or railway that nobody is building is a place."""
    around = text[max(0, road.start - 12) : road.start], text[road.end : road.end + 14]
    being = any(names().works_near.search(part.split("。")[0]) for part in around)
    if being and not names().opened.match(text, road.end):
        return road
    return road._replace(type="Place", rule=road.rule.replace("Project", "Place"))


def _after_zone(found: Found, zone_end: int) -> Found:
    """甘亭工业园 of 临汾经济开发区甘亭工业园: a zone in a zone is a name of its own."""
    if not found.start < zone_end <= found.end - 4:
        return found
    return found._replace(start=zone_end, name=found.name[zone_end - found.start :])
