"""Fits the weights by which a figure read is kept or left out, and measures them on pages not fitted on.

    python bench/figures.py GOLD.json … [--pages FOLDER …] [--folds 5] [--write kg/rules/figures.toml]

Each text is read with the names that the program finds and with those of the gold file, its owners chosen by
weights fitted on the other texts, as they are on pages never seen. The weights are those of a logistic model
over the features of each figure; a figure is right where gold tells the same.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import owners as choice
from owners import Text, Weights, texts

from kg import observations, score
from kg.model import Extraction, Observation
from kg.observations import owners, trust

RIDGE, STEPS, RATE = 0.002, 250, 0.1
FEW = 8  # pages that a feature must be seen on
LEAST = (0.0, 0.2, 0.25, 0.3, 0.35, 0.4)  # the thresholds that are measured
CHOSEN = 0.3
HEADER = """# How much each feature of a figure speaks for its being right, and what likelihood is kept.
# Made by bench/figures.py from {figures} figures of {texts} annotated pages; not to be edited by hand.
"""
Vector = np.ndarray[tuple[int], np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Example:
    """A figure read: its features, and whether gold tells it."""

    text: Text
    features: Sequence[str]
    right: bool


def examples(text: Text, choose: owners.Choose) -> list[Example]:
    """All figures read in a text."""
    found: list[Example] = []
    names = score.Names(text.document.entities, text.gold["entities"])

    def believe(o: Observation, features: Sequence[str]) -> float:
        right = any(score.matches(o, row, names) for row in text.gold["observations"])
        found.append(Example(text, features, right))
        return 1.0

    observations.find(text.document, choose, believe)
    return found


def chosen(read: Sequence[Text], folds: int) -> dict[str, owners.Choose]:
    """For each text the choice of owners that was fitted on the texts of the other folds."""
    names = sorted({t.name for t in read})
    fold_of = {name: i % folds for i, name in enumerate(Random(1).sample(names, len(names)))}
    known = [e for text in read for e in choice.examples(text)]
    weights = [choice.fit([e for e in known if fold_of[e.text.name] != i]) for i in range(folds)]
    return {name: partial(owners.best, weights=weights[i]) for name, i in fold_of.items()}


def fit(found: Sequence[Example]) -> Weights:
    """Weights that make right figures likely; a text with many figures counts less for each."""
    seen = {(name, e.text.name) for e in found for name in e.features}
    pages = Counter(name for name, _ in seen)
    index = {name: i for i, name in enumerate(sorted(n for n, times in pages.items() if times >= FEW))}
    number = Counter((e.text.name, e.text.real) for e in found)
    share = np.array([number[e.text.name, e.text.real] ** -0.3 for e in found])
    pairs = [(index[name], row) for row, e in enumerate(found) for name in e.features if name in index]
    columns, rows = np.array(pairs).T
    fitted = descend(columns, rows, np.array([e.right for e in found], float), share / share.sum())
    return dict(zip(index, fitted, strict=True))


def descend(columns: Vector, rows: Vector, right: Vector, share: Vector) -> list[float]:
    """The least loss by gradient descent with momentum (Adam)."""
    weights = np.zeros(columns.max() + 1)
    drift, spread = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, STEPS + 1):
        odds = 1 / (1 + np.exp(-np.bincount(rows, weights[columns], len(right))))
        slope = np.bincount(columns, ((odds - right) * share)[rows], len(weights)) + RIDGE * weights
        drift, spread = 0.9 * drift + 0.1 * slope, 0.99 * spread + 0.01 * slope**2
        rate = RATE * (1 if step < 0.6 * STEPS else 0.3)
        weights -= rate * (drift / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.99**step)) + 1e-8)
    return [float(w) for w in weights]


def measure(text: Text, choose: owners.Choose, weights: Weights, least: float) -> score.Tally:
    """The figures of a text that are likely enough, against gold."""

    def believe(o: Observation, features: Sequence[str]) -> float:
        return 1.0 if trust.likelihood(o, features, weights) >= least else -1.0

    d = text.document
    found = observations.find(d, choose, believe)[0]
    scores = score.Scores()
    score.compare(
        Extraction(d.page, d.issue, d.articles, d.entities, (), tuple(found), ()), text.gold, scores
    )
    return scores.tallies["observation"]


def validate(
    read: Sequence[Text], choose: dict[str, owners.Choose], found: Sequence[Example], folds: int
) -> Iterator[str]:
    """How each threshold does on texts left out of the fitting."""
    names = sorted({t.name for t in read})
    fold_of = {name: i % folds for i, name in enumerate(Random(1).sample(names, len(names)))}
    fitted = [fit([e for e in found if fold_of[e.text.name] != i]) for i in range(folds)]
    for real in (False, True):
        for least in LEAST:
            judged = partial(measure, least=least)
            tallies = (judged(t, choose[t.name], fitted[fold_of[t.name]]) for t in read if t.real == real)
            t = sum(tallies, score.Tally())
            names_of = "names found" if real else "gold names"
            yield f"{names_of:12} {least:4} P {t.precision:.3f} R {t.recall:.3f} F1 {t.f1:.3f}"


def written(weights: Weights, figures: int, pages: int) -> str:
    """The weights as TOML, the weightiest first."""
    rows = sorted(weights.items(), key=lambda row: (-row[1], row[0]))
    lines = "".join(f'"{name}" = {weight:.2f}\n' for name, weight in rows)
    return HEADER.format(figures=figures, texts=pages) + f"\nleast = {CHOSEN}\n\n[weights]\n" + lines


def main() -> None:
    """Fit, measure and, where asked to, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gold", type=Path, nargs="+")
    parser.add_argument("--pages", type=Path, nargs="*", default=[], help="folders of the texts")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--write", type=Path)
    args = parser.parse_args()
    read = list(texts(args.gold, [*args.pages, *{path.parent for path in args.gold}]))
    choose = chosen(read, args.folds)
    found = [e for text in read for e in examples(text, choose[text.name])]
    for line in validate(read, choose, found, args.folds):
        print(line)
    if args.write:
        args.write.write_text(written(fit(found), len(found), len(args.gold)), "utf-8")


if __name__ == "__main__":
    main()
