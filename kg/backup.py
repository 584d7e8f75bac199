"""A build folder in one file, and back: proved to be whole on both ways.

The file is a tar archive with, first, a list of the digests of all else in it.
"""

from __future__ import annotations

import tarfile
import tempfile
from collections.abc import Iterator
from hashlib import file_digest
from io import BytesIO
from pathlib import Path

import msgspec

from kg.harmless import one_line
from kg.store import Store, open_store
from kg.store.sparql import StoreError
from kg.store.writing import only_writer

_LIST = "fangzhi-backup.json"
_LEVEL = 1  # of compression: the store is compressed already
_COUNT = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"


class _Listed(msgspec.Struct):
    """The first file of a backup."""

    store: str  # the folder that the link `store` names
    quads: int
    files: dict[str, str]  # digests by name


def backup(folder: Path, target: Path) -> int:
    """Write all of a build folder to a file; how many quads it holds. Nobody can write to it meanwhile.

    Raises StoreError where there is no graph, or the folder is being written.
    """
    count = _count(open_store(folder))
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.part")
    with only_writer(folder), tarfile.open(unfinished, "w:gz", compresslevel=_LEVEL) as archive:
        files = {str(path.relative_to(folder)): path for path in _files(folder)}
        digests = {name: _digest(path) for name, path in files.items()}
        content = msgspec.json.encode(_Listed((folder / "store").resolve().name, count, digests))
        head = tarfile.TarInfo(_LIST)
        head.size = len(content)
        archive.addfile(head, BytesIO(content))
        for name, path in files.items():
            archive.add(path, name, recursive=False)
    unfinished.replace(target)
    return count


def restore(source: Path, folder: Path) -> int:
    """Make a build folder of a backup; how many quads it holds. The folder must be new.

    Raises StoreError where the file is no backup, or not whole, or the folder is there.
    """
    if folder.exists():
        raise StoreError(f"{folder}: is there already; give a new folder with --out")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restored-", dir=folder.parent) as scratch:
        fresh = Path(scratch) / "build"
        try:
            with tarfile.open(source) as archive:
                archive.extractall(fresh, filter="data")
            listed = msgspec.json.decode((fresh / _LIST).read_bytes(), type=_Listed)
            (fresh / _LIST).unlink()
            changed = [name for name, digest in listed.files.items() if _digest(fresh / name) != digest]
        except (tarfile.TarError, EOFError, OSError, ValueError, LookupError) as error:
            raise StoreError(f"{source}: not a backup, or cut off: {one_line(error)}") from error
        if not any(name.startswith(f"{listed.store}/") for name in listed.files):
            raise StoreError(f"{source}: not a backup: it holds no store")
        if changed:
            raise StoreError(f"{source}: damaged: {changed[0]}; take another copy")
        (fresh / "store").symlink_to(listed.store, target_is_directory=True)
        if (count := _count(open_store(fresh))) != listed.quads:
            raise StoreError(f"{source}: holds {count} quads, not {listed.quads}; take another copy")
        fresh.rename(folder)
    return count


def _files(folder: Path) -> Iterator[Path]:
    """What counts in a build folder: the store that the link names, and the files beside it."""
    store = (folder / "store").resolve()
    for path in sorted((*folder.glob("[!.]*"), *(folder / store.name).rglob("*"))):
        if path.is_file() and path.name != "LOCK":
            yield path


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _count(store: Store) -> int:
    return int(str(getattr(store.select(_COUNT).rows[0][0], "value", 0)))
