"""What all pages of the explorer share: the snapshot of the graph that is served."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from starlette.requests import Request

from kg.model import Extraction
from kg.search import Index, open_index
from kg.shelf import current, open_shelf
from kg.store import Store, open_store

_OPENING = Lock()


@dataclass(frozen=True, slots=True)
class Site:
    """A graph being served. `generation` is the folder of its store, which no build ever changes."""

    folder: Path
    generation: Path
    store: Store
    index: Index

    def extraction(self, sha256: str) -> Extraction | None:
        """What the page of that SHA-256 says, its text and layout with it."""
        return open_shelf(self.folder).extraction(sha256)


def open_site(folder: Path) -> Site:
    """The site of a build folder. Raises `StoreError` where no graph is there."""
    generation = (folder / "store").resolve()
    store = open_store(folder)
    return Site(folder, generation, store, open_index(folder, generation, store))


def site(request: Request) -> Site:
    """The site that a request is answered from: that of the generation which counts now.

    The earlier one stays open for those who read it, and while one thread opens the new.
    """
    state = request.app.state
    assert isinstance(state.site, Site)
    if current(state.site.folder) != state.site.generation.name and _OPENING.acquire(blocking=False):
        try:
            state.site = open_site(state.site.folder)
        finally:
            _OPENING.release()
    found: Site = state.site
    return found
