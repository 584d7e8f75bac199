"""Reads `kg/rules/*.toml` (how the papers say it) and `kg/lexicon/*.tsv` (what is known before reading).

The only module that opens those files. Tables are read once a process. The environment variable `KG_RULES`
names a folder of the user's own: what its `relations.toml` says is added to the relations.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

OWN = "KG_RULES"


class RuleError(ValueError):
    """A rule or lexicon file that cannot be used: names the file, the place and the remedy."""


@cache
def table(name: str) -> dict[str, Any]:
    """The parsed `kg/rules/<name>.toml`; to the relations, those of the user's own are added."""
    text = (files("kg") / "rules" / f"{name}.toml").read_text("utf-8")
    shipped = _parsed(text, f"kg/rules/{name}.toml")
    own = own_folder() if name == "relations" else None
    return joined(shipped, read(own / "relations.toml"), own / "relations.toml") if own else shipped


def own_folder() -> Path | None:
    """The folder of the user's own rules, if there is one. Raises RuleError where it is named but missing."""
    named = os.environ.get(OWN)
    if named and not Path(named).is_dir():
        raise RuleError(f"{OWN}={named}: no such folder; make it, or unset {OWN}")
    return Path(named) if named else None


def read(path: Path) -> dict[str, Any]:
    """The tables of a user's own file; none where there is no file."""
    try:
        return _parsed(path.read_text("utf-8"), str(path))
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError as error:
        raise RuleError(f"{path}: not UTF-8: {error}; save it as UTF-8") from error


def joined(table: Mapping[str, Any], more: Mapping[str, Any], where: Path) -> dict[str, Any]:
    """Two tables as one: tables within them joined, lists one after the other, else the second's word.

    Raises RuleError where the second, from the file `where`, has something of another shape.
    """
    both = dict(table)
    for key, value in more.items():
        old = both.get(key)
        if old is not None and type(old) is not type(value):
            raise RuleError(
                f"{where}: {key} is of another shape than ours; write it as kg/rules/relations.toml does"
            )
        if isinstance(old, dict):
            both[key] = joined(old, value, where)
        else:
            both[key] = [*old, *value] if isinstance(old, list) else value
    return both


def _parsed(text: str, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RuleError(f"{where}: {error}; mend the TOML there") from error


@cache
def lexicon(name: str) -> tuple[dict[str, str], ...]:
    """The rows of `kg/lexicon/<name>.tsv`; lines that start with # tell origin and licence."""
    text = (files("kg") / "lexicon" / f"{name}.tsv").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    columns = lines[0].split("\t")
    return tuple(dict(zip(columns, line.split("\t"), strict=True)) for line in lines[1:])
