"""The figures of one sentence, read from left to right.

Its values stand in chains (21.6亿元、7.8亿元、7.6亿元); each chain finds its owners and its terms in the stretch
before it, deals the values out where they are listed, or takes owners and terms over from the chain before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from kg import kinds, metrics, subjects, values
from kg.model import Change, Document, Kind, Mention, Period, Quantity, Rank
from kg.values import UNITS

Item = Quantity | Change | Rank
_BOUNDARY = re.compile(r"[，。；：！？,;:!?（(]")
_LINKS = {"、", "和", "及", "与", "以及", "或", "到", ""}
_DEALT = re.compile(r"分别|依次|双双")
_EACH = re.compile(r"[均都各]")
_SPLIT = re.compile(r"、|和|及(?!其)|与|以及")
_AFRESH = re.compile(r"同时|此外|另外|另有|还有")
_FROM = re.compile(r"[由从](?=[^由从]*$)")
_COMPARED = re.compile(r"同比|环比|(?:名义|实际|按可比[价口][格径]计?算?)|年均|分别|依次|[均都也又再约]$")
_BARE_TERMS = {"总额", "总量", "总值", "总数", "金额", "数量", "规模", "绝对量"}
_GROWTH = re.compile(r"(?:增速|增幅|增长率|降幅|涨幅|跌幅|增长速度|降速|升幅|增势)$")
_TAIL = re.compile(
    r"(?:总?产[量值能]|销[量售]额?|(?:进出口|出口|进口)(?:总?[额值量])?|增加值|投资|占比|比[例重]|面积|收入|支出|利润|"
    r"总?额|总量|数量?|余额|价格?|均价|[率量])$"
)


@dataclass(slots=True)
class Draft:
    """A figure in the making."""

    subject: str
    term: str
    metric: str
    start: int
    end: int
    rule: str
    value: Decimal | None = None
    unit: str | None = None
    value_text: str | None = None
    qualifier: str | None = None
    period: tuple[date, date] | None = None
    kind: Kind = "Actual"
    change: Decimal | None = None
    change_unit: str | None = None
    change_basis: str | None = None
    rank: int | None = None
    share: bool = False


@dataclass(slots=True)
class Scene:
    """One sentence with what is known so far."""

    document: Document
    index: int
    tracker: subjects.Tracker
    earlier: list[Period]
    values: values.Values
    day: date | None = None
    current: tuple[date, date] | None = None  # what the paragraph's last figure was dated
    goal: bool = False
    drafts: list[Draft] = field(default_factory=list)
    dropped: list[tuple[Quantity, str]] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)
    carried: list[str] = field(default_factory=list)  # owners of the sentence before, cut off by a semicolon
    terms: list[str] = field(default_factory=list)

    blank: str = ""
    projects: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        return self.document.sentences[self.index].text

    @property
    def mentions(self) -> tuple[Mention, ...]:
        return self.document.mentions[self.index]


def read(scene: Scene) -> list[Draft]:
    """All figures of the scene's sentence."""
    _listed(scene)
    last = 0
    for chain in _chains(scene):
        start = _stretch(scene.text, last, chain[0])
        scene.tracker.see([m for m in scene.mentions if last <= m.start < chain[0].start])
        match chain[0]:
            case Quantity():
                _quantities(scene, [q for q in chain if isinstance(q, Quantity)], start)
            case Change():
                _changes(scene, [c for c in chain if isinstance(c, Change)], start)
            case Rank():
                _ranks(scene, [r for r in chain if isinstance(r, Rank)], start)
        last = chain[-1].end
    scene.tracker.see([m for m in scene.mentions if m.start >= last])
    if opening := scene.tracker.opening(scene.text, scene.mentions):
        scene.tracker.topic = opening
    return scene.drafts


def _chains(scene: Scene) -> list[list[Item]]:
    """Values of one sort with nothing but list marks between them."""
    found = scene.values
    items: list[Item] = sorted([*found.quantities, *found.changes, *found.ranks], key=lambda v: v.start)
    chains: list[list[Item]] = []
    for item in items:
        inside = next((m for m in scene.mentions if m.start < item.end and item.start < m.end), None)
        if inside is not None and not isinstance(item, Rank):
            _in_name(scene, item, inside)
            continue
        if isinstance(item, Quantity) and (reason := _idle(scene.text, item)):
            scene.dropped.append((item, reason))
            continue
        last = chains[-1][-1] if chains else None
        if last and type(last) is type(item) and scene.text[last.end : item.start] in _LINKS:
            chains[-1].append(item)
        else:
            chains.append([item])
    return chains


