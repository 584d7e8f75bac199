"""Changes and ranks of a sentence: each joins the level it belongs to, or stands as a figure of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.model import Change, Mention, Rank
from kg.observations import metrics
from kg.observations.scene import BOUNDARY, GROWTH, WORDS, Draft, Scene, verb_start
from kg.rules import table

_COMPARED = re.compile(r"同比|环比|(?:名义|实际|按可比[价口][格径]计?算?)|年均|分别|依次|[均都也又再约]$")
_EACH = re.compile(r"[均都各]")
_PULL = re.compile(rf"(?:{'|'.join(WORDS['pull'])})[^，。；]{{1,16}}?(?:增长|增速|上升|回落|下降)")
_WAY = "[由从][多高好大强轻优快少低差小弱重劣慢]到[多高好大强轻优快少低差小弱重劣慢]"
_LIST = re.compile(rf"(?:依次|{_WAY})[^，。；：、]{{0,16}}?(?:[:：]|[为是][:：]?)")
_ORDER = re.compile(
    rf"(?P<head>[^，。；：]*?)(?:[按，]?{_WAY}[^，。；：、]{{0,14}}?"
    r"|的?前?(?:\d+|[一二三四五六七八九十]+)[市县区个位名家地省][^，。；：、]{0,6}?|)"
    r"(?:排序|排名|排列)?(?:依次|分别)?[为是]?[:：]?$"
)
_NOTE = re.compile(r"[（(][^（）()]{0,30}[）)]")
_LIST_MARK, _LIST_END = re.compile("、|以及|[和及与]"), re.compile("[。；;，,]")
_RANKS = table("cues")["rank"]
_VERBS = "|".join(_RANKS["verbs"])
_PLACED = re.compile(rf"^(?:{_VERBS}|列)(?:[全本][省市县国])?|[第前首榜之].*$")
_FIELD = re.compile(  # what a place in an order is of: 增速[在全国], 投资总额[全省]
    r"[，]?(?:分?别?在|居|位居|列|占)?(?:[全本我][国省市县区州球]|世界|亚洲|国内|(?:同|所[属在])?行业|[东西中][部北南]+)[^，。]{0,6}$"
)
_SCOPE = 4  # characters of a field of comparison: 全省同类
_CLAUSE = re.compile("[，。；：]")
_THAN = re.compile(
    r"(?<![占同环可对相])[较比](?![大高多少快慢好差强为例重率值赛较])|(?<=[一-鿿])[与和同](?=[^，]*比较)|(?<=.)[与和同](?=[^，]*(?:持平|相当))"
)
_MOST = re.compile(
    f"(?:(?:{'|'.join(_RANKS['fields'])})(?:[上内]|中(?!部))?)+(?P<what>[^最]*)最(?P<how>.)$"
    "|第[二三四五六七八九十0-9]+(?P<great>大)$"
)
_SHORT = 12  # characters of the name of a kind of thing
_IS, _OF = re.compile("(?:是|为|成为|系)$"), re.compile(r"的[^，。；：、\d]{0,8}")
_FOREMOST = frozenset({"Project", "Enterprise", "Place", "Zone", "Institution"})


def changes(scene: Scene, chain: Sequence[Change], start: int) -> None:
    """Deal a chain of changes out over the levels before it, or make figures of them."""
    verb = verb_start(chain[0])
    pulled = _PULL.search(scene.text, start, chain[0].start) if chain[0].unit == "个百分点" else None
    if pulled:
        _contribution(scene, chain[0], pulled.group(), start)
        return
    words = metrics.term(_COMPARED.sub("", scene.body(start, _compared(scene, start, verb))))
    levels = [d for d in scene.drafts if d.change is None and d.value is not None and not d.share]
    if len(chain) == 1:
        _one(scene, chain[0], words, start, verb)
    elif not words and len(levels) >= len(chain):
        for change, draft in zip(chain, levels[-len(chain) :], strict=True):
            draft.grow(change)
    elif words:
        keys, terms = scene.deal(start, verb, len(chain))
        keys = scene.settled(keys, start, chain[0], terms[0])
        for i, change in enumerate(chain):
            _growth(scene, change, keys[min(i, len(keys) - 1)] if keys else "", terms[i], start)
    else:
        for change in chain:
            _one(scene, change, words, start, verb)


def _compared(scene: Scene, start: int, verb: int) -> int:
    """Where the comparison begins that a change is measured by, unless what changes follows it."""
    timed = {at for at, _ in scene.values.compared}
    than = (m.start() for m in _THAN.finditer(scene.text, start, verb) if m.start() not in timed)
    return next(than, verb)


def _contribution(scene: Scene, change: Change, words: str, start: int) -> None:
    """拉动全市规上工业增长3.5个百分点: a contribution, not a change."""
    last = scene.last
    keys = [last.subject] if last else scene.subjects(start, start)
    metric = GROWTH.sub("", re.sub("增加值$", "", last.term if last else "")) + words
    for key in keys[:1]:
        scene.drafts.append(Draft(
            key, metric, metric, start, change.end, "pull", abs(change.value), change.unit, change.text,
            period=scene.period(start, metric),
        ))  # fmt: skip


def _one(scene: Scene, change: Change, words: str, start: int, verb: int) -> None:
    if (not words or GROWTH.fullmatch(words)) and _joined(scene, change):
        return
    own = scene.named(start, verb)
    if words and (level := _level(scene, words, own)):
        level.grow(change)
        return
    keys = scene.subjects(start, verb)
    if not words:
        words = GROWTH.sub("", metrics.known(scene.before(start))) if not scene.drafts else ""
        words = words or (scene.terms[-1] if scene.terms else "")
    elif not _EACH.search(scene.text[start:verb]):
        keys = keys[:1]
    for key in scene.settled(keys, start, change, words) if words else []:
        _growth(scene, change, key, words, start)


def _joined(scene: Scene, change: Change) -> bool:
    """Whether a change without a term of its own was taken on by the figure before it."""
    last = scene.last
    level = next((d for d in reversed(scene.drafts) if not d.share), last)
    if level and level.change is None and level.value is not None and _fits(level, change):
        level.grow(change)
        return True
    if last and last.change is not None and change.unit == "个百分点" and not GROWTH.search(last.metric):
        scene.drafts.append(Draft(  # 增长5.9%，比上年加快0.7个百分点: the growth itself is the metric
            last.subject, last.term, last.metric + "增速", last.start, change.end, "faster", last.change,
            last.change_unit, None, None, last.period, last.kind, change.value, change.unit, change.basis,
        ))  # fmt: skip
        return True
    return False


def _level(scene: Scene, words: str, own: list[str]) -> Draft | None:
    """The level that a change names again: 优良天数282天，…，优良天数比上年同期增加34天."""
    for draft in reversed(scene.drafts):
        named = words in {draft.term, draft.metric} or (len(words) > 2 and draft.term.endswith(words))
        if named and draft.change is None and draft.value is not None and (not own or draft.subject in own):
            return draft
    return None


def _fits(draft: Draft, change: Change) -> bool:
    if change.unit in {"%", "倍"}:
        return True
    return draft.unit in {"%", "成"} if change.unit == "个百分点" else draft.unit == change.unit


def _growth(scene: Scene, change: Change, key: str, words: str, start: int) -> None:
    words = GROWTH.sub("", words) or words
    if not key or not metrics.sound(words):
        return
    scene.terms = [words]
    when = scene.period(verb_start(change), words)
    scene.drafts.append(Draft(
        key, words, words, start, change.end, "change", None, None, None, change.qualifier, when,
        scene.kind(key, words, change.start, when), change.value, change.unit, change.basis,
    ))  # fmt: skip


def ranks(scene: Scene, chain: Sequence[Rank], start: int) -> None:
    """Ranks join the figure before them, or each owner of the stretch gets one."""
    first, last = chain[0], scene.last
    if most := _MOST.search(first.text):
        _foremost(scene, first, start, most)
        return
    words = _FIELD.sub("", metrics.term(_COMPARED.sub("", scene.body(start, first.start))))
    if len(chain) == 1 and not words and last and last.rank is None:
        last.rank, last.end = first.value, first.end
        return
    if last and last.change is not None and GROWTH.fullmatch(words):
        scene.drafts.append(Draft(
            last.subject, last.term, last.metric + "增速", last.start, first.end, "rank", last.change,
            last.change_unit, period=last.period, rank=first.value,
        ))  # fmt: skip
        return
    keys, terms = scene.deal(start, first.start, len(chain))
    words = _ranked_by(scene, first, start) or words
    if len(chain) == 1:
        keys = scene.listed(start, first.start) or scene.subjects(start, first.start)
        terms = [words or (scene.terms[-1] if scene.terms else "")]
    elif words:
        terms = [words] * len(chain)
    keys = scene.settled(keys, start, first, terms[0])
    for i, key in enumerate(keys * len(chain) if len(keys) == 1 else keys):
        rank, term = chain[min(i, len(chain) - 1)], terms[min(i, len(terms) - 1)]
        if term := _FIELD.sub("", term):
            draft = _ranked(scene, key, term, (start, rank.end), rank.start, rank.value)
            draft.qualifier = rank.qualifier
            scene.drafts.append(draft)


def _foremost(scene: Scene, rank: Rank, start: int, most: re.Match[str]) -> None:
    """甲公司是[亚洲最大]的铜箔生产商; [全省海拔最高]的电站: who is it, and in what."""
    text, last = scene.text, scene.last
    if last and last.rank is None and last.value is not None and BOUNDARY.match(text, rank.start - 1):
        last.rank, last.end = rank.value, rank.end  # 达95%，全省最高
        return
    if _IS.search(text, max(0, rank.start - 4), rank.start):
        keys = scene.named(start, rank.start)
    else:
        keys = [
            m.entity
            for m in scene.mentions
            if m.type in _FOREMOST and _OF.fullmatch(text[rank.end : m.start])
        ]
    thing = metrics.counted(scene.rest(rank.end).removeprefix("的"))
    how = most["how"] or most["great"]
    words = most["what"] or (thing if len(thing) <= _SHORT else "") + _RANKS["most"][how]
    for key in [] if "之一" in thing else keys[:1]:
        span = start, rank.end + (len(thing) + 1 if thing else 0)
        scene.drafts.append(_ranked(scene, key, words, span, rank.start, rank.value))


def _ranked_by(scene: Scene, rank: Rank, start: int) -> str:
    """The term between a field and a place: 在168个城市[空气改善程度]位列前3名, 进入[好转程度]前20."""
    fields = [m.end for m in scene.mentions if m.type == "Group" and start <= m.start and m.end <= rank.start]
    named = metrics.term(scene.text[fields[-1] : rank.start]) if fields else ""
    inner = _PLACED.sub("", rank.text)
    return named or (inner if len(inner) > _SCOPE else "")


def _ranked(scene: Scene, key: str, term: str, span: tuple[int, int], at: int, rank: int) -> Draft:
    when = scene.period(at)
    kind = scene.kind(key, term, at, when)
    return Draft(key, term, term, *span, "rank", period=when, kind=kind, rank=rank)


def ordered(scene: Scene) -> None:
    """Ranks given by the order of a list: 优良天数由多到少依次为甲、乙、丙."""
    text = scene.text
    if len(scene.mentions) < 2:
        return
    for match in _LIST.finditer(text):
        group = _run(scene, match.end())
        start = max((m.end() for m in BOUNDARY.finditer(text, 0, match.start())), default=0)
        if text[start - 1 : start] in {"(", "（"}:
            start = max((m.end() for m in _CLAUSE.finditer(text, 0, start - 1)), default=0)
        head = _ORDER.match(_NOTE.sub("", text[start : match.end()]))
        words = metrics.unlead(re.sub("[的按]$", "", head["head"])) if head else ""
        if len(group) < 2 or not words:
            continue
        for place, mention in group:
            span = (start, mention.end)
            scene.drafts.append(_ranked(scene, mention.entity, words, span, match.end(), place))


def _run(scene: Scene, at: int) -> list[tuple[int, Mention]]:
    """The names listed from `at` on with their places; a note in brackets is no part of the list."""
    text = _NOTE.sub(lambda note: "　" * len(note.group()), scene.text)
    end = stop.start() if (stop := _LIST_END.search(text, at)) else len(text)
    names = {m.start: m for m in scene.mentions}
    inner = {i for m in scene.mentions for i in range(m.start, m.end)}
    marks = (m for m in _LIST_MARK.finditer(text, at, end) if m.start() not in inner)
    starts = [at, *(m.end() for m in marks)]
    return [(place, names[start]) for place, start in enumerate(starts, 1) if start in names]
