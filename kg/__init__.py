"""Reads pages of Chinese regional newspapers into a knowledge graph with proof.

The names a notebook needs: `read_page`, `build`, `open_store`, `ask`, `show`.

>>> import kg
>>> from tempfile import mkdtemp
>>> from pathlib import Path
>>> folder = Path(mkdtemp())
>>> _ = (folder / "page.txt").write_text("2025年上半年，忻州市出口额13.67亿元，同比增长25.5%。", "utf-8")
>>> _ = kg.build(folder / "page.txt", folder)
>>> store = kg.open_store(folder)
>>> [figure.text for figure in kg.show(store, "忻州").figures]
['13.67亿元']
>>> kg.ask(store, "SELECT ?city WHERE { ?figure fz:about ?city }").strings()
[('忻州市',)]
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["ask", "build", "open_store", "read_page", "show"]

if TYPE_CHECKING:
    from kg.known import show
    from kg.notebook import build, read_page
    from kg.queries import ask
    from kg.store import open_store

_HOMES = {
    "read_page": "notebook",
    "build": "notebook",
    "open_store": "store",
    "ask": "queries",
    "show": "known",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the names differ in type; type checkers see the imports above
    """Load a name when it is first used: a worker that reads pages needs no store and no views."""
    if name not in _HOMES:
        raise AttributeError(f"module 'kg' has no attribute {name!r}")
    return getattr(import_module(f"kg.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
