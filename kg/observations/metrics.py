"""The name of what a figure measures: the text's own term, cut to its head."""

from __future__ import annotations

import re
from typing import Any

from kg.rules import table
from kg.values.quantities import UNITS, either

_WORDS: dict[str, Any] = table("cues")["metric"]
_THINGS = frozenset(_WORDS["things"])
_TALK = re.compile("|".join(_WORDS["talk"]))
_TAIL = re.compile(f"(?:{'|'.join(table('cues')['figure']['tails'])})$")
_KNOWN = [n for m in table("metrics")["metric"] for n in (m["name"], *m.get("aliases", ()))]


_LONGEST_LINK = 14  # characters
_LINK = re.compile(rf"(?:{'|'.join(_WORDS['link'])})$")
_LEAD = re.compile(rf"(?:{'|'.join(_WORDS['lead'])})")
_VERB = re.compile(rf"(?:{'|'.join(_WORDS['verbs'])})(?![{_WORDS['nominal']}])")
_STOP = re.compile(rf"{'|'.join(_WORDS['stop'])}|[，。；：、！？,;:!?（(）)《》“”\"]|\d(?![A-Z])")
_OTHER = re.compile("[及和与或]|以及|并")
_PER = re.compile(rf"(?:每(?:{either([*UNITS, '月', '季度'])}))+$")
_LIST_STOP = re.compile(r"[，。；：、！？,;:!?（(）)《》\d]")
_WITHIN = re.compile(r"(?<![初高集])[中里]$")  # 3.5亿个包裹[中]
_DESCRIBED = re.compile(
    r"(?!的)(?:以上|以下|左右)?(?:(?!出现|方面|参与)[^，,。；;：、的是被]){2,16}的(?=[一-鿿]{2})"
)
_BRACKET = re.compile(r"[（(][^（）()]*[）)]?$|^[^（(]*[）)]")
_GROWN = re.compile(
    r"(?P<what>[^，。；]{2,16}?)(?:持续|稳步|不断|进一步|大幅度?|明显|显著|快速|平稳|小幅|略有|有所|一路|也|继续)+"
    r"(?:增长|下降|上升|回落|提升|增加|减少|改善|下滑|扩大|回升|攀升|上涨|下跌|走[高低]|提高|降低|萎缩)"
)
_TRADE = re.compile(r"^(出口|进口|收购)([^额量值总商货到至于]{2,})$")
_YEARLY = re.compile(
    r"(?:(?P<per>[年日])[可均]?(?:生)?产|^生产)(?!能|[量额率值线业性商者厂]|总|收入|经营|资料|企业|年限)(?P<what>[^产]*)$"
)
_SHARE = re.compile(r"(?:占(?![比有地用])到?了?|占据)(?P<of>[^，。；、]{1,24}?)(?:的?比[重例]|的?份额)?$")
_WAYS, _SHARES = frozenset({"进口", "出口", "进口额", "出口额"}), frozenset({"占比", "占比例"})
_SUMS = frozenset({"总投资", "总投资额", "投资总额", "计划总投资", "总金额", "投资金额"})
_BOTH_WAYS = re.compile("(?P<of>[^，。；]{2,12}?)(?:进出口|进口|出口)(?:总?[额值量])?")
_MARKED = re.compile(r"(?:[数量额率值比]|总数|面积|长度|时间|规模|产能|能力)$")
_FIND_KNOWN = re.compile(either(_KNOWN))
_DIMENSION = re.compile(r"(?:[一两][条座段根道处])?(?P<of>[长宽高深厚])")
_EXTENT = {
    "Area": ("面积", re.compile(r"(?:面积|占地)$")),
    "Length": ("长度", re.compile(r"(?:[长程度距高宽深径线位厚]|距离)$")),
}


def term(before: str) -> str:
    """The term in which `before`, the stretch in front of a number, ends."""
    text = unlead(unlink(_BRACKET.sub("", before)))
    if "、" in text and (listed := re.search(r"等(?![级离])(?=[^，]{2})", text)):
        text = text[listed.end() :]
    for verb in reversed(list(_VERB.finditer(text))):
        rest = text[verb.end() :]
        if len(rest) != 1:  # nothing behind the verb: what it is done to follows the number
            return unlead(rest)
    return text


