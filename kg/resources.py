"""Finds the folders that stand beside the package in a checkout and inside it in a wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

_PACKAGE = Path(__file__).resolve().parent


@cache
def folder(name: Literal["ontology", "queries", "viz"]) -> Path:
    """The folder `name`: `kg/_<name>` when installed from a wheel, `<name>` at the top of a checkout."""
    for place in (_PACKAGE / f"_{name}", _PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"the folder {name} is missing from this installation; install fangzhi again")