_SPAN = re.compile(r"(?:天数|周期|工期|时间|时长|时数|期限|年限|航程|寿命|总时|时效|行程|历时|全程|天|缩短至?|缩短到|压缩[至到]|减[至到]|日数|优良?|良好?|污染|假期|日照)[^，。；]{0,6}$")


def _idle(text: str, q: Quantity) -> str:
    """Why a number with a unit is no figure, or an empty string."""
    kind = UNITS.get(q.unit, {}).get("quantity")
    before, after = text[max(0, q.start - 8) : q.start], text[q.end : q.end + 4]
    if kind == "Time" and not _SPAN.search(before):
        return "a stretch of time"
    if before.endswith(("前", "第", "每")) and UNITS.get(q.unit, {}).get("counter"):
        return "an ordinal or a rate"
    if re.match(r"[^，。、；]{0,16}之一", text[q.end : q.end + 20]):
        return "one of several"
    if before.endswith(("这", "此", "上述", "该", "其余")) and UNITS.get(q.unit, {}).get("counter"):
        return "said before"
    if UNITS.get(q.unit, {}).get("counter") and re.match(r"[^，。；、\d]{0,10}[中里][，,]", text[q.end : q.end + 12]):
        if re.search(r"[在从于][^，。；]{0,12}$", text[max(0, q.start - 14) : q.start]):
            return "the field, not a figure"
    return ""


def _stretch(text: str, last: int, item: Item) -> int:
    start = last
    for match in _BOUNDARY.finditer(text, last, _verb_start(item)):
        start = match.end()
    return start


def _verb_start(item: Item) -> int:
    return item.end - len(item.text) if isinstance(item, Change) else item.start


def _owners(scene: Scene, start: int, end: int) -> list[str]:
    return [m.entity for m in subjects.owners(scene.mentions, scene.text, start, end)]


def _subjects(scene: Scene, start: int, end: int) -> list[str]:
    """Owners in the stretch, in the sentence so far, in the paragraph; else the home place."""
    found = _owners(scene, start, end)
    if not found and (key := scene.tracker.deictic(scene.text[start:end])):
        found = [key]
    if not found and not scene.owners:
        found = [m.entity for m in subjects.owners(scene.mentions, scene.text, 0, end, far=True)]
        if not found and (key := scene.tracker.deictic(scene.text[:end])):
            found = [key]
    if found:
        scene.owners = found
        return found
    if scene.owners and not _AFRESH.match(scene.text, start):
        return scene.owners[:1]
    if scene.carried:
        return scene.carried
    key = scene.tracker.topic or scene.tracker.default()
    return [key] if key else []


def _body(scene: Scene, start: int, end: int, thing: int | None = None) -> str:
    """The stretch without the names and periods that open it."""
    text, at = scene.text, start
    openers = sorted(
        [(m.start, m.end) for m in scene.mentions if m.type in subjects.TYPES and m.start != thing]
        + list(scene.values.timed)
        + list(scene.values.compared)
    )
    inner = {*scene.values.timed, *scene.values.compared}
    while at < end:
        moved = next((e for s, e in openers if s == at and e <= end), None)
        if moved is None:
            rest = text[at:end]
            moved = at + len(rest) - len(metrics.unlead(rest))
        if moved == at:
            break
        at = moved
    body = text[at:end]
    for s, e in reversed(openers):  # a period inside: 汽车产量[2024年]达
        if at < s and e <= end and (s, e) in inner:
            body = body[: s - at] + body[e - at :]
    return body


_HERE = re.compile(r"[本此这]次|当[日天]|现场|签约|开工|仪式|集中|活动")
_SO_FAR = re.compile(r"(?:累计|已)(?=[^，]*$)")
_FIXED = re.compile(r"总投资|占地|建筑面积|产能|全长|长度|时速|注册资本|装机容量|库容")


