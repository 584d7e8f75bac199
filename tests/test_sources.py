"""Reading files of every kind: what is read, and the one problem that each bad file gives."""

import codecs
import io
import json
import os
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import sources
from kg.model import Page, Problem

NEWS = "本报讯 今年上半年，全市外贸进出口总额达14.13亿元，同比增长14.3%。"


def read(*paths: Path | str) -> tuple[list[Page], list[Problem]]:
    found = list(sources.read(paths))
    return [f for f in found if isinstance(f, Page)], [f for f in found if isinstance(f, Problem)]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (NEWS.encode(), "utf-8"),
        (codecs.BOM_UTF8 + NEWS.encode(), "utf-8-sig"),
        (NEWS.encode("gbk"), "gb18030"),
        (NEWS.encode("utf-16"), "utf-16"),
        ((NEWS + "\n2024\n").encode("utf-16-le"), "utf-16-le"),
        ((NEWS + "\n2024\n").encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_decodes(data: bytes, encoding: str) -> None:
    text, found = sources.decode(data)
    assert text.strip().startswith(NEWS)
    assert found == encoding


@given(st.text(st.characters(codec="gb18030", exclude_categories=["Cc"]), min_size=1))
def test_every_utf8_text_reads_back(text: str) -> None:
    assert sources.decode(text.encode())[0] == text.removeprefix("\ufeff")


def test_reads_folders_globs_and_files_in_order(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", "sub/c.txt", ".hidden.txt"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(NEWS, "utf-8")
    pages, problems = read(tmp_path)
    assert [page.name for page in pages] == ["a.md", "b.txt", "c.txt"]
    assert not problems
    assert [page.name for page in read(str(tmp_path / "*.txt"))[0]] == ["b.txt"]


def test_reads_records(tmp_path: Path) -> None:
    file = tmp_path / "corpus.jsonl"
    rows = [
        {"id": "x1", "text": NEWS, "date": "2024-3-5", "title": "外贸", "source": "某报"},
        {"text": NEWS},
        {"no": 1},
        {"标题": "外贸", "正文": NEWS, "日期": "2024年3月5日", "来源": "某报"},
    ]
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n{broken\n", "utf-8")
    pages, problems = read(file)
    assert [(p.name, p.published, p.title, p.source) for p in pages] == [
        ("corpus.jsonl#x1", "2024-03-05", "外贸", "某报"),
        ("corpus.jsonl#2", None, None, None),
        ("corpus.jsonl#4", "2024-03-05", "外贸", "某报"),
    ]
    assert ["line 3" in problems[0].message, "line 5" in problems[1].message] == [True, True]


def test_reads_archives(tmp_path: Path) -> None:
    packed = tmp_path / "pages.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../evil.txt", NEWS)
        archive.writestr("folder/page.txt", NEWS)
        archive.writestr("folder/empty.txt", "")
    pages, problems = read(packed)
    assert [page.name for page in pages] == ["evil.txt", "page.txt"]
    assert len(problems) == 1
    rolled = tmp_path / "pages.tar.gz"
    with tarfile.open(rolled, "w:gz") as tar:
        info = tarfile.TarInfo("page.txt")
        info.size = len(NEWS.encode())
        tar.addfile(info, io.BytesIO(NEWS.encode()))
    assert [page.name for page in read(rolled)[0]] == ["page.txt"]


def test_a_bomb_is_left_alone(tmp_path: Path) -> None:
    packed = tmp_path / "bomb.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.txt", b"0" * 30_000_000)
        archive.writestr("page.txt", NEWS)
    pages, problems = read(packed)
    assert [page.name for page in pages] == ["page.txt"]
    assert "bomb.txt" in problems[0].page


def test_the_same_bytes_give_the_same_page(tmp_path: Path) -> None:
    file = tmp_path / "page.txt"
    file.write_text(NEWS, "utf-8")
    assert read(file) == read(file)
    assert len(read(file)[0][0].sha256) == 64


BAD = {
    "empty.txt": b"",
    "blank.txt": b" \n\n ",
    "binary.txt": bytes(range(256)) * 20,
    "odd.xyz": NEWS.encode(),
    "page.pdf": b"%PDF-1.7",
    "scan.png": b"\x89PNG\r\n",
    "cut.zip": b"PK\x03\x04 cut off",
    "cut.tar": b"no tar at all",
    "broken.json": b"{",
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_give_one_problem_and_the_rest_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(BAD[name])
    (tmp_path / "zz_good.txt").write_text(NEWS, "utf-8")
    pages, problems = read(tmp_path)
    assert [page.name for page in pages] == ["zz_good.txt"]
    assert [(p.severity, bool(p.remedy), p.page.startswith(name)) for p in problems] == [
        ("error", True, True)
    ]


def test_what_is_no_page_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "long.txt"
    file.write_text("外贸" * sources.LONGEST, "utf-8")
    assert ["longer" in p.message for p in read(file)[1]] == [True]


def test_missing_and_forbidden_paths(tmp_path: Path) -> None:
    _, problems = read(tmp_path / "none.txt")
    assert [p.message for p in problems] == ["no such file or folder"]
    locked = tmp_path / "locked.txt"
    locked.write_text(NEWS, "utf-8")
    locked.chmod(0)
    if not os.access(locked, os.R_OK):
        assert [p.severity for p in read(locked)[1]] == ["error"]
    assert [p.message for p in read(tmp_path / "void")[1]] == ["no such file or folder"]


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(NEWS.encode())))
    assert [page.text for page in read("-")[0]] == [NEWS]
