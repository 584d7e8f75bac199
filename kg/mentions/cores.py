"""What the core of a name, the part before its head word, must hold to be a name at all."""

from __future__ import annotations

import re
from typing import NamedTuple

from kg.mentions.grower import Grower
from kg.mentions.namerules import Head, names

BARE_LEVEL = {
    "省": "Province",
    "自治区": "Province",
    "市": "City",
    "州": "City",
    "县": "County",
    "区": "County",
}
NATION = re.compile("中国|中央|国家|全国|中共|中华|国际|世界|亚洲|东盟")
NUMBERED = re.compile(
    r"第[一二三四五六七八九十\d]+|(?:20|19)\d\d年?|全[国省市县区]|首届|[一二三四五六七八九十]+届"
)
MONEY = re.compile(r"\d(?:亿|万)?元")
SUM = re.compile(r"[\d.]+[万亿]*美?元(?:以上|以下)?的?[\u4e00-\u9fff]{0,4}")  # 500万元以上技改+项目
CARRIED = ("实施", "推行", "实施了", "实施好")  # before a quotation and 工程: a programme
INVESTED = re.compile("[元亩]的$|平方米的$|千瓦的$|吨的$")
RAILS = ("铁路", "高铁", "高速铁路", "高速公路")  # called by both their ends, not by one place
LEVELLED = re.compile("(?:国家|省|市|县)级")
PHASE = re.compile(r"[A-Za-z\d]|[一二三四五六七八九十]+(?:期|号|线)")
LEVEL_ENDS = frozenset("省市县区旗州盟乡镇国邦")
NO_TERRITORY = ("两国", "各国", "各省", "各市", "各县", "外国", "全国", "各区", "各乡")
KINDS = ("上市", "下属", "旗下", "某", "外资", "跨国", "博彩", "寿险")  # of firms, before 公司
ZONES = (
    "开发区",
    "经开区",
    "高新区",
    "示范",
    "工业",
    "产业",
    "园区",
    "农业",
    "物流",
)  # of which there are many
SUBSIDIARY = ("全资", "控股", "参股", "级", "家")
TELLING = 5  # characters that tell a project from others of its kind
ACTED = 3  # and a policy that somebody carries out


class Core(NamedTuple):
    """The characters `first` to `start` of the text, before a head word that ends at `end`."""

    grower: Grower
    head: Head
    first: int
    start: int
    end: int

    @property
    def text(self) -> str:
        """The core as written."""
        return self.grower.text[self.first : self.start]


def is_name(core: Core) -> bool:
    """Whether the core and its head make a name."""
    head, text = core.head, core.text
    if _is_generic(core):
        return False
    if len(text) == 1:
        return head.type == "Agency" and text in BARE_LEVEL
    if head.territory:
        return _is_territory(core)
    if head.placed and not (_has_level(core) or core.grower.quotes(core.first, core.start)):
        return False
    if head.brand or not (head.soft or head.named):
        return text not in BARE_LEVEL or head.type == "Agency"
    grower = core.grower
    proper = grower.quotes if head.type == "Policy" else grower.proper  # an unknown word makes no policy
    return _is_numbered(core) or proper(core.first, core.start) or _is_told(core)


def _is_generic(core: Core) -> bool:
    """Whether the core says what kind of thing it is, not which."""
    head, text = core.head, core.text
    if head.type == "Institution" and (text[-1:].isdigit() or text.endswith(("中央", "常务"))):
        return True  # 22日报道, 中央委员会
    if head.type == "Event" and text.endswith("人民") and not {"第", "届"} & set(text):
        return True  # 人民代表大会: the organ
    if text.strip("“”‘’") in head.generic or (head.keep and text.endswith(SUBSIDIARY)):
        return True
    if head.named and (SUM.fullmatch(text) or text.endswith(names().kinds_of_works) or _is_programme(core)):
        return True
    if (head.noun and _ends_in_verb(core)) or _is_deed(core):
        return True
    if head.type == "Agency" and text.endswith(("地方", "各级", "当地")):
        return True
    if head.type == "Enterprise" and not head.verbs and (text.endswith(KINDS) or _is_country_only(core)):
        return True
    if head.named and _is_class(core):
        return True
    return (head.type == "Policy" and bool(MONEY.search(text))) or (
        head.type == "Zone" and _is_designation(core)
    )


