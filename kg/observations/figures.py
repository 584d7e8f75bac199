"""The figures of one sentence, read from left to right.

Its values stand in chains (21.6亿元、7.8亿元); each chain finds its owners and its terms in the stretch
before it, deals the values out where they are listed, or takes both over from the chain before.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date

from kg.model import Change, Mention, Quantity, Rank
from kg.observations import growth, metrics
from kg.observations.owners import Item
from kg.observations.scene import (
    BOUNDARY,
    DEALT,
    WORDS,
    Days,
    Draft,
    Scene,
    any_of,
    quantity_kind,
    stretch,
    verb_start,
)
from kg.rules import table
from kg.values.quantities import UNITS, either

_SKIP = table("cues")["skip"]
_LINKS = {"、", "和", "及", "与", "以及", "或", "到", ""}
_TIMES = re.compile(rf"(?:{'|'.join(_SKIP['time'])})[^，。；]{{0,6}}$")
_ORDINAL = tuple(_SKIP["ordinal"])
_TYPES = frozenset(_SKIP["types"])
_TYPED = re.compile(rf"(?:[、和及][\d.]+(?:{either(_TYPES)}))*(?!的)[一-鿿]")
_ONE_OF = re.compile(r"[^，。、；]{0,16}之一")
_AMONG = re.compile(r"[^，。；、\d]{0,10}[中里][，,]")
_SUM_OF = re.compile(  # 五个[城市消费额同比]增长5.9%
    r"[^，。；、\d的]{2,14}(?:额|收入|产值|[产销]量|增加值|利润|投资)(?:同比|环比|较|比|分别|平均)?(?:增|下降|减|提高)"
)
_IN = re.compile(r"[在从于][^，。；]{0,12}$")
_BESIDE = re.compile(r"(?:[高低快慢好]于|不及)(?![^，]*同期的$)[^，。；、]{2,}$")
_BEYOND = re.compile(r"[较比][^，。；]{2,}(?:高|多|低|少|超|便宜|贵)出?了?(?:近|约|逾|超过)?$")
_QUOTED = re.compile("“[^”]{0,13}$")
_RATIOS = {"%", "成"}
_BARE, _HOLLOW = frozenset(WORDS["bare"]), frozenset(WORDS["hollow"])
_BUILT, _GRANT, _ATTEND, _MAKING = any_of("built"), any_of("grant"), any_of("attend"), any_of("making")
_RUNNING, _RUN_ON = any_of("running_now"), any_of("run_on", "$")
_OWNERS_BEHIND = frozenset({"Zone", "Enterprise", "Place"})
_SPENT = re.compile("(?:投入|安排|下达|拿出|筹集)$")
_OWNED_BEHIND = re.compile(r"的?[“\"]?")


def read(scene: Scene) -> list[Draft]:
    """All figures of the scene's sentence."""
    growth.ordered(scene)
    last = 0
    for chain in _chains(scene):
        start = stretch(scene.text, last, verb_start(chain[0]))
        scene.tracker.see([m for m in scene.mentions if last <= m.start < chain[0].start])
        match chain[0]:
            case Quantity():
                _quantities(scene, [q for q in chain if isinstance(q, Quantity)], start)
            case Change():
                growth.changes(scene, [c for c in chain if isinstance(c, Change)], start)
            case Rank():
                growth.ranks(scene, [r for r in chain if isinstance(r, Rank)], start)
        last = max(chain[-1].end, scene.last.end if scene.last else 0)
    scene.tracker.see([m for m in scene.mentions if m.start >= last])
    scene.tracker.go_on(scene.text, scene.mentions)
    return scene.drafts


def _chains(scene: Scene) -> list[list[Item]]:
    """Values of one sort with nothing but list marks between them."""
    chains: list[list[Item]] = []
    text = scene.text
    for item in scene.values.items():
        if not isinstance(item, Rank) and (name := _around(scene, item)):
            _in_name(scene, item, name)
            continue
        if isinstance(item, Quantity) and (reason := _idle(text, item)):
            scene.dropped.append((item, reason))
            continue
        last = chains[-1][-1] if chains else None
        if last and type(last) is type(item) and text[last.end : item.start] in _LINKS:
            chains[-1].append(item)
        else:
            chains.append([item])
    return chains


