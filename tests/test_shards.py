"""Reading and merging apart: on any machine and day, and the graph is the one that a build gives."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from test_shelf import CITIES, Steps, build, result, text

from kg import builder, shards
from kg.engines import here
from kg.store.sparql import StoreError


@pytest.fixture
def pages(tmp_path: Path) -> list[Path]:
    """Small pages, in three folders."""
    folders = [tmp_path / f"pages{n}" for n in range(3)]
    for n, city in enumerate(CITIES):
        folders[n % 3].mkdir(exist_ok=True)
        (folders[n % 3] / f"{n}.txt").write_text(text(city), "utf-8")
    return folders


@pytest.mark.parametrize("scheme", ["", "file://", "memory://"])
def test_what_is_read_here_and_there_merges_to_what_a_build_gives(
    pages: list[Path], tmp_path: Path, scheme: str
) -> None:
    here_, there = f"{scheme}{tmp_path}/here", f"{scheme}{tmp_path}/there"
    builder.read([pages[0], pages[1]], here_, here)
    builder.read([pages[2]], there, here)
    builder.read([pages[1]], there, here)  # read twice
    builder.merge_shards([there, here_], tmp_path / "merged", here)
    build(pages, tmp_path / "built")
    assert result(tmp_path / "merged") == result(tmp_path / "built")
    steps = Steps()
    build(pages, tmp_path / "merged", progress=steps)
    assert not steps.read, "a build goes on from what was merged"


def test_reading_goes_on_where_it_was(pages: list[Path], tmp_path: Path) -> None:
    where = str(tmp_path / "shards")
    builder.read([pages[0]], where, here)
    before = shards.place(where).names()
    steps = Steps()
    assert builder.read([*pages, tmp_path / "missing.txt"], where, here, steps)[0].page == "missing.txt"
    assert sorted(steps.kept) == ["0.txt", "3.txt"]
    assert sorted(steps.read) == ["1.txt", "2.txt", "4.txt", "5.txt"]
    assert set(before) < set(shards.place(where).names())
    steps = Steps()
    builder.read(pages, where, here, steps)
    assert not steps.read
    assert len(shards.place(where).names()) == 2, "nothing new, no new shard"


def test_shards_are_named_by_their_content(
    pages: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "_MOST", 2)
    for name in ("a", "b"):
        builder.read(pages, str(tmp_path / name), here)
    names = [shards.place(str(tmp_path / name)).names() for name in ("a", "b")]
    assert names[0] == names[1]
    assert len(names[0]) == 4  # three of two pages, and one of what the files give


def test_shards_that_cannot_be_used_are_told_in_one_line(
    pages: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = str(tmp_path / "shards")
    builder.read(pages, where, here)
    (shard,) = Path(where).iterdir()
    whole = shard.read_bytes()
    for damaged in (whole[:-9], b"", gzip.compress(b"{}")):
        shard.write_bytes(damaged)
        with pytest.raises(StoreError, match=f"{shard.name}: damaged"):
            builder.merge_shards([where], tmp_path / "out", here)
    shard.write_bytes(whole)
    with pytest.raises(StoreError, match="no shards there"):
        builder.merge_shards([str(tmp_path / "none")], tmp_path / "out", here)
    monkeypatch.setattr(shards, "program", lambda: "another")
    with pytest.raises(StoreError, match="another version or other rules"):
        builder.merge_shards([where], tmp_path / "out", here)
    with pytest.raises(StoreError, match="check the address"):
        builder.read(pages, "nowhere://x", here)