def _is_class(core: Core) -> bool:
    """上海+铁路, 关停+500万千瓦机组, 列为+广东省产业基地, 国家级+加工基地: no works to point at."""
    grower, text = core.grower, core.grower.text
    place = grower.places.get(core.first)
    if place and place.end == core.start and text[core.start : core.end] in RAILS:
        return True
    before = text[max(0, core.first - 6) : core.first]
    if names().gone.search(before) and text[core.first].isdigit():
        return True
    base = text.endswith("基地", 0, core.end)
    return base and bool(LEVELLED.match(core.text) or names().titled.search(before))


def _is_programme(core: Core) -> bool:
    """黑土地保护+工程: what a government does for long, no works."""
    text = core.grower.text
    if not text.startswith("工程", core.start):
        return False
    if core.text.endswith("”"):
        return text.endswith(CARRIED, 0, core.first)
    grower, first, start = core.grower, core.first, core.start
    named = grower.quotes(first, start) or grower.free(first, start) > 2
    return core.text.endswith(names().programmes) and not named


def _ends_in_verb(core: Core) -> bool:
    last = core.grower.piece_at(core.start - 1)
    return (
        last is not None
        and last.kind == "verb"
        and core.grower.text[last.start : last.end] not in names().works
    )


def _has_level(core: Core) -> bool:
    """Whether the core names the nation or a level: 省, 云川市."""
    return bool(NATION.match(core.text)) or not LEVEL_ENDS.isdisjoint(core.text)


def _is_territory(core: Core) -> bool:
    """Whether the core is a territory, known or not: 江口县, 中国, 南斯拉夫."""
    grower, text = core.grower, core.text
    if text[-1] in LEVEL_ENDS or NATION.match(text) or grower.quotes(core.first, core.start):
        return not text.endswith(NO_TERRITORY)
    return len(text) > 2 and names().persons.sounds.issuperset(text)  # 南斯拉夫


def _is_deed(core: Core) -> bool:
    """建设+自由贸易试验区: one verb and no more."""
    piece = core.grower.piece_at(core.first)
    verb = piece is not None and piece.kind == "verb" and (piece.start, piece.end) == (core.first, core.start)
    return verb and core.head.type != "Agency" and core.text not in names().works


def _is_country_only(core: Core) -> bool:
    """美国化学品公司: nothing but the country tells the firm; a province tells its bank, not its 公司."""
    place = core.grower.places.get(core.first)
    if place is None or place.type not in ("Country", "Province"):
        return False
    rest = core.grower.text[place.end : core.start]
    if core.grower.proper(place.end, core.start) or any(c.isascii() for c in rest):
        return False
    return place.type == "Country" or (
        place.end == core.start and not core.grower.text.startswith(names().firm.provincial, core.start)
    )


def _is_designation(core: Core) -> bool:
    """国家全域旅游示范区, 山西省开发区: a title to win, or all zones of a province."""
    text = core.grower.text
    place = core.grower.places.get(core.first)
    if place:
        of_all = place.type == "Province" and place.end == core.start
        return of_all and text.startswith(ZONES, core.start)
    return bool(NATION.match(text, core.first)) and text.startswith(("示范", "试验", "先行"), core.start)


def _is_numbered(core: Core) -> bool:
    """Whether a size, a phase, an ordinal or the nation tells the thing."""
    head, text = core.head, core.text
    if head.named:
        return bool(PHASE.search(text))
    if head.type == "Place":
        return False
    return len(text) > 3 and bool(NATION.match(text) or (head.type == "Event" and NUMBERED.match(text)))


def _is_told(core: Core) -> bool:
    """Whether so much is said of the thing, or of its cost, that it can be but one."""
    head, text, first = core.head, core.grower.text, core.first
    if head.named and INVESTED.search(text, max(0, first - 8), first) and core.start - first > 1:
        return True
    if head.type == "Policy":
        telling = _telling(core)
        return telling > 1 and (telling >= ACTED or len(core.text) >= 2 * ACTED) and _is_acted(core)
    return head.named and _telling(core) >= TELLING


def _is_acted(core: Core) -> bool:
    """Whether the words before or after say that somebody carries it out: 推进+…改革, …改革+顺利推进."""
    text, (before, after) = core.grower.text, names().trigger
    return bool(before.search(text, max(0, core.first - 8), core.first) or after.match(text, core.end))


def _telling(core: Core) -> int:
    """How many characters of the core say more than its row's generic words."""
    count, at = 0, core.first
    while at < core.start:
        piece = core.grower.piece_at(at)
        end = min(piece.end, core.start) if piece else at + 1
        count += 0 if core.grower.text[at:end] in core.head.generic else end - at
        at = end
    return count
