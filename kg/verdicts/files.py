"""The file of judgements: tab-separated, a header line, one judgement a line, in any order."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from kg.iris import ENTITIES
from kg.model import Problem
from kg.verdicts import disputes, mending
from kg.verdicts.records import (
    COLUMNS,
    IDENTITY,
    NEEDS,
    OF_FACTS,
    OF_FIGURES,
    Alias,
    Different,
    Judgement,
    Same,
    Verdicts,
)  # fmt: skip
from kg.verdicts.retyping import typed

HEADER = "\t".join(COLUMNS)
_SAID = len(COLUMNS) - 3  # cells that say what is judged, not who judged it, when and why
_THINGS = {"same": ("subject", "object"), "different": ("subject", "object")}


class VerdictError(ValueError):
    """A judgement that cannot be written or found, in one line with the remedy."""


def read(path: Path) -> Verdicts:
    """The judgements of a file; none where there is no file. Bad lines are problems and cost nothing else.

    Raises VerdictError where the whole file cannot be read: nothing may be built without what people said.
    """
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        return Verdicts(path.name)
    except UnicodeDecodeError as error:
        raise VerdictError(f"{path}: cannot be read: {error}; save it as UTF-8 text") from error
    except OSError as error:
        raise VerdictError(f"{path}: cannot be read: {error.strerror}; name another file") from error
    return parse(text, path.name)


def parse(text: str, name: str) -> Verdicts:
    """The judgements of a text that stands in the file `name`."""
    found: dict[Judgement, Judgement] = {}
    problems: list[Problem] = []
    for item in _lines(text, name):
        if isinstance(item, Problem):
            problems.append(item)
        else:
            found.setdefault(item, item)
    quarrels = list(disputes.find(found.values()))
    problems += [_dispute(name, lines) for lines in quarrels]
    disputed = frozenset[Judgement]().union(*quarrels)
    return _made(name, (j for j in found if j not in disputed), problems)


def _made(name: str, judgements: Iterable[Judgement], problems: Iterable[Problem]) -> Verdicts:
    """Judgements that do not contradict each other, made ready to be applied."""
    kept = tuple(sorted(judgements))
    statements: defaultdict[str, list[Judgement]] = defaultdict(list)
    for j in kept:
        if j.verdict not in (*IDENTITY, "type"):
            statements[j.page].append(j)
    types: dict[str, Judgement] = {}
    for j in kept:
        if j.verdict == "type":
            types.setdefault(j.subject, j)
    by_page = {page: tuple(lines) for page, lines in statements.items()}
    return Verdicts(name, kept, tuple(problems), by_page, types, tuple(_identity(kept, types)))


def _identity(
    judgements: Iterable[Judgement], types: Mapping[str, Judgement]
) -> Iterator[Same | Different | Alias]:
    """What says which names stand for which things, under the keys that these have in their classes."""
    for j in judgements:
        if j.verdict == "alias":
            yield Alias(j.value, typed(j.subject, types), j)
        elif j.verdict in IDENTITY:
            a, b = sorted(typed(key, types) for key in (j.subject, j.object))
            yield (Same if j.verdict == "same" else Different)(a, b, j)


def append(path: Path, judgements: Iterable[Judgement]) -> list[Judgement]:
    """Write judgements to the end of a file, which is made where there is none; they come back numbered.

    Those that stand there already are left out. Raises VerdictError, and writes nothing, where none is
    left, or one is wrong or contradicts another.
    """
    held, lines = read(path), _rows(path)
    if held.problems and not held.judgements and lines[1:]:
        raise VerdictError(f"{path}: {held.problems[0].message}; {held.problems[0].remedy}")
    known = {j.cells[:_SAID]: j for j in held.judgements}
    fresh = [j for j in judgements if j.cells[:_SAID] not in known]
    if not fresh:
        lines_there = ", ".join(str(known[j.cells[:_SAID]].line) for j in judgements)
        raise VerdictError(f"{path}: line {lines_there} says so already")
    numbered = [replace(j, line=n) for n, j in enumerate(fresh, len(lines) + 1)]
    for j in numbered:
        if wrong := fault(j):
            raise VerdictError(f"{wrong[0]}; {wrong[1]}")
    for torn in disputes.find([*held.judgements, *numbered]):
        raise VerdictError(
            f"{path}: {disputes.told(torn)}; take the others back first with: kg judge undo LINE"
        )
    columns = _cells(lines[0])
    _write(path, [*lines, *(_row([getattr(j, name) for name in columns]) for j in numbered)])
    return numbered


def remove(path: Path, words: Sequence[str]) -> tuple[int, str]:
    """Take a line out of a file, by its number or by words that no other line has; its number and its text.

    Raises VerdictError where no line, or more than one, is meant.
    """
    lines = _rows(path)
    if len(words) == 1 and words[0].isdecimal():
        found = [n for n in (int(words[0]),) if 1 < n <= len(lines)]
    else:
        found = [n for n, line in enumerate(lines, 1) if n > 1 and all(word in line for word in words)]
    said = " ".join(words)
    if not found:
        raise VerdictError(f"{path}: there is no line {said}; see them with: kg judge list")
    if len(found) > 1:
        raise VerdictError(
            f"{path}: {said} is in lines {', '.join(map(str, found))}; give one of the numbers"
        )
    line = lines.pop(found[0] - 1)
    _write(path, lines)
    return found[0], " ".join(filter(None, _cells(line)))


def _rows(path: Path) -> list[str]:
    """The lines of a file, or the header that a new one has."""
    try:
        return path.read_text("utf-8-sig").splitlines() or [HEADER]
    except FileNotFoundError:
        return [HEADER]


def _cells(line: str) -> list[str]:
    """The cells of a line, as spreadsheets write them too."""
    return [cell.strip() for cell in next(csv.reader([line], "excel-tab"), [])]


def _row(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, "excel-tab", lineterminator="").writerow(cells)
    return line.getvalue()


def _write(path: Path, lines: Iterable[str]) -> None:
    """The old file or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}")
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
        out.writelines(f"{line}\n" for line in lines)
    Path(name).replace(path)