def _period(scene: Scene, end: int, metric: str, fixed: bool) -> tuple[date, date] | None:
    """The last period stated before `end`, else one that the article is still speaking of."""
    stated = [p for p in scene.values.periods if p.end <= end]
    if stated:
        first, last = stated[-1].first, stated[-1].last
        if scene.day and first <= scene.day < last and _SO_FAR.search(scene.text[:end]):
            last = scene.day
        return first, last
    if fixed and _FIXED.search(metric):
        return None
    if scene.current:
        return scene.current
    here = bool(_HERE.search(scene.text))
    for period in reversed(scene.earlier):
        if period.first != period.last or here or period.text[-1] in "末底前月年":
            return period.first, period.last
    return None


def _thing(scene: Scene, chain: Sequence[Quantity]) -> int | None:
    """Where the name starts that is itself counted: 培育[省级龙头企业]22家."""
    q = chain[0]
    if not UNITS.get(q.unit, {}).get("counter") or metrics.counted(scene.text[chain[-1].end :]):
        return None
    return next((m.start for m in scene.mentions if m.end <= q.start and not metrics.unlink(scene.text[m.end : q.start])), None)


def _deal(
    scene: Scene, start: int, end: int, count: int, thing: int | None = None
) -> tuple[list[str], list[str]]:
    """Owners and terms of a chain of `count` values behind the stretch `start`:`end`."""
    found = _subjects(scene, start, end if thing is None else max(start, thing))
    body = _body(scene, start, end, thing)
    if count == 1:
        return found[:1], [metrics.term(body)]
    dealt = _DEALT.search(body)
    head, tail = (body[: dealt.start()], metrics.term(body[dealt.end() :])) if dealt else (_FROM.split(body)[0], "")
    if len(found) == count:
        return found, [metrics.term(head + tail) or tail] * count
    pieces = [metrics.term(p) for p in _SPLIT.split(metrics.term(head))]
    if len(pieces) == count and all(pieces):
        return found[:1] * count, _complete(pieces, tail)
    return found[:1] * count, [tail or metrics.term(body)] * count


def _complete(pieces: list[str], tail: str) -> list[str]:
    """汽车, 新能源汽车产量 -> 汽车产量, 新能源汽车产量."""
    if tail:
        return [p if p.endswith(tail) else p + tail for p in pieces]
    last = _TAIL.search(pieces[-1])
    if not last:
        return pieces
    return [p if _TAIL.search(p) else p + last.group() for p in pieces]


def _quantities(scene: Scene, chain: Sequence[Quantity], start: int) -> None:
    first, text = chain[0], scene.text
    keys, terms = _deal(scene, start, first.start, len(chain), _thing(scene, chain))
    attributed = _attributed(scene, chain[-1]) if len(chain) == 1 else None
    if key := _implied(scene, start, chain[0], terms[0]):
        keys = [key]
    if attributed:
        keys = [attributed]
    if not any(terms) and len(scene.terms) == len(chain) > 1:
        terms = scene.terms
    made: list[str] = []
    base = scene.drafts[-1].term if scene.drafts and not scene.drafts[-1].share else ""
    for i, q in enumerate(chain):
        words = terms[i] if i < len(terms) else ""
        draft_share = False
        counter = UNITS.get(q.unit, {}).get("counter")
        thing = metrics.counted(text[q.end :]) if counter else ""
        of = metrics.share(_body(scene, start, first.start)) if q.unit in {"%", "成"} else None
        if of:
            words, draft_share = f"{base}占{of}比重", True
        elif counter and thing:
            words = thing
        elif words in _BARE_TERMS and (named := metrics.known(_body(scene, _stretch_before(text, start), max(start - 1, 0)))):
            words = named
        elif not words:
            words = _fallback(scene, start, q, bool(attributed))
        if not words or not keys:
            scene.dropped.append((q, "no term for it"))
            made.append(words)
            continue
        key = keys[min(i, len(keys) - 1)]
        last = scene.drafts[-1] if scene.drafts else None
        if len(chain) == 1 and not terms[0] and last and last.rule == "change" and last.value is None and words == last.term:
            last.value, last.unit, last.value_text, last.end = q.value, q.unit or None, text[q.start : q.end], q.end
            scene.terms = [words]
            return
        made.append(base or words if draft_share else words)
        metric = words if draft_share else metrics.name(words, q.unit)
        when = _of_years(scene, len(chain), i, start, q) or _period(scene, q.start, metric, key in scene.projects)
        scene.drafts.append(Draft(
            key, words, metric, start, q.end, "value", q.value, q.unit or None, text[q.start : q.end], q.qualifier,
            when, _kind(scene, key, metric, q.start, when), share=draft_share,
        ))
    scene.terms = made


