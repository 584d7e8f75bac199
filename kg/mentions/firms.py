"""Names that a list or the rest of the document reveals.

华为、360等企业; 金宇科林 after 山西金宇科林科技有限公司.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ahocorasick_rs import AhoCorasick, MatchKind

from kg import gazetteer
from kg.mentions.grower import BREAKS, Grower
from kg.mentions.namerules import Found, Head, names

JOINT = re.compile("、|以及|[和与及]")
LONGEST_ITEM = 16
REVEALED = frozenset({"Enterprise/list", "Enterprise/row", "Enterprise/owner"})
ITEM = Head("", "", frozenset(), LONGEST_ITEM)
KINDS = frozenset(["Enterprise", "Agency"])  # stay what they are in a list of projects
PERIOD = re.compile(r"\d+[年月日]")
PHASE = re.compile("[一二三四五六]期")
PHASES = re.compile("(?:[一二三四五六]期、)+[一二三四五六]期(?P<noun>项目|工程)")
INTRODUCED = re.compile(
    r"[(（](?:以下|下称|以下简称|简称|下简称)+[:：]?[“\"]?(?P<alias>[^“”\"()（）\n]{2,14})[”\"]?[)）]"
)
LATIN = re.compile(r"[(（](?P<alias>[A-Za-z][A-Za-z0-9 .&-]{1,20})[)）]")
BRACKETED = re.compile("[（(][^（）()]*[）)]")


def listed(text: str, grower: Grower, found: Sequence[Found]) -> Iterator[Found]:
    """Members of lists whose class follows (A、B等企业), and unknown words beside known firms in a list."""
    told = {(f.start, f.end) for f in found if f.type in KINDS}
    for kind, pattern in names().lists.items():
        for match in pattern.finditer(text):
            items = _items(text, grower, kind, match.start(), match.groupdict().get("noun") or "")
            yield from (item for item in items if kind == "Enterprise" or (item.start, item.end) not in told)
    with_figures = list(_with_figures(text, grower))
    yield from with_figures
    yield from _neighbours(text, grower, [*found, *with_figures])


def _with_figures(text: str, grower: Grower) -> Iterator[Found]:
    """领胜开票13.1亿元: an unknown word before what only firms report."""
    for match in names().figures.finditer(text):
        start = _unknown_start(grower, match.start())
        piece = grower.piece_at(start - 1) if start else None
        if (
            start < match.start()
            and not PERIOD.search(text, start, match.start())
            and (start == 0 or text[start - 1] in BREAKS or (piece and piece.kind == "stop"))
        ):
            yield Found(
                start, match.start(), "Enterprise", text[start : match.start()], None, "Enterprise/row", 0.7
            )


def _items(text: str, grower: Grower, kind: str, end: int, noun: str) -> Iterator[Found]:
    """The items of the list that ends at `end`, from the right: two or more, one of them no common word."""
    spans: list[tuple[int, int]] = []
    while span := _item(text, grower, end):
        spans.append(span)
        joint = next((j for j in ("、", "和", "与", "以及") if text.endswith(j, 0, span[0])), None)
        if joint is None:
            break
        end = span[0] - len(joint)
    if len(spans) < 2 or not any(grower.proper(*span) for span in spans):
        return
    for start, stop in spans:
        name = _item_name(text, grower, kind, start, stop, noun)
        if name:
            yield Found(start, stop, kind, name, None, f"{kind}/list", 0.97)


def _item(text: str, grower: Grower, end: int) -> tuple[int, int] | None:
    """The item before `end`: all that stands between two marks, or what can be a name."""
    mark = max(text.rfind(c, max(0, end - LONGEST_ITEM), end) for c in "、，。；：,;:\n")
    inner = max(text.rfind(c, max(mark + 3, 0), end - 2) for c in "和与及")
    if inner > mark >= 0 and grower.piece_at(inner) == (inner, inner + 1, "stop", ()):
        return inner + 1, end
    if mark >= 0 and text[mark] == "、" and end - mark - 1 <= 8:
        start = mark + 1
    else:
        start = grower.trim(grower.grow(end, ITEM), end)
    return (start, end) if 2 <= end - start <= LONGEST_ITEM else None


def _item_name(text: str, grower: Grower, kind: str, start: int, end: int, noun: str) -> str | None:
    """The name of an item; None where it is a place or a common word."""
    form = text[start:end]
    if sum(map(form.count, "(（")) != sum(map(form.count, ")）")):
        return None
    piece = grower.piece_at(start)
    if piece and (piece.start, piece.end) == (start, end):
        if start in grower.places and noun and not noun.endswith(("项目", "工程")):
            return form + noun  # 原平、河曲2个通用机场
        entry = next((e for e in piece.entries if e.type == kind), None)
        return entry.name if entry else None
    if kind in ("Project", "Policy"):
        told = grower.proper(start, end) if kind == "Project" else grower.quotes(start, end) or len(form) > 5
        return (form if form.endswith(noun) else form + noun) if told else None
    return None if form.endswith(("企业", "行业", "产业", "领域")) else form


def phases(text: str, grower: Grower) -> Iterator[Found]:
    """云海镁业三期、四期项目: one project a phase."""
    for match in PHASES.finditer(text):
        first = grower.trim(grower.grow(match.start(), ITEM), match.start())
        owner, noun, at = text[first : match.start()], match["noun"], first
        for phase in PHASE.finditer(text, match.start(), match.start("noun")):
            end = match.end() if phase.end() == match.start("noun") else phase.end()
            yield Found(at, end, "Project", owner + phase[0] + noun, None, "Project/phase", 0.97)
            at = end + 1


def _neighbours(text: str, grower: Grower, found: Iterable[Found]) -> Iterator[Found]:
    """海信、创维 where TCL、海信、创维 stand in a row and one is a known firm."""
    for f in found:
        if f.type != "Enterprise":
            continue
        at = f.end
        while text[at : at + 1] == "、" and (end := _unknown_end(text, grower, at + 1)):
            yield Found(at + 1, end, "Enterprise", text[at + 1 : end], None, "Enterprise/row", 0.75)
            at = end
        at = f.start
        while at > 0 and text[at - 1] == "、" and (start := _unknown_start(grower, at - 1)) < at - 1:
            yield Found(start, at - 1, "Enterprise", text[start : at - 1], None, "Enterprise/row", 0.75)
            at = start


def _unknown_end(text: str, grower: Grower, at: int) -> int:
    """Where an unknown word of 2 to 6 characters, closed by a mark or a verb, ends; 0 where there is none."""
    end = grower.unknown_after(at, 7)
    piece = grower.piece_at(end)
    closed = end >= len(text) or text[end] in BREAKS or (piece is not None and piece.kind in ("stop", "verb"))
    return end if 2 <= end - at <= 6 and closed else 0


def _unknown_start(grower: Grower, end: int) -> int:
    start = grower.unknown_before(end, 7)
    return start if 2 <= end - start <= 6 else end


def short_names(text: str, grower: Grower, found: Iterable[Found]) -> Iterator[Found]:
    """Later mentions of what the document introduces by its full name."""
    forms: dict[str, Found] = {}
    for f in found:
        for pattern in (INTRODUCED, LATIN):
            match = pattern.match(text, f.end)
            if match and f.type in (
                "Enterprise",
                "Institution",
                "Agency",
                "Project",
                "Event",
                "Policy",
                "Zone",
            ):
                forms.setdefault(match["alias"].strip(), f)
        if f.type == "Enterprise":
            for form in _short_forms(f.name):
                forms.setdefault(form, f)
    forms = {form: f for form, f in forms.items() if _usable(form)}
    if not forms:
        return
    words = list(forms)
    for i, start, end in AhoCorasick(words, matchkind=MatchKind.LeftmostLongest).find_matches_as_indexes(
        text
    ):
        full = forms[words[i]]
        yield Found(start, end, full.type, full.name, None, f"{full.type}/short", 0.85)


def _short_forms(name: str) -> Iterator[str]:
    """山西水塔醋业股份有限公司: 水塔醋业股份, 水塔醋业, 水塔, 水塔公司, 山西水塔."""
    table = names().alias
    legal = re.search(table["legal"], name)
    if not legal or not legal.start():
        return
    whole = BRACKETED.sub("", name[: legal.start()])
    place = re.match(table["place"], whole)
    core = whole[_place_end(whole) :] if place is None else whole[place.end() :]
    yield whole
    while core:
        yield core
        yield from (core + tail for tail in table["tails"].split())
        shorter = re.sub(table["industry"], "", core)
        if shorter == core:
            break
        core = shorter


def _place_end(name: str) -> int:
    end = 0
    for piece in gazetteer.scan(name):
        place = any(e.type in gazetteer.LEVELS[:3] for e in piece.entries)
        if place and piece.start == end and piece.end < len(name):
            end = piece.end
    return end


def _usable(form: str) -> bool:
    """Whether a short form is no common word, place or product of its own."""
    if len(form) < 2:
        return False
    pieces = gazetteer.scan(form)
    if sum(p.end - p.start for p in pieces) < len(form):
        return True
    return len(pieces) > 1 and not all(_is_trade(form, p) for p in pieces)


def _is_trade(form: str, piece: gazetteer.Piece) -> bool:
    """Whether a piece of a firm's name says what it makes: 家居, 建材."""
    goods = any(e.type == "Product" for e in piece.entries)
    return goods or bool(names().trades.fullmatch(form, piece.start, piece.end))


def repeated(text: str, grower: Grower, found: Iterable[Found]) -> Iterator[Found]:
    """Other mentions of persons and of firms that one place of the document reveals."""
    known = {f.name: f for f in found if f.rule in REVEALED or f.rule.startswith("Person/") or _is_brand(f)}
    known = {name: f for name, f in known.items() if len(name) > 1 and _usable(name)}
    if not known:
        return
    words = list(known)
    for i, start, end in AhoCorasick(words, matchkind=MatchKind.LeftmostLongest).find_matches_as_indexes(
        text
    ):
        if not (grower.splits(start) or grower.splits(end)):
            yield known[words[i]]._replace(start=start, end=end, rule=f"{known[words[i]].type}/repeated")


def _is_brand(f: Found) -> bool:
    return f.type == "Enterprise" and f.certainty < 0.8
