"""What this machine has of what the program can use, and what to install for the rest."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Literal as OneOf

from pyoxigraph import Literal

from kg import __version__, rules, store
from kg.harmless import one_line
from kg.store.sparql import StoreError

State = OneOf["ok", "absent", "broken"]
_REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)(?:\[[^\]]*\])?[^;]*(?:;.*extra == ['\"](?P<extra>\w+)['\"])?")
USES = {
    "html": "saved pages of sites", "pdf": "PDF", "ocr": "scans", "parquet": "kg export --to parquet",
    "scale": "kg build --engine dask, shards at an address", "dev": "tests and checks",
}  # fmt: skip
_TOO_LONG = 20  # seconds that a program may take to say its version


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked for: `absent` costs some of the work, `broken` all of it."""

    what: str
    state: State
    found: str
    remedy: str = ""


def examine(build: Path) -> Iterator[Check]:
    """Everything, what each command needs first. `build` is looked into where it exists."""
    yield Check("fangzhi", "ok", __version__)
    yield Check("python", "ok", sys.version.split()[0])
    yield from _libraries()
    yield _program("java", "-version", "the logic of kg check", "default-jre-headless")
    yield _fonts()
    yield _own_rules()
    yield from _graph(build)


def _libraries() -> Iterator[Check]:
    """The core libraries, then each extra as a whole."""
    wanted: dict[str, list[str]] = {}
    for line in requires("fangzhi") or ():
        if parts := _REQUIREMENT.match(line):
            wanted.setdefault(parts["extra"] or "", []).append(parts["name"])
    for name in wanted.pop("", ()):
        has = _version(name)
        yield Check(name, "ok" if has else "broken", has, "" if has else "install fangzhi again")
    for extra, names in wanted.items():
        versions = {name: _version(name) for name in names if name != "fangzhi"}
        found = ", ".join(f"{name} {number}" for name, number in versions.items() if number)
        whole = all(versions.values())
        remedy = f"pip install 'fangzhi[{extra}]' for {USES.get(extra, extra)}"
        yield Check(f"extra {extra}", "ok" if whole else "absent", found, "" if whole else remedy)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _program(name: str, ask: str, use: str, package: str) -> Check:
    path = shutil.which(name)
    if not path:
        return Check(name, "absent", "", f"install Debian's {package} or its like for {use}")
    return Check(name, "ok", _said(path, ask).partition("\n")[0])


def _said(*command: str) -> str:
    """What a program prints."""
    try:
        return subprocess.check_output(command, stderr=subprocess.STDOUT, text=True, timeout=_TOO_LONG)
    except (OSError, subprocess.SubprocessError) as error:
        return one_line(error)


def _fonts() -> Check:
    """Fonts of a browser on this machine; the explorer's pages are drawn where they are looked at."""
    if not shutil.which("fc-list"):
        return Check("Chinese fonts", "absent", "", "install fontconfig to see which fonts there are")
    first = min(_said("fc-list", ":lang=zh-cn", "family").splitlines(), default="")
    remedy = "" if first else "install Debian's fonts-noto-cjk or its like to look at views on this machine"
    return Check("Chinese fonts", "ok" if first else "absent", first, remedy)


def _own_rules() -> Check:
    try:
        names = rules.table("relations")
    except rules.RuleError as error:
        return Check("rules", "broken", str(error), "mend it; kg rules check proves each rule")
    return Check("rules", "ok", f"{len(names)} relations")


def _graph(build: Path) -> Iterator[Check]:
    """The store of a build folder and the room beside it."""
    try:
        opened = store.open_store(build)
        made = opened.select("SELECT DISTINCT ?v { ?program schema:softwareVersion ?v } ORDER BY ?v").rows
        by = ", ".join(cell.value for row in made for cell in row if isinstance(cell, Literal))
        remedy = "" if by in ("", __version__) else "made by another version: kg build reads its pages anew"
        yield Check(f"graph in {build}", "ok", f"by version {by}" if by else "empty", remedy)
    except StoreError as error:
        there = (build / "store").is_symlink()
        yield Check(f"graph in {build}", "broken" if there else "absent", "", str(error))
    for file in filter(Path.is_file, (build / "pages.sqlite", build / "store" / "search.sqlite")):
        yield _database(file)
    place = build if build.exists() else Path.cwd()
    free = shutil.disk_usage(place).free
    yield Check("room on disk", "ok", f"{free / 1e9:.1f} GB free")


def _database(path: Path) -> Check:
    """Whether what stands beside the store is whole."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            ((said,), *_) = database.execute("PRAGMA quick_check(1)")
    except sqlite3.Error as error:
        said = str(error)
    return Check(
        str(path), *(("ok", "") if said == "ok" else ("broken", one_line(said), "delete it and build again"))
    )