def per(words: str) -> tuple[str, str]:
    """The rate that a term ends in, and the term before it: 补助标准为[每人每月]."""
    rate = _PER.search(words)
    return (rate.group(), unlink(words[: rate.start()])) if rate else ("", words)


def unlink(text: str) -> str:
    """`text` without the words that tie it to a number: 已达到, 分别为."""
    while text and (cut := _LINK.search(text, max(0, len(text) - _LONGEST_LINK))):
        text = text[: cut.start()]
    return text


def unlead(text: str) -> str:
    """`text` without the words that open a clause: 其中, 全年共, 项目建成后."""
    while text and (cut := _LEAD.match(text)):
        text = text[cut.end() :]
    return text


def counted(after: str) -> str:
    """The thing counted, right after its number: 家 [省级绿色工厂]，…"""
    stop = _STOP.search(after)
    if _OTHER.match(after):
        return ""
    thing = after[: stop.start()] if stop else after
    thing = re.sub(r"^方面的?", "", thing)
    for mark in ("和", "及", "与", "近", "超", "约"):
        if thing.endswith(mark):
            thing = thing[:-1]
    return _WITHIN.sub("", thing)


def things(after: str) -> str:
    """What a counter counts: 家[企业], or the noun behind a clause that describes it: 个因灾断电的[社区]."""
    described = _DESCRIBED.match(after)
    return counted(after) or (counted(after[described.end() :]) if described else "")


def known(text: str) -> str:
    """The well-known metric that `text` names last, with the words before it: [第一产业投资]也表现强劲."""
    last = None
    for match in _FIND_KNOWN.finditer(text):
        last = match
    return unlead(text[: last.end()]) if last else ""


def grown(clause: str) -> str:
    """What a clause says has changed, without saying by how much: [成品油库存]持续下降."""
    moved = _GROWN.fullmatch(unlead(clause))
    return term(moved["what"]) if moved else ""


def share(before: str) -> tuple[str, str] | None:
    """What has a share, and of what: 手机出口[占]全省外贸总值的."""
    match = _SHARE.search(unlink(before))
    return (term(before[: match.start()]), match["of"]) if match else None


def ends_well(words: str) -> bool:
    """Whether words end as the names of quantities do."""
    return bool(_TAIL.search(words))


def completed(pieces: list[str], tail: str) -> list[str]:
    """汽车, 新能源汽车产量 -> 汽车产量, 新能源汽车产量."""
    if tail:
        return [p if p.endswith(tail) else p + tail for p in pieces]
    last = _TAIL.search(pieces[-1])
    return [p if _TAIL.search(p) else p + last.group() for p in pieces] if last else pieces


def within(words: str, last: str) -> str:
    """A bare term with what the figure before it is of: 机械工业进出口, 出口 -> 机械工业出口."""
    if words in _WAYS and (trade := _BOTH_WAYS.fullmatch(last)):
        return trade["of"] + words
    if words in _SHARES:
        return words if last.endswith(words) or len(last) > _LONGEST_LINK else last + words
    return last + words if words in _SUMS and last.endswith(("项目", "工程")) else words


def sound(words: str) -> bool:
    """Whether `words` may name a quantity: not a stretch of talk, nor a lone character."""
    return (len(words) > 1 or words in _THINGS) and not _TALK.search(words)


def name(words: str, unit: str) -> str:
    """What `words` measure in `unit`: 签约项目, 个 -> 签约项目个数; 人工湿地, 亩 -> 人工湿地面积."""
    row = UNITS.get(unit, {})
    if not words:
        return ""
    if words.endswith("占"):  # 劣Ⅴ类断面占3%
        return words + "比"
    if traded := _TRADE.match(words):
        words = traded[2] + traded[1]
    if yearly := _YEARLY.search(words):
        per, what = yearly["per"] or "", yearly["what"]
        return what + per + ("产量" if what else "产能")
    if row.get("counter"):
        suffix = str(row.get("suffix", unit + "数"))
        if not suffix or _MARKED.search(words) or words.endswith(suffix):
            return words
        return (words[:-1] if suffix[0] == words[-1] else words) + suffix
    if dimension := _DIMENSION.fullmatch(words):
        return dimension["of"] + "度"
    if row.get("quantity") in _EXTENT:
        suffix, marked = _EXTENT[row["quantity"]]
        return words if marked.search(words) else words + suffix
    return words
