"""Fits the weights by which figures get their owners, and measures them on pages they were not fitted on.

    python bench/owners.py GOLD.json … [--pages FOLDER …] [--folds 5] [--write kg/rules/owners.toml]

A gold file annotates a text as `kg score` reads it. Each text is read twice: with the names that the program
finds and with those of the gold file. For every figure that gold knows, the features of all candidates are
kept; the weights are those of a conditional logistic model over the candidates.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from rapidfuzz import fuzz

from kg import observations, pipeline, score
from kg.model import Change, Document, Entity, Extraction, Mention, Quantity, Rank
from kg.observations import owners
from kg.resolve import fold

RIDGE, STEPS, RATE = 0.005, 200, 0.1
SMALL = 0.03  # weights below are left out
FEW = 15  # pages that a feature must be seen on
TOLD = 6  # characters that a figure's sentence and the gold's quotation must share
HEADER = """# How much each feature of a candidate counts in the choice of a figure's owner.
# Made by bench/owners.py from {figures} figures of {texts} annotated pages; not to be edited by hand.
"""
Weights = dict[str, float]
Vector = np.ndarray[tuple[int], np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Text:
    """An annotated text, read with the names found (`real`) or with those of gold."""

    name: str
    real: bool
    document: Document
    gold: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Example:
    """A figure that gold knows: its candidates' features, which of them are right, what the rules guess."""

    text: Text
    features: owners.Features
    right: frozenset[str]
    guess: str


def texts(paths: Sequence[Path], folders: Sequence[Path]) -> Iterator[Text]:
    """Every text in both forms."""
    for path in paths:
        gold = score.load(path)
        document = pipeline.document(score.page_of(path, gold, folders))[0]
        yield Text(path.stem, True, document, gold)
        yield Text(path.stem, False, annotated(document, gold), gold)


def annotated(document: Document, gold: Mapping[str, Any]) -> Document:
    """The document with the names of the gold file in place of those found."""
    rows = {row["id"]: row for row in gold["entities"]}
    forms = {
        "".join(f.split()): i for i, row in rows.items() for f in (row["name"], *row.get("mentions", ()))
    }
    longest = sorted(filter(None, forms), key=len, reverse=True)
    entities = tuple(Entity(i, r["type"], r["name"], tuple(r.get("mentions", ()))) for i, r in rows.items())
    mentions = tuple(tuple(spotted(s.text, longest, forms, rows)) for s in document.sentences)
    home = next((e for e in entities if e.name == gold.get("place")), None)
    articles = tuple(replace(a, home=None) for a in document.articles)
    return replace(document, mentions=mentions, entities=entities, home=home, articles=articles)


def spotted(
    text: str, longest: Sequence[str], forms: Mapping[str, str], rows: Mapping[str, Any]
) -> list[Mention]:
    """The names of gold in a sentence, the longest first."""
    found: list[Mention] = []
    for form in longest:
        at = text.find(form)
        while at >= 0:
            end, row = at + len(form), rows[forms[form]]
            if not any(m.start < end and at < m.end for m in found):
                found.append(Mention(at, end, form, row["type"], row["name"], entity=row["id"]))
            at = text.find(form, at + 1)
    return sorted(found, key=lambda m: m.start)


def examples(text: Text) -> list[Example]:
    """The figures of a text whose right owner is known, owned as the rules guess."""
    found: list[Example] = []
    names = score.Names(text.document.entities, text.gold["entities"])

    def choose(figure: owners.Figure, features: owners.Features) -> tuple[str, float]:
        wanted = subjects(figure, text.gold["observations"])
        right = frozenset(key for key in features if names.same.get(key, set()) & wanted)
        if wanted:
            found.append(Example(text, features, right, figure.guess))
        return figure.guess, 1.0

    observations.find(text.document, choose, lambda *_: 1.0)
    return found


