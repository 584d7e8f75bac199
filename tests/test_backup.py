"""A build goes into a file and comes back the same; damaged files are refused whole."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest
from test_cli import kg

from kg import backup, export, shelf, store
from kg.store.sparql import StoreError
from kg.store.writing import generation


@pytest.fixture(scope="module")
def kept(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The backup of the seeds' build."""
    target = tmp_path_factory.mktemp("kept") / "build.tar.gz"
    backup.backup(built, target)
    return target


def test_all_comes_back(kept: Path, built: Path, tmp_path: Path) -> None:
    backup.restore(kept, tmp_path / "again")
    for form in ("nq", "ttl"):
        one, two = (export.FORMATS[form](store.open_store(folder)) for folder in (built, tmp_path / "again"))
        assert one == two
    for name in ("graph.ttl", "report.json", "store/search.sqlite"):
        assert (tmp_path / "again" / name).read_bytes() == (built / name).read_bytes()
    assert shelf.open_shelf(tmp_path / "again").pages() == shelf.open_shelf(built).pages()


def test_what_comes_back_can_be_built_on(kept: Path, built: Path, tmp_path: Path) -> None:
    assert kg("restore", kept, "--out", tmp_path / "b").returncode == 0
    page = sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))[0]
    removed = kg("remove", page.name, "--out", tmp_path / "b")
    assert removed.returncode == 0, removed.stderr
    kg("add", page, "--out", tmp_path / "b")
    assert (tmp_path / "b" / "graph.ttl").read_bytes() == (built / "graph.ttl").read_bytes()


@pytest.mark.parametrize("damage", ["cut", "changed", "other", "missing"])
def test_what_is_not_whole_is_refused(kept: Path, tmp_path: Path, damage: str) -> None:
    broken = tmp_path / "broken.tar.gz"
    if damage == "cut":
        broken.write_bytes(kept.read_bytes()[: kept.stat().st_size // 2])
    elif damage == "other":
        broken.write_bytes(b"no archive")
    elif damage == "changed":
        with tarfile.open(kept) as archive:
            archive.extractall(tmp_path / "x", filter="data")
        (tmp_path / "x" / "graph.ttl").write_bytes(b"")
        with tarfile.open(broken, "w:gz") as archive:
            archive.add(tmp_path / "x", ".")
    done = kg("restore", broken, "--out", tmp_path / "new")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "broken.tar.gz" in done.stderr
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "listed",
    ["[]", '{"files": [], "store": "x", "quads": 1}', '{"files": {}, "store": "/etc", "quads": 1}', "\xff"],
)
def test_a_list_that_is_none_is_refused(tmp_path: Path, listed: str) -> None:
    (tmp_path / "list").write_text(listed, "latin-1")
    with tarfile.open(tmp_path / "forged.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "list", "fangzhi-backup.json")
    with pytest.raises(StoreError, match=r"forged\.tar\.gz: not a backup"):
        backup.restore(tmp_path / "forged.tar.gz", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_what_stands_is_never_written_over(kept: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is there already"):
        backup.restore(kept, tmp_path)


def test_nobody_writes_meanwhile(built: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no graph here"):
        backup.backup(tmp_path, tmp_path / "f")
    with generation(built), pytest.raises(StoreError, match="another build is writing here"):
        backup.backup(built, tmp_path / "f")
    assert list(tmp_path.iterdir()) == []
