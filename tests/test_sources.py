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

TRADITIONAL = "本報訊 今年上半年，全市外貿進出口總額達14.13億元，同比增長14.3%。"


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
        (TRADITIONAL.encode("big5"), "big5hkscs"),
        (NEWS.encode("utf-16-le"), "utf-16-le"),
        ((NEWS + "\n2024\n").encode("utf-16-le"), "utf-16-le"),
        ((NEWS + "\n2024\n").encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_decodes(data: bytes, encoding: str) -> None:
    text, found = sources.decode(data)
    assert text.strip().startswith((NEWS, TRADITIONAL))
    assert found == encoding


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_what_is_cut_off_or_damaged_is_read_and_told(tmp_path: Path, encoding: str) -> None:
    data = (NEWS * 20).encode(encoding)
    file = tmp_path / "page.txt"
    file.write_bytes(data[:40] + b"\xff\xff" + data[42:-1])
    pages, problems = read(file)
    assert pages[0].text.count("今年上半年") >= 19
    assert [("damaged" in p.message, p.severity) for p in problems] == [(True, "warning")]
    assert problems[0].span
    assert pages[0].text[problems[0].span.start] == "\ufffd"


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


def test_records_in_other_shapes(tmp_path: Path) -> None:
    rows = [
        {"Article": NEWS, "Date": 20240305},
        {"content": [NEWS, NEWS]},
        {"text": "外贸\ud800增长。"},
        {"n": 1},
        {"n": 2},
    ]
    (tmp_path / "lines.json").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    pages, problems = read(tmp_path / "lines.json")
    assert [(p.text, p.published) for p in pages] == [
        (NEWS, "2024-03-05"),
        (f"{NEWS}\n{NEWS}", None),
        ("外贸\ufffd增长。", None),
    ]
    assert ["damaged" in problems[0].message, "line 4 has no text" in problems[1].message] == [True, True]
    assert "1 more" in problems[1].message
    (tmp_path / "held.json").write_text(json.dumps({"total": 2, "data": rows[:2]}), "utf-8")
    assert len(read(tmp_path / "held.json")[0]) == 2


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


def test_a_member_that_lies_of_its_size_costs_no_other(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("liar.txt", NEWS * 1000)
        archive.writestr("page.txt", NEWS)
    data = bytearray(packed.getvalue())
    entry = data.index(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (100).to_bytes(4, "little")
    (tmp_path / "pages.zip").write_bytes(data)
    pages, problems = read(tmp_path)
    assert [page.name for page in pages] == ["page.txt"]
    assert [p.page for p in problems] == ["pages.zip/liar.txt"]


def test_names_in_the_encoding_of_another_system(tmp_path: Path) -> None:
    name = "河阳日报第2版.txt"
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("x" * len(name.encode("gbk")), NEWS)
    data = (tmp_path / "a.zip").read_bytes()
    (tmp_path / "a.zip").write_bytes(data.replace(b"x" * len(name.encode("gbk")), name.encode("gbk")))
    with tarfile.open(tmp_path / "b.tar", "w", encoding="gbk", format=tarfile.GNU_FORMAT) as tar:
        info = tarfile.TarInfo(name)
        info.size = len(NEWS.encode())
        tar.addfile(info, io.BytesIO(NEWS.encode()))
    assert [page.name for page in read(tmp_path)[0]] == [name, name]


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
    row = json.dumps({"text": NEWS}).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("p.txt", NEWS)
    for data in (row, row + b"\n" + row, b"[" + row + b"]", codecs.BOM_UTF8 + row, packed.getvalue()):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
        assert {page.text for page in read("-")[0]} == {NEWS}