def _of_years(scene: Scene, count: int, i: int, start: int, q: Quantity) -> tuple[date, date] | None:
    """2023年至2025年分别为x、y、z: a year for each value."""
    stated = [p for p in scene.values.periods if p.end <= q.start]
    if count < 2 or not stated or not _DEALT.search(scene.text[start : q.start]):
        return None
    last = stated[-1]
    if last.last.year - last.first.year + 1 != count or (last.first.month, last.last.month) != (1, 12):
        return None
    return date(last.first.year + i, 1, 1), date(last.first.year + i, 12, 31)


def _fallback(scene: Scene, start: int, q: Quantity, attributed: bool) -> str:
    """A term where the stretch before gives none: after 的, in the clause before, or the last one."""
    after = scene.text[q.end :]
    money = UNITS.get(q.unit, {}).get("quantity") == "Currency"
    if attributed:
        return "投资" if money else ""
    if after.startswith("的"):
        thing = metrics.counted(after[1:])
        return thing + "占比" if q.unit in {"%", "成"} and not _TAIL.search(thing) else thing
    previous = _stretch_before(scene.text, start)
    if start and (words := metrics.known(_body(scene, previous, start - 1))):
        return words
    return scene.terms[-1] if scene.terms and scene.terms[-1] else ""


def _stretch_before(text: str, start: int) -> int:
    return max((m.end() for m in _BOUNDARY.finditer(text, 0, max(0, start - 1))), default=0)


def _attributed(scene: Scene, q: Quantity) -> str | None:
    """The owner that follows: 总投资5.23亿元的[扩建项目], 10亿元[人参精深加工项目]."""
    after = re.match(r"的?[“\"]?", scene.text[q.end : q.end + 2])
    at = q.end + (after.end() if after else 0)
    for mention in scene.mentions:
        if mention.start in {at, q.end} and mention.type in {"Project", "Zone", "Enterprise", "Place"}:
            if mention.type == "Project" or at > q.end:
                return mention.entity
    return None


_OUTCOMES = re.compile(r"(?:建成|投产|达产|投用|完工|投运|竣工|实施)(?:达效)?后|(?:建成|达产|投产)[，,]")
_GRANT = re.compile(r"奖励|补贴|补助|资助|给予|扶持")
_ATTEND = re.compile(r"参[加赛会展演与评]|选手|嘉宾|展商|展位|运动员|作品|影片|观众|来自")


def _implied(scene: Scene, start: int, q: Quantity, words: str) -> str | None:
    """The owner that the figure's own sort implies: a project's outcome, a policy's grant, who came to an event."""
    text, tracker = scene.text, scene.tracker
    if _owners(scene, start, q.start):
        if words.endswith("投资") and UNITS.get(q.unit, {}).get("quantity") == "Currency":
            ahead = next((m for m in scene.mentions if q.end <= m.start and m.type == "Project"), None)
            if ahead and not re.search(r"[。；\d]", text[q.end : ahead.start]):
                return ahead.entity
        return None
    if _OUTCOMES.search(text, 0, q.start) and (key := tracker.latest("Project")):
        return key
    if _GRANT.search(text[start : q.end + 8]) and (key := tracker.latest("Policy")):
        return key
    if UNITS.get(q.unit, {}).get("counter") and _ATTEND.search(text[start : q.end + 10]):
        return tracker.latest("Event")
    return None


def _kind(scene: Scene, key: str, metric: str, at: int, period: tuple[date, date] | None) -> Kind:
    project = key in scene.projects or "项目" in scene.text[:at]
    kind = kinds.of(scene.blank, at, metric, key in scene.projects or project and "项目" not in metric, scene.goal)
    if kind == "Actual" and kinds.ahead(period, scene.day, scene.text[:at]):
        return "Target"
    return kind


_MADE = re.compile(r"电池|组件|硅片|单晶|拉棒|切片|生产|制造|装备")