def _around(scene: Scene, item: Item) -> Mention | None:
    crossed = (m for m in scene.mentions if m.start < item.end and item.start < m.end)
    return next((m for m in crossed if m.type != "Product"), None)


def _idle(text: str, q: Quantity) -> str:
    """Why a number with a unit is no figure, or an empty string."""
    before = text[max(0, q.start - 14) : q.start]
    if quantity_kind(q.unit) == "Time" and not _TIMES.search(before):
        return "a stretch of time"
    if _ONE_OF.match(text, q.end):
        return "one of several"
    if _BESIDE.search(text, max(0, q.start - 20), q.start):
        return "the level of something compared with"
    if _BEYOND.search(text, max(0, q.start - 20), q.start):
        return "a difference from something else"
    if q.unit in _TYPES and _TYPED.match(text, q.end):
        return "a type, not a figure"
    if not UNITS.get(q.unit, {}).get("counter"):
        return ""
    if not q.text[0].isdecimal() and _QUOTED.search(before) and "”" in text[q.end : q.end + 8]:
        return "a slogan"
    if before.endswith(_ORDINAL):
        return "an ordinal, a rate or said before"
    if _SUM_OF.match(text, q.end):
        return "the field, not a figure"
    if _AMONG.match(text, q.end) and _IN.search(before):
        return "the field, not a figure"
    return ""


def _in_name(scene: Scene, item: Item, name: Mention) -> None:
    """The capacity in the name of works: 年产6000吨石英管深加工项目."""
    words = WORDS["named"].get(quantity_kind(item.unit) if isinstance(item, Quantity) else "")
    if not isinstance(item, Quantity) or name.type != "Project" or not words:
        return
    if "/" in item.unit:
        words = "处理规模"
    if scene.text[item.start - 1] == "产":
        words = scene.text[item.start - 2 : item.start - 1] + "产能"
    elif words == "装机容量" and _MAKING.search(name.text):
        words = "产能"
    scene.drafts.append(Draft(
        name.entity, words, words, item.start, item.end, "name", item.value, item.unit, item.text,
        kind="Actual" if _RUNNING.search(_clause(scene, item)) else "Target",
    ))  # fmt: skip


def _clause(scene: Scene, item: Item) -> str:
    """The clause of a value, with its names blanked."""
    stop = BOUNDARY.search(scene.blank, item.end)
    return scene.blank[stretch(scene.blank, 0, item.start) : stop.start() if stop else None]


def _quantities(scene: Scene, chain: Sequence[Quantity], start: int) -> None:
    """Figures of the levels in a chain."""
    first = chain[0]
    keys, terms = scene.deal(start, first.start, len(chain), _thing(scene, chain))
    behind = _owner_behind(scene, first) if len(chain) == 1 else None
    if key := behind or _implied(scene, start, first, terms[0]):
        keys = [key]
    if not any(terms) and len(scene.terms) == len(chain) > 1:
        terms = scene.terms
    share = metrics.share(scene.body(start, first.start)) if first.unit in _RATIOS else None
    base = (share and share[0]) or (scene.last.term if scene.last and not scene.last.share else "")
    made: list[str] = []
    for i, q in enumerate(chain):
        words = f"{base}占{share[1]}比重" if share else _words(scene, start, q, terms[i], bool(behind))
        words = metrics.within(words, scene.last.term) if scene.last else words
        made.append(base if share else words)
        if not keys or not metrics.sound(words):
            scene.dropped.append((q, "no term for it" if keys else "nobody owns it"))
        elif len(chain) > 1 or terms[0] or not _fills(scene, q, words):
            keys = scene.settled(keys, start, q, words)
            year = _of_years(scene, len(chain), i, start, q)
            _level(scene, keys[min(i, len(keys) - 1)], words, q, start, year, bool(share))
    scene.terms = made


def _level(
    scene: Scene, key: str, words: str, q: Quantity, start: int, year: Days | None, share: bool
) -> None:
    metric = words if share else metrics.name(words, q.unit)
    when = year or scene.period(q.start, metric, key in scene.projects)
    end = q.end + len(words) if scene.text.startswith(words, q.end) else q.end  # 11家[省级绿色工厂]
    draft = Draft(key, words, metric, start, end, "value", q.value, q.unit or None, q.text, q.qualifier, when)
    draft.kind, draft.share = scene.kind(key, metric, q.start, when), share
    scene.drafts.append(draft)


