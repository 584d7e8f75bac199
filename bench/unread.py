"""Which numbers of a corpus give no figure, and why: shares by reason, the commonest contexts of the rest.

    python bench/unread.py PAGES … [--every N] [--contexts 300]

A number is a run of digits with its unit. It is a figure, a date or period, part of a name, left with a
reason (the notes that `kg build` writes into report.json), or unread: nothing says why. A context is two
characters before the number and three after it; names are written as their class.
"""

from __future__ import annotations

import argparse
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator

from kg import pipeline, sources, values
from kg.model import Document, Extraction, Page
from kg.relations import coding, patterns

NUMBER = re.compile(r"\d[\d.,，]*\d|\d")
REASON = re.compile(r"no figure made of .*?: ")


def fates(document: Document, read: Extraction) -> Iterator[tuple[str, str]]:
    """For each number of a page what became of it, and its context."""
    told = {at for o in read.observations for e in o.evidence for at in range(e.span.start, e.span.end)}
    why = {
        at: REASON.sub("", p.message)
        for p in read.problems
        if p.span and REASON.match(p.message)
        for at in range(p.span.start, p.span.end)
    }
    for index, line in enumerate(coding.encode(document)):
        sentence = document.sentences[index]
        found = values.find(sentence.text, document.issue.day)
        timed = [(p.start, p.end) for p in found.periods]
        named = [(m.start, m.end) for m in document.mentions[index]]
        for number in NUMBER.finditer(sentence.text):
            at = sentence.offsets[number.start()]
            if any(start <= number.start() < end for start, end in timed):
                yield "date or period", ""
            elif any(start <= number.start() < end for start, end in named):
                yield "in a name", ""
            elif at in why:
                yield f"left: {why[at]}", _context(line, number)
            elif at in told:
                yield "figure", ""
            else:
                yield "unread", _context(line, number)


def _context(line: coding.Coded, number: re.Match[str]) -> str:
    at = bisect_right(line.starts, number.start()) - 1
    to = bisect_right(line.starts, number.end() - 1)
    return f"{patterns.spell(line.text[max(at - 2, 0) : at])}#{patterns.spell(line.text[to : to + 3])}"


def main() -> None:
    """Print the shares and the contexts."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pages", nargs="+")
    parser.add_argument("--every", type=int, default=1, help="read each N-th page")
    parser.add_argument("--contexts", type=int, default=40)
    args = parser.parse_args()
    counts: Counter[str] = Counter()
    contexts: Counter[tuple[str, str]] = Counter()
    pages = (item for item in sources.read(args.pages) if isinstance(item, Page))
    for number, page in enumerate(pages):
        if number % args.every == 0:
            for fate, context in fates(pipeline.document(page)[0], pipeline.read_page(page)):
                counts[fate] += 1
                contexts[fate, context] += bool(context)
    total = sum(counts.values())
    for fate, count in counts.most_common():
        print(f"{count:8} {count / total:6.1%}  {fate}")
    print()
    for (fate, context), count in contexts.most_common(args.contexts):
        print(f"{count:6}  {context:24}  {fate}")


if __name__ == "__main__":
    main()
