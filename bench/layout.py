"""How much of a printed page is read back: sheets set from seeds/, as PDF with a text layer and as scans.

    python bench/layout.py [--sheets 12] [--scans 10]

Characters count as right when they stand in the right article and in the right order.
"""

from __future__ import annotations

import argparse
import re
import shutil
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import press
from playwright.sync_api import sync_playwright
from rapidfuzz.distance import LCSseq

from kg import pages, sources
from kg.model import Page
from kg.pages.articles import gather

_LINE = 15  # characters of a printed line, about


def plain(text: str) -> str:
    """Text without white space, full-width marks folded."""
    return unicodedata.normalize("NFKC", "".join(text.split()))


def articles(page: Page) -> list[str]:
    """The articles that are read off a page: headline and body, without captions."""
    _, found, sentences, _ = pages.layout(page)
    return [
        plain("".join(s.text for s in sentences if s.article == article.number and s.role != "caption"))
        for article in found
    ]


def right(stories: Sequence[press.Story], page: Page) -> tuple[int, int]:
    """Characters of the stories read back in the right article and order, and characters in all."""
    found = articles(page) or [""]
    texts = [plain(story.text) for story in stories]
    return sum(max(LCSseq.similarity(text, a) for a in found) for text in texts), sum(map(len, texts))


def lost(stories: Sequence[press.Story], page: Page) -> list[str]:
    """Stretches as long as a printed line that are nowhere on the page as it was read."""
    read = plain(page.text)
    parts = []
    for story in stories:
        text = plain(story.text)
        parts += [text[i : i + _LINE] for i in range(0, len(text) - _LINE + 1, _LINE)]
    return [part for part in parts if part not in read and not _near(part, read)]


def _near(part: str, read: str) -> bool:
    """Whether most of a line stands in the text: columns break it, OCR misreads a character."""
    third = len(part) // 3
    return any(part[i : i + third] in read for i in range(0, len(part) - third + 1))


def read(folder: Path, name: str, data: bytes) -> list[Page]:
    """The pages of a file with these bytes."""
    (folder / name).write_bytes(data)
    return [page for page in sources.read([folder / name]) if isinstance(page, Page)]


def report(
    label: str, sheets: Sequence[Sequence[press.Story]], found: Sequence[Page], seconds: float
) -> None:
    """Prints what was read back of each sheet and of all."""
    scores = [right(stories, page) for stories, page in zip(sheets, found, strict=True)]
    gone = sum(len(lost(stories, page)) for stories, page in zip(sheets, found, strict=True))
    each = " ".join(f"{r / n:.4f}" for r, n in scores)
    share = sum(r for r, _ in scores) / sum(n for _, n in scores)
    print(f"{label}: {share:.4f} right, {gone} lines lost, {seconds / len(found):.2f} s a sheet  ({each})")


def speed() -> None:
    """Prints how fast text is repaired and cut into articles, beside one scan of it by a pattern."""
    printed = [page for page in sources.read([press.SEEDS]) if isinstance(page, Page)]
    stories = [f"# {story.title}\n\n" + "\n".join(story.paragraphs) for story in press.stories()]
    sheets = ["\n\n".join((*press.MASTHEAD, *stories[n::5])) for n in range(5)]
    clean = [Page("clean.txt", text, "") for text in sheets]
    stops = re.compile("[。！？；\n]")
    works: dict[str, Callable[[Page], object]] = {
        "scan for stops": lambda page: stops.findall(page.text),
        "repair, articles": gather,
        "and sentences, date, home": pages.layout,
    }
    for kind, texts in (("clean", clean), ("as printed", printed)):
        for label, work in works.items():
            print(f"{kind:<10} {label:<26} {_rate(work, texts):>12,.0f} characters/s")


def _rate(work: Callable[[Page], object], texts: Sequence[Page]) -> float:
    """Characters a second, by the fastest of many rounds: what else the machine does only slows it down."""
    rounds = []
    for _ in range(50):
        start = process_time()
        for page in texts:
            work(page)
        rounds.append(process_time() - start)
    return sum(len(page.text) for page in texts) / min(rounds)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sheets", type=int, default=len(press.SHEETS))
    parser.add_argument("--scans", type=int, default=press.FLAT)
    args = parser.parse_args()
    speed()
    edition = list(press.edition(args.sheets))
    truth = [stories for stories, _ in edition]
    with sync_playwright() as driver, TemporaryDirectory() as folder:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        data = press.pdf(browser, [html for _, html in edition])
        start = perf_counter()
        report("PDF ", truth, read(Path(folder), "paper.pdf", data), perf_counter() - start)
        scans = [press.scan(data, n) for n in range(min(args.scans, args.sheets))]
        start = perf_counter()
        found = [page for n, scan in enumerate(scans) for page in read(Path(folder), f"{n}.png", scan)]
        if found:
            report("scan", truth[: len(scans)], found, perf_counter() - start)


if __name__ == "__main__":
    main()
