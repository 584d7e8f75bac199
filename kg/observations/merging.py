"""Figures said twice: one with two evidences; headlines that only round a figure of the body are none."""

from __future__ import annotations

from dataclasses import replace

from kg.model import Evidence, Observation

_VAGUE = frozenset({"超", "近", "约", "余", "左右"})
_NEAR = 30  # figures to look back over
_BEHIND = 150  # characters between a level and its growth


def merged(found: list[tuple[Observation, bool]]) -> list[Observation]:
    """The same figure said twice is one, with two evidences; a headline that only rounds a figure is none."""
    kept: list[Observation] = []
    proofs: list[list[Evidence]] = []
    by: dict[tuple[object, ...], list[int]] = {}
    for o, title in sorted(found, key=lambda pair: pair[1]):
        key = (o.subject, o.value, o.unit) if o.value is not None else (o.subject, o.change, o.rank)
        twin = _valued(kept, o)
        if twin is None:
            twin = next((i for i in by.get(key, ()) if _same(kept[i], o)), None)
        if twin is not None:
            kept[twin] = _joined(kept[twin], o)
            proofs[twin] += o.evidence
        elif not (title and any(_repeats(o, other) or _rounds(o, other) for other in kept)):
            by.setdefault(key, []).append(len(kept))
            kept.append(o)
            proofs.append(list(o.evidence))
    kept, proofs = _without_repeats(kept, proofs)
    whole = (replace(o, evidence=tuple(dict.fromkeys(p))) for o, p in zip(kept, proofs, strict=True))
    return sorted(whole, key=lambda o: o.evidence[0].span)


def _without_repeats(
    kept: list[Observation], proofs: list[list[Evidence]]
) -> tuple[list[Observation], list[list[Evidence]]]:
    """Leave out what another figure of the same owner says in full: growth without its level, 超1400亿件."""
    by: dict[str, list[int]] = {}
    for i, o in enumerate(kept):
        by.setdefault(o.subject, []).append(i)
    dropped: set[int] = set()
    for i, o in enumerate(kept):
        vague = o.value is None or (o.qualifier in _VAGUE and o.change is None)
        if not vague or o.rank is not None:
            continue
        near = (j for j in by[o.subject][-_NEAR:] if j != i and j not in dropped)
        full = next((j for j in near if _fuller(kept[j], o)), None)
        if full is not None:
            proofs[full] += proofs[i]
            dropped.add(i)
    rest = [i for i in range(len(kept)) if i not in dropped]
    return [kept[i] for i in rest], [proofs[i] for i in rest]


def _fuller(full: Observation, vague: Observation) -> bool:
    same_article = full.evidence[0].article == vague.evidence[0].article
    told = full.value is not None and full.qualifier not in _VAGUE
    return same_article and told and full.period == vague.period and _rounds(vague, full)


def _valued(kept: list[Observation], grown: Observation) -> int | None:
    """The figure a little before that a growth of the same metric belongs to: 优级天数增加30天."""
    if grown.value is not None or grown.change is None:
        return None
    proof = grown.evidence[0]
    for i in range(len(kept) - 1, max(-1, len(kept) - _NEAR), -1):
        o = kept[i]
        if (
            o.evidence[0].article != proof.article
            or not 0 < proof.span.start - o.evidence[0].span.end < _BEHIND
        ):
            continue
        if (o.subject, o.metric) != (grown.subject, grown.metric) or o.value is None or o.change is not None:
            continue
        same_time = not grown.period or grown.period == o.period
        points = grown.change_unit == "个百分点" and o.unit == "%"
        if same_time and (points or grown.change_unit in {"%", "倍", o.unit}):
            return i
    return None


def _alike(a: str, b: str) -> bool:
    return a in b or b in a


def _same(a: Observation, b: Observation) -> bool:
    """Whether two figures with one number say the same."""
    if not _alike(a.metric, b.metric) or (a.period and b.period and a.period != b.period):
        return False
    return all(x is None or y is None or x == y for x, y in ((a.change, b.change), (a.rank, b.rank)))


def _joined(a: Observation, b: Observation) -> Observation:
    """What both say together, the fuller wording kept."""
    full = b if a.value is None and b.value is not None else a
    grown = a if a.change is not None else b
    return replace(
        full, change=grown.change, change_unit=grown.change_unit, change_basis=grown.change_basis,
        period=a.period or b.period, rank=a.rank or b.rank, metric=max(a.metric, b.metric, key=len),
    )  # fmt: skip


def _repeats(title: Observation, body: Observation) -> bool:
    """Whether a headline gives, in whatever words, the number that its article gives."""
    here = title.evidence[0].article == body.evidence[0].article
    return here and title.value is not None and title.value == body.value and title.unit in {body.unit, None}


def _rounds(title: Observation, body: Observation) -> bool:
    """Whether a headline's figure is the body's, rounded or without its value."""
    if not _alike(title.metric, body.metric):
        return False
    if title.value is None:
        grown = title.change is not None and title.change == body.change
        return grown or (title.rank is not None and title.rank == body.rank)
    if not body.value or title.unit != body.unit:
        return False
    return abs(title.value - body.value) <= abs(body.value) / 20