def _thing(scene: Scene, chain: Sequence[Quantity]) -> int | None:
    """Where the name starts that is itself counted: 培育[省级龙头企业]22家."""
    q, text = chain[0], scene.text
    if not UNITS.get(q.unit, {}).get("counter") or metrics.things(scene.rest(chain[-1].end)):
        return None
    ends = (m for m in scene.mentions if m.end <= q.start and not metrics.unlink(text[m.end : q.start]))
    return next((m.start for m in ends), None)


def _words(scene: Scene, start: int, q: Quantity, term: str, owned_behind: bool) -> str:
    """The term of a level: the thing counted, the stretch before, or what the text said before it."""
    after = scene.rest(q.end)
    rate, term = metrics.per(term)
    spent = _SPENT.search(term) if quantity_kind(q.unit) == "Currency" else None
    term = "" if term in _HOLLOW else term
    if UNITS.get(q.unit, {}).get("counter") and (thing := metrics.things(after)):
        return thing
    thing = metrics.counted(after.removeprefix("的"))
    if rate:
        return rate + (thing if len(thing) > 1 else term)
    if term and term not in _BARE:
        return (
            thing
            if _RUN_ON.search(thing) and not metrics.ends_well(term) and not after.startswith("的")
            else term
        )
    if term:
        return metrics.known(scene.before(start)) or term
    if owned_behind:
        return "投资" if quantity_kind(q.unit) == "Currency" else ""
    if len(thing) > 1:
        return thing + "占比" if q.unit in _RATIOS and not metrics.ends_well(thing) else thing
    if spent:
        return "投入" if spent.group() == "投入" else spent.group() + "资金"
    before = scene.before(start)
    return metrics.known(before) or metrics.grown(before) or (scene.terms[-1] if scene.terms else "")


def _fills(scene: Scene, q: Quantity, words: str) -> bool:
    """收入猛增32%，达到4350亿美元: the level of the growth just told."""
    last = scene.last
    if not last or last.rule != "change" or last.value is not None or words != last.term:
        return False
    last.value, last.unit, last.value_text, last.end = q.value, q.unit or None, q.text, q.end
    return True


def _of_years(scene: Scene, count: int, i: int, start: int, q: Quantity) -> Days | None:
    """2023年至2025年分别为x、y、z, 1-3月分别为x、y、z: a year or a month for each value."""
    stated = [p for p in scene.values.periods if p.end <= q.start]
    if count < 2 or not stated or not DEALT.search(scene.text[start : q.start]):
        return None
    first, last = stated[-1].first, stated[-1].last
    if last.year - first.year + 1 == count and (first.month, last.month) == (1, 12):
        return date(first.year + i, 1, 1), date(first.year + i, 12, 31)
    if first.year == last.year and last.month - first.month + 1 == count and first.day == 1:
        month = first.month + i
        return first.replace(month=month), first.replace(month=month, day=monthrange(first.year, month)[1])
    return None


def _owner_behind(scene: Scene, q: Quantity) -> str | None:
    """The owner that follows: 总投资5.23亿元的[扩建项目], 10亿元[人参精深加工项目]."""
    linked = _OWNED_BEHIND.match(scene.text, q.end)
    at = linked.end() if linked else q.end
    behind = next((m for m in scene.mentions if m.start == at), None)
    if behind and (behind.type == "Project" or (at > q.end and behind.type in _OWNERS_BEHIND)):
        return behind.entity
    return None


def _implied(scene: Scene, start: int, q: Quantity, words: str) -> str | None:
    """The owner that a figure's sort implies: a project's outcome, a policy's grant, who came to an event."""
    text, tracker = scene.text, scene.tracker
    if scene.named(start, q.start):
        if words.endswith("投资") and quantity_kind(q.unit) == "Currency":
            ahead = next((m for m in scene.mentions if q.end <= m.start and m.type == "Project"), None)
            return ahead.entity if ahead and not re.search(r"[。；\d]", text[q.end : ahead.start]) else None
        return None
    if (key := tracker.latest("Project")) and _BUILT.search(text, 0, q.start):
        return key
    if (key := tracker.latest("Policy")) and _GRANT.search(text, start, q.end + 8):
        return key
    if UNITS.get(q.unit, {}).get("counter") and _ATTEND.search(text[start : q.end + 10]):
        return tracker.latest("Event")
    return None
