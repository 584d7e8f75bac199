"""The index of a generation of a graph, made where it is absent."""

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

FILE = "search.sqlite"  # in the folder of a store, so that it changes with it in one moment


def open_index(folder: Path, generation: Path, store: Store) -> Index:
    """The index of the store in `generation`. Raises StoreError where it cannot be made or read."""
    path = generation / FILE
    try:
        if not path.exists():
            assert isinstance(store, Embedded)
            make(path, store, texts(open_shelf(folder)) if (folder / SHELF).exists() else ())
        return Index(path)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{path}: cannot be written or read: {error}; mend that, or build again") from error