def _lines(text: str, name: str) -> Iterator[Judgement | Problem]:
    rows = text.splitlines()
    columns = _cells(rows[0]) if rows else list(COLUMNS)
    if "verdict" not in columns or not set(columns) <= set(COLUMNS):
        unknown = ", ".join(sorted(set(columns) - set(COLUMNS))) or "no verdict"
        yield _problem(
            name, 1, f"the header is wrong: {unknown}", f"write: {' '.join(COLUMNS)}, with tabs between"
        )
        return
    for number, row in enumerate(rows[1:], 2):
        if not row.strip() or row.startswith("#"):
            continue
        cells = _cells(row)
        if len(cells) > len(columns):
            yield _problem(
                name, number, f"{len(cells)} cells for {len(columns)} columns", "take the tabs out"
            )
            continue
        judgement = Judgement(**dict(zip(columns, cells, strict=False)), line=number)
        wrong = fault(judgement)
        yield _problem(name, number, *wrong) if wrong else judgement


def fault(j: Judgement) -> tuple[str, str] | None:
    """What is wrong with a judgement, and the remedy."""
    if j.verdict not in NEEDS:
        return f"there is no verdict {j.verdict!r}", f"one of {', '.join(NEEDS)}"
    lacking = [name for name in NEEDS[j.verdict] if not getattr(j, name)]
    if lacking:
        return f"{j.verdict} lacks {', '.join(lacking)}", "fill it in, or take the line out"
    for name in _keys(j):
        if getattr(j, name).partition(":")[0] not in ENTITIES:
            return (
                f"{name} {getattr(j, name)!r} is no thing",
                "write its key, such as ent:山西焦煤 or place:140900",
            )
    if j.when and not _is_day(j.when):
        return f"{j.when!r} is no day", "write it as 2025-08-02"
    if j.verdict in _THINGS and j.subject == j.object:
        return f"{j.subject} twice", "name two things"
    return _misfit(j)


def _keys(j: Judgement) -> Iterator[str]:
    """The cells that must name a thing."""
    yield "subject"
    if j.verdict in _THINGS or j.of_fact:
        yield "object"
    if j.verdict in ("subject", "object"):
        yield "value"


def _misfit(j: Judgement) -> tuple[str, str] | None:
    """A value that is not of the sort that its verdict needs."""
    if j.verdict in (*OF_FACTS, *OF_FIGURES) and j.verdict not in (OF_FACTS if j.of_fact else OF_FIGURES):
        fits = ", ".join(OF_FACTS if j.of_fact else OF_FIGURES)
        return f"{'a fact' if j.of_fact else 'a figure'} has no {j.verdict}", f"one of {fits}"
    try:
        mending.checked(j)
    except ValueError as error:
        return f"{j.verdict} {j.value!r}: no such thing", str(error)
    return None


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _problem(name: str, line: int, message: str, remedy: str) -> Problem:
    return Problem(f"{name}:{line}", message, remedy, severity="error")


def _dispute(name: str, lines: frozenset[Judgement]) -> Problem:
    return Problem(name, disputes.told(lines), disputes.REMEDY, severity="error")
