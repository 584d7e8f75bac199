"""Reads `kg/rules/*.toml` (how the papers say it) and `kg/lexicon/*.tsv` (what is known before reading).

The only module that opens those files. Tables are read once a process.
"""

from __future__ import annotations

import csv
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


class RuleError(ValueError):
    """A rule or lexicon file that cannot be used: names the file, the place and the remedy."""


@cache
def table(name: str) -> dict[str, Any]:
    """The parsed `kg/rules/<name>.toml`."""
    try:
        return tomllib.loads((files("kg") / "rules" / f"{name}.toml").read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise RuleError(f"kg/rules/{name}.toml: {error}; mend the TOML there") from error


@cache
def lexicon(name: str) -> tuple[dict[str, str], ...]:
    """The rows of `kg/lexicon/<name>.tsv`; lines that start with # tell origin and licence."""
    text = (files("kg") / "lexicon" / f"{name}.tsv").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return tuple(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