def _in_name(scene: Scene, item: Item, mention: Mention) -> None:
    """The capacity in a project's name: 年产6000吨石英管深加工项目."""
    if not isinstance(item, Quantity) or mention.type != "Project" or UNITS.get(item.unit, {}).get("counter"):
        return
    kind = UNITS.get(item.unit.partition("/")[0], {}).get("quantity")
    words = {"Power": "装机容量", "Mass": "产能", "Volume": "产能", "Area": "面积", "Length": "长度",
             "ElectricPotential": "电压等级", "Energy": "储能容量"}.get(str(kind), "")
    if not words:
        return
    if "/" in item.unit:
        words = "处理规模"
    if scene.text[item.start - 1] == "产":
        words = f"{scene.text[item.start - 2]}产能"
    elif kind == "Power" and _MADE.search(mention.text):
        words = "产能"
    built = re.search(r"投产|建成|并网|投运|运行|投用|竣工", scene.text)
    scene.drafts.append(Draft(
        mention.entity, words, words, item.start, item.end, "name", item.value, item.unit, item.text,
        kind="Actual" if built else "Target",
    ))


def _changes(scene: Scene, chain: Sequence[Change], start: int) -> None:
    verb = _verb_start(chain[0])
    if chain[0].unit == "个百分点" and (pulled := _PULL.search(scene.text, start, chain[0].start)):
        _pulled(scene, chain[0], pulled.group(), start)
        return
    body = _COMPARED.sub("", _body(scene, start, verb))
    words = metrics.term(body)
    open_ = [d for d in scene.drafts if d.change is None and d.value is not None and not d.share]
    if len(chain) > 1 and len(open_) >= len(chain) and not words:
        for change, draft in zip(chain, open_[-len(chain) :], strict=True):
            _apply(draft, change)
        return
    if len(chain) > 1 and words:
        keys, terms = _deal(scene, start, verb, len(chain))
        for i, change in enumerate(chain):
            _growth(scene, change, keys[min(i, len(keys) - 1)] if keys else "", terms[i], start)
        return
    for change in chain:
        _one_change(scene, change, words, start, verb)


_PULL = re.compile(r"(?:拉动|带动|贡献|影响)[^，。；]{1,16}?(?:增长|上升|回落|下降)")


def _pulled(scene: Scene, change: Change, words: str, start: int) -> None:
    """拉动全市规上工业增长3.5个百分点: a contribution, not a change."""
    last = scene.drafts[-1].term if scene.drafts else ""
    keys = [scene.drafts[-1].subject] if scene.drafts else _subjects(scene, start, start)
    if keys:
        metric = _GROWTH.sub("", re.sub("增加值$", "", last)) + words
        scene.drafts.append(Draft(
            keys[0], metric, metric, start, change.end, "pull", abs(change.value), change.unit, change.text,
            period=_period(scene, start, metric, False),
        ))


def _one_change(scene: Scene, change: Change, words: str, start: int, verb: int) -> None:
    last = scene.drafts[-1] if scene.drafts else None
    if not words or _GROWTH.fullmatch(words):
        target = next((d for d in reversed(scene.drafts) if not d.share), last)
        if target and target.change is None and target.value is not None and _fits(target, change):
            _apply(target, change)
            return
        if last and last.change is not None and change.unit == "个百分点" and not _GROWTH.search(last.metric):
            _faster(scene, last, change)
            return
    own = _owners(scene, start, verb)
    same = next((d for d in reversed(scene.drafts) if words and d.change is None and d.value is not None
                 and (words in {d.term, d.metric} or d.term.endswith(words) and len(words) > 2) and (not own or d.subject in own)), None)
    if same:
        _apply(same, change)
        return
    keys = _subjects(scene, start, verb)
    if words and _EACH.search(scene.text[start:verb]):
        for key in keys:
            _growth(scene, change, key, words, start)
        return
    if not words and len(keys) > 1:
        for key in keys:
            _growth(scene, change, key, scene.terms[-1] if scene.terms else "", start)
        return
    if not words and not scene.drafts and start:
        words = _GROWTH.sub("", metrics.known(_body(scene, _stretch_before(scene.text, start), start - 1)))
    words = words or (scene.terms[-1] if scene.terms else "")
    _growth(scene, change, keys[0] if keys else "", words, start)


def _fits(draft: Draft, change: Change) -> bool:
    if change.unit in {"%", "倍"}:
        return True
    return (change.unit == "个百分点") == (draft.unit in {"%", "成"}) if change.unit == "个百分点" else draft.unit == change.unit


def _apply(draft: Draft, change: Change) -> None:
    draft.change, draft.change_unit, draft.change_basis = change.value, change.unit, change.basis
    draft.end = change.end


