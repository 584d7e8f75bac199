"""What a build has read, in `pages.sqlite`: each page's extraction, so that only what changes is read anew.

Three tables: `items`, what pages and inputs gave; `files`, which items a file gives, so that it need not even
be decoded; `members`, the items of each generation of the store. The link `store` tells which generation
counts, so that the shelf and the store change in one moment, whenever a build is killed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from kg.extractions import Damaged, Item, load
from kg.model import Extraction
from kg.store.sparql import StoreError

FILE = "pages.sqlite"
_VERSION = 2
_OFTEN = 0.5  # seconds between two commits while pages are read
_PATIENCE = 60  # seconds to wait for others that read or write
_TABLES = """
CREATE TABLE items (key TEXT PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT, body BLOB NOT NULL);
CREATE INDEX pages ON items (sha256);
CREATE TABLE files (file TEXT, item TEXT, PRIMARY KEY (file, item)) WITHOUT ROWID;
CREATE TABLE members (generation TEXT, item TEXT, origin TEXT, PRIMARY KEY (generation, item, origin))
    WITHOUT ROWID;
"""


class Shelf:
    """The items of one generation, and all others that may come to use again."""

    def __init__(self, connection: sqlite3.Connection, generation: str) -> None:
        self._db, self._generation = connection, generation
        self._committed = monotonic()

    # --- reading

    def extraction(self, page: str) -> Extraction | None:
        """What the page with this SHA-256 says by itself, if it is in the graph."""
        item = next(self._rows("AND sha256 = ? ORDER BY name LIMIT 1", page), None)
        try:
            return load(item.body) if item else None
        except Damaged as error:
            raise StoreError(
                f"{FILE}: a page is damaged: {error}; delete the file and build again"
            ) from error

    def items(self) -> Iterator[Item]:
        """All that the graph is made of, one after the other."""
        return self._rows("ORDER BY items.rowid")

    def pages(self) -> list[str]:
        """The names of the pages, each once, in order."""
        return sorted({name for _, name, is_page in self._contents() if is_page})

    def contents(self) -> dict[str, str]:
        """The name of each page, and of what could not be read, by key."""
        return {key: name for key, name, _ in self._contents()}

    def _contents(self) -> Iterator[tuple[str, str, bool]]:
        chosen = "SELECT key, name, sha256 NOTNULL FROM items JOIN members ON item = key WHERE generation = ?"
        return iter(self._db.execute(chosen, (self._generation,)))

    def _rows(self, condition: str, *values: str) -> Iterator[Item]:
        chosen = "EXISTS (SELECT 1 FROM members WHERE generation = ? AND item = key)"
        query = f"SELECT key, name, sha256, body FROM items WHERE {chosen} {condition}"
        return map(Item._make, self._db.execute(query, (self._generation, *values)))

    # --- writing

    def has(self, key: str) -> bool:
        """Whether an extraction is kept under a key."""
        found = self._db.execute("SELECT 1 FROM items WHERE key = ? AND sha256 NOTNULL", (key,))
        return found.fetchone() is not None

    def given(self, file: str) -> list[str]:
        """The keys of what a file gives, if it is known and all of it is kept; else none."""
        joined = "SELECT item, items.key FROM files LEFT JOIN items ON item = items.key WHERE file = ?"
        found = self._db.execute(joined, (file,)).fetchall()
        return [item for item, key in found] if all(key for _, key in found) else []

    def put(self, item: Item) -> None:
        """Keep an item."""
        self._db.execute("INSERT OR IGNORE INTO items VALUES (?, ?, ?, ?)", item)
        if monotonic() - self._committed > _OFTEN:
            self.commit()

    def know(self, file: str, items: Iterable[str]) -> None:
        """Remember what a file gives."""
        self._db.executemany("INSERT OR IGNORE INTO files VALUES (?, ?)", ((file, item) for item in items))

    def join(self, origin: str, item: str) -> None:
        """Make an item part of the graph."""
        self._db.execute("INSERT OR IGNORE INTO members VALUES (?, ?, ?)", (self._generation, item, origin))

    def commit(self) -> None:
        """Make sure that all is kept."""
        self._db.commit()
        self._committed = monotonic()

    def inherit(self, earlier: str) -> None:
        """Take over what an earlier generation held, but for what came of origins that are in this one."""
        self._db.execute(
            "INSERT INTO members SELECT :this, item, origin FROM members WHERE generation = :earlier"
            " AND origin NOT IN (SELECT origin FROM members WHERE generation = :this)",
            {"this": self._generation, "earlier": earlier},
        )

    def leave(self, items: Iterable[str]) -> None:
        """Take items out of the graph."""
        gone = ((self._generation, item) for item in items)
        self._db.executemany("DELETE FROM members WHERE generation = ? AND item = ?", gone)

    def tidy(self) -> None:
        """Drop what no generation holds, now that this one stands."""
        held = "SELECT item FROM members"
        lacking = f"SELECT file FROM files WHERE item NOT IN ({held})"
        self._db.execute(f"DELETE FROM items WHERE key NOT IN ({held})")
        self._db.execute(f"DELETE FROM files WHERE file IN ({lacking})")
        self.commit()


def open_shelf(folder: Path) -> Shelf:
    """What the graph of a build folder was made of. Raises StoreError where it is not kept."""
    path = folder / FILE
    if not path.is_file():
        raise StoreError(f"{folder}: no pages kept here; make them with: kg build PAGES --out {folder}")
    connection = _connected(f"{path.absolute().as_uri()}?mode=ro")
    try:
        version = connection.execute("PRAGMA user_version").fetchone()
    except sqlite3.Error as error:
        raise StoreError(f"{path}: {error}; delete it and build again") from error
    if version != (_VERSION,):
        raise StoreError(f"{path}: kept by another version of kg; build again")
    return Shelf(connection, current(folder))


@contextmanager
def writing(folder: Path, generation: str) -> Iterator[Shelf]:
    """The shelf of a build folder, to be filled with a new generation. What is put there stays."""
    path = folder / FILE
    connection = _connected(f"{path.absolute().as_uri()}?mode=rwc")
    try:
        _prepare(connection, (current(folder), generation))
        shelf = Shelf(connection, generation)
        try:
            yield shelf
        finally:
            shelf.commit()
    except (sqlite3.Error, Damaged) as error:
        raise StoreError(f"{path}: {error}; mend that, or delete it and build again") from error
    finally:
        connection.close()


def current(folder: Path) -> str:
    """The name of the generation that counts."""
    return (folder / "store").resolve().name


def _prepare(connection: sqlite3.Connection, generations: tuple[str, str]) -> None:
    """Make the tables, or remove what killed builds left in them."""
    if connection.execute("PRAGMA user_version").fetchone() != (_VERSION,):
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            connection.execute(f"DROP TABLE {name}")
        connection.executescript(f"{_TABLES} PRAGMA user_version = {_VERSION};")
    connection.execute("DELETE FROM members WHERE generation NOT IN (?, ?)", generations)


def _connected(uri: str) -> sqlite3.Connection:
    try:
        return sqlite3.connect(uri, timeout=_PATIENCE, uri=True)
    except sqlite3.Error as error:
        raise StoreError(f"{uri}: cannot be opened: {error}; build again") from error
