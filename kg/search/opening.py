"""The index of a build folder, made anew where it is absent or of an earlier generation."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from kg.search.index import Index
from kg.search.making import make
from kg.search.texts import texts
from kg.shelf import FILE as SHELF
from kg.shelf import open_shelf
from kg.store import Embedded, Store
from kg.store.sparql import StoreError

FILE = "search.sqlite"


def open_index(folder: Path, generation: Path, store: Store) -> Index:
    """The index of the store in `generation`, a folder beside which `search.sqlite` stands."""
    path = folder / FILE
    try:
        return _known(path, generation.name)
    except (sqlite3.Error, KeyError, OSError):
        assert isinstance(store, Embedded)
    try:
        make(path, store, generation.name, texts(open_shelf(folder)) if (folder / SHELF).exists() else ())
        return _known(path, generation.name)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{path}: cannot be written: {error}; mend that") from error


def _known(path: Path, generation: str) -> Index:
    index = Index(path)
    if index.meta["generation"] != generation:
        raise KeyError(generation)
    return index