def subjects(figure: owners.Figure, rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """Whose gold says a figure is: of the rows with its number, those whose metric is worded most alike."""
    fits = [(fuzz.ratio(fold(row["metric"]), fold(figure.words)), row) for row in rows if told(figure, row)]
    best = max((likeness for likeness, _ in fits), default=0)
    return {s for likeness, row in fits if likeness >= best - 5 for s in score.answers(row, "s", "s_alt")}


def told(figure: owners.Figure, row: Mapping[str, Any]) -> bool:
    """Whether a row of gold has the figure's number, and from the same words."""
    item = figure.item
    if isinstance(item, Rank):
        same = row.get("rank") == item.value
    elif isinstance(item, Change):
        same = row.get("change") is not None and abs(float(item.value) - row["change"]) < 1e-6
    else:
        same = row.get("value") is not None and measured(item, row)
    text, quote = fold(figure.text), fold(row["evidence"])
    size = min(TOLD, len(quote))
    return same and any(quote[i : i + size] in text for i in range(len(quote) - size + 1))


def measured(item: Quantity, row: Mapping[str, Any]) -> bool:
    return (item.value, item.unit or None) == score.measured(row["value"], row.get("unit") or "")


def fit(found: Sequence[Example]) -> Weights:
    """Weights that make the right candidates likely; a text with many figures counts less for each."""
    useful = [e for e in found if 0 < len(e.right) < len(e.features)]
    number = Counter((e.text.name, e.text.real) for e in useful)
    share = np.array([number[e.text.name, e.text.real] ** -0.5 for e in useful])
    share *= len(useful) / share.sum()
    seen = {(n, e.text.name) for e in useful for names in e.features.values() for n in names}
    pages = Counter(name for name, _ in seen)
    index: dict[str, int] = {}
    columns: list[int] = []
    rows: list[int] = []
    groups: list[int] = []
    right: list[float] = []
    for group, example in enumerate(useful):
        for key, every in example.features.items():
            names = [name for name in every if pages[name] >= FEW]
            columns += [index.setdefault(name, len(index)) for name in names]
            rows += [len(groups)] * len(names)
            groups.append(group)
            right.append(key in example.right)
    fitted = descend(np.array(columns), np.array(rows), np.array(groups), np.array(right), share)
    return dict(zip(index, fitted, strict=True))


def descend(columns: Vector, rows: Vector, groups: Vector, right: Vector, share: Vector) -> list[float]:
    """The least loss by gradient descent with momentum (Adam)."""
    weights = np.zeros(columns.max() + 1)
    drift, spread = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, STEPS + 1):
        sums = np.bincount(rows, weights[columns], minlength=len(groups))
        odds = np.exp(sums - sums.max())
        every, good = np.bincount(groups, odds), np.bincount(groups, odds * right)
        error = (odds / every[groups] - odds * right / good[groups]) * share[groups]
        slope = np.bincount(columns, error[rows], len(weights)) / len(share) + RIDGE * weights
        drift, spread = 0.9 * drift + 0.1 * slope, 0.99 * spread + 0.01 * slope**2
        rate = RATE * (1 if step < 0.6 * STEPS else 0.3)
        weights -= rate * (drift / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.99**step)) + 1e-8)
    return [float(w) for w in weights]


def right(found: Iterable[Example], weights: Weights | None) -> Iterator[bool]:
    """Whether each figure gets a right owner, by the guess alone or by weight."""
    for e in found:
        figure = owners.Figure("", Rank(0, 0, "", 1), "", e.guess)
        yield (owners.best(figure, e.features, weights)[0] if weights else e.guess) in e.right


def measure(text: Text, weights: Weights | None) -> score.Tally:
    """The figures of a text against gold."""
    choose = partial(owners.best, weights=weights) if weights else lambda figure, _: (figure.guess, 1.0)
    d = text.document
    found = observations.find(d, choose, lambda *_: 1.0)[0]
    scores = score.Scores()
    score.compare(
        Extraction(d.page, d.issue, d.articles, d.entities, (), tuple(found), ()), text.gold, scores
    )
    return scores.tallies["observation"]


def validate(read: Sequence[Text], found: Sequence[Example], folds: int) -> None:
    """Print how the guess and the weights do on texts left out of the fitting."""
    names = sorted({t.name for t in read})
    fold_of = {name: i % folds for i, name in enumerate(Random(1).sample(names, len(names)))}
    fitted = [fit([e for e in found if fold_of[e.text.name] != i]) for i in range(folds)]
    for real in (False, True):
        hits: dict[str, list[bool]] = defaultdict(list)
        tallies = {"rules": score.Tally(), "weights": score.Tally()}
        for text in (t for t in read if t.real == real):
            weights = fitted[fold_of[text.name]]
            own = [e for e in found if e.text is text]
            hits["rules"] += right(own, None)
            hits["weights"] += right(own, weights)
            tallies["rules"] += measure(text, None)
            tallies["weights"] += measure(text, weights)
        for how, t in tallies.items():
            owned = f"{sum(hits[how])} of {len(hits[how])} owners right"
            names_of = "names found" if real else "gold names"
            print(f"{names_of:12} {how:8} {owned}, P {t.precision:.3f} R {t.recall:.3f} F1 {t.f1:.3f}")


def written(weights: Weights, figures: int, pages: int) -> str:
    """The weights as TOML, the weightiest first."""
    kept = sorted(((w, n) for n, w in weights.items() if abs(w) >= SMALL), key=lambda row: (-row[0], row[1]))
    lines = "".join(f'"{name}" = {weight:.2f}\n' for weight, name in kept)
    return HEADER.format(figures=figures, texts=pages) + "\n[weights]\n" + lines


def main() -> None:
    """Fit, measure and, where asked to, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gold", type=Path, nargs="+")
    parser.add_argument("--pages", type=Path, nargs="*", default=[], help="folders of the texts")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--write", type=Path)
    args = parser.parse_args()
    read = list(texts(args.gold, [*args.pages, *{path.parent for path in args.gold}]))
    found = [e for text in read for e in examples(text)]
    validate(read, found, args.folds)
    if args.write:
        args.write.write_text(written(fit(found), len(found), len(args.gold)), "utf-8")


if __name__ == "__main__":
    main()
