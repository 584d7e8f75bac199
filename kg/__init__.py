"""Reads pages of Chinese regional newspapers into a knowledge graph with proof.

The names a notebook needs: `read_page`, `build`, `open_store`, `ask`, `show`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["ask", "build", "open_store", "read_page", "show"]

if TYPE_CHECKING:
    from kg.known import show
    from kg.notebook import build, read_page
    from kg.queries import ask
    from kg.store import open_store

_HOMES = {"read_page": "notebook", "build": "notebook", "open_store": "store", "ask": "queries", "show": "known"}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the names differ in type; type checkers see the imports above
    """Load a name when it is first used: a worker that reads pages needs no store and no views."""
    if name not in _HOMES:
        raise AttributeError(f"module 'kg' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"kg.{_HOMES[name]}"), name)
