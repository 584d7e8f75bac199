"""An open index: a connection a thread, for reading alone."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


class Index:
    """`search.sqlite` of one generation of a graph."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self._mine = threading.local()
        ((told,),) = self.rows("SELECT told FROM meta")
        # What the graph holds in numbers: `things` by class, `facts`, `figures`, `articles`, `pages` …
        self.told: Mapping[str, Any] = json.loads(told)

    def rows(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        """The answer to a question in SQL."""
        return self._connection().execute(query, values).fetchall()

    def _connection(self) -> sqlite3.Connection:
        known: sqlite3.Connection | None = getattr(self._mine, "connection", None)
        if known is None:
            known = sqlite3.connect(f"{self.path.as_uri()}?mode=ro&immutable=1", uri=True)
            self._mine.connection = known
        return known
