"""From Python: the names that `import kg` gives, and what a notebook shows of them."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

import kg

TEXT = "2025年上半年，忻州市出口额13.67亿元，同比增长25.5%。"


class Shown(HTMLParser):
    """The elements and the text of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_every_name_is_there_and_documented() -> None:
    for name in kg.__all__:
        assert name in dir(kg)
        assert getattr(kg, name).__doc__
    with pytest.raises(AttributeError, match="nothing"):
        kg.nothing  # noqa: B018


def test_types_are_shipped() -> None:
    assert (Path(kg.__file__).parent / "py.typed").is_file()


def test_reading_a_page_loads_no_store_and_no_checks() -> None:
    program = f"import sys, kg; kg.read_page({TEXT!r}).facts; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "kg.pipeline" in loaded
    assert not loaded & {"pyshacl", "owlready2", "pyvis"}


def test_a_page_shows_its_text_with_the_proofs_highlighted() -> None:
    html = kg.read_page(TEXT)._repr_html_()
    assert Shown(html).text == TEXT
    assert re.search(r'<mark title="忻州市 出口额 13\.67亿元">', html)


def test_a_hostile_page_is_shown_as_text() -> None:
    text = f'<script>alert(1)</script>{TEXT}<img src=x onerror="alert(1)">'
    shown = Shown(kg.read_page(text)._repr_html_())
    assert shown.tags <= {"div", "mark"}
    assert shown.text == text


def test_a_file_that_is_not_one_page_says_so(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    with pytest.raises(ValueError, match=r"empty\.txt"):
        kg.read_page(tmp_path / "empty.txt")
    with pytest.raises(ValueError, match=r"missing\.txt"):
        kg.read_page(tmp_path / "missing.txt")
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text(TEXT + name, "utf-8")
    (tmp_path / "empty.txt").unlink()
    with pytest.raises(ValueError, match=r"2 pages; use kg\.build"):
        kg.read_page(tmp_path)
    assert kg.read_page(tmp_path / "a.txt").page.name == "a.txt"