def _faster(scene: Scene, last: Draft, change: Change) -> None:
    """增长5.9%，比上年加快0.7个百分点: the growth itself is the metric."""
    scene.drafts.append(Draft(
        last.subject, last.term, last.metric + "增速", last.start, change.end, "faster", last.change, last.change_unit,
        None, None, last.period, last.kind, change.value, change.unit, change.basis,
    ))


def _growth(scene: Scene, change: Change, key: str, words: str, start: int) -> None:
    words = _GROWTH.sub("", words) or words
    if not key or not words:
        return
    scene.terms = [words]
    verb = _verb_start(change)
    when = _period(scene, verb, words, False)
    scene.drafts.append(Draft(
        key, words, words, start, change.end, "change", None, None, None, change.qualifier, when,
        _kind(scene, key, words, change.start, when), change.value, change.unit, change.basis,
    ))


def _ranks(scene: Scene, chain: Sequence[Rank], start: int) -> None:
    first = chain[0]
    words = metrics.term(_COMPARED.sub("", _body(scene, start, first.start)))
    last = scene.drafts[-1] if scene.drafts else None
    if len(chain) == 1 and not words and last and last.rank is None:
        last.rank, last.end = first.value, first.end
        return
    if last and _GROWTH.fullmatch(words) and last.change is not None:
        scene.drafts.append(Draft(
            last.subject, last.term, last.metric + "增速", last.start, first.end, "rank", last.change, last.change_unit,
            period=last.period, rank=first.value,
        ))
        return
    keys, terms = _deal(scene, start, first.start, len(chain))
    if len(chain) == 1:
        keys = _subjects(scene, start, first.start)
        terms = [words or (scene.terms[-1] if scene.terms else "")] * len(keys)
    for i, key in enumerate(keys):
        rank = chain[min(i, len(chain) - 1)]
        if terms[min(i, len(terms) - 1)]:
            scene.drafts.append(Draft(
                key, terms[min(i, len(terms) - 1)], terms[min(i, len(terms) - 1)], start, rank.end, "rank",
                qualifier=rank.qualifier, period=_period(scene, rank.start, "", False), rank=rank.value,
            ))


_ORDER = re.compile(
    r"(?P<head>[^，。；：]*?)(?:(?:按|，)?[由从][多高好大强轻优快前]到[少低差小弱重劣慢后][^，。；：、]{0,14}?|的?(?:前)?(?:\d+|[一二三四五六七八九十]+)[市县区个位名家地省]"
    r"[^，。；：、]{0,6}?|)(?:排序|排名|排列)?(?:依次|分别)?(?:为|是)[:：]?$"
)
_NOTE = re.compile(r"[（(][^（）()]{0,30}[）)]")


def _listed(scene: Scene) -> None:
    """Ranks given by the order of a list: 优良天数由多到少依次为甲、乙、丙."""
    text = scene.text
    for match in re.finditer(r"(?:依次|[由从][多高好大强轻优快]到[少低差小弱重劣慢])[^，。；：、]{0,16}?(?:[:：]|为[:：]?|是[:：]?)", text):
        group = _run(scene, match.end())
        if len(group) < 2:
            continue
        start = max((m.end() for m in _BOUNDARY.finditer(text, 0, match.start())), default=0)
        if text[start - 1 : start] in "(（":
            start = max((m.end() for m in re.finditer("[，。；：]", text[: start - 1])), default=0)
        head = _ORDER.match(_NOTE.sub("", text[start : match.end()]))
        words = metrics.unlead(re.sub(r"的$|按$", "", head["head"])) if head else ""
        for name in ("二级以上",):
            words = words.split(name)[-1] if name in words else words
        for place, mention in enumerate(group, 1):
            if words:
                scene.drafts.append(Draft(
                    mention.entity, words, words, start, mention.end, "list", period=_period(scene, match.end(), "", False), rank=place,
                ))


def _run(scene: Scene, at: int) -> list[Mention]:
    """The names listed from `at` on, each with a note in brackets or none."""
    found: list[Mention] = []
    for mention in scene.mentions:
        if mention.start < at:
            continue
        if _NOTE.sub("", scene.text[at : mention.start]) not in {"", "、", "和", "及", "以及", "与"}:
            break
        found.append(mention)
        at = mention.end
    return found
