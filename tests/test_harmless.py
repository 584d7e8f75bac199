"""What a page says does nothing where it goes: in a terminal, a spreadsheet, XML or a web page."""

from __future__ import annotations

import io
import json
import unicodedata
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.console import Console

from kg import harmless, render
from kg.answers import Answer
from kg.model import Problem
from kg.store.sparql import Table

HOSTILE = "[red]红[/red] [link=javascript:1]x[/link] [/] :smile: \x1b[31m\x1b]0;title\x07 \u202e反 \\[b]\n行"


def printed(what: object) -> str:
    """What the command would show."""
    out = io.StringIO()
    Console(file=out, width=300, emoji=False, force_terminal=False).print(what)
    return out.getvalue()


@given(st.text())
@example(HOSTILE)
@example("\\")
def test_a_terminal_shows_the_text_and_obeys_nothing(text: str) -> None:
    shown = printed(f"[bold]{harmless.terminal(text)}[/bold]").removesuffix("\n")
    assert shown.split() == harmless.one_line(text).split()
    assert not any(unicodedata.category(c) in ("Cc", "Cf") for c in shown.replace("\n", ""))


def test_nothing_that_a_page_names_is_markup() -> None:
    table = printed(render.answer(Answer(Table(("[red]c",), ()), title=HOSTILE)))
    problem = printed(render.problem(Problem(HOSTILE, HOSTILE, HOSTILE)))
    for shown in (table, problem):
        assert "[red]" in shown
        assert ":smile:" in shown
        assert "\x1b" not in shown


@pytest.mark.parametrize(
    ("text", "written"),
    [("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("\tx", "'\tx"), ("＝cmd", "'＝cmd"), ("-2+3", "'-2+3"),
     ("-2.4", "-2.4"), ("+7", "+7"), ("太原", "太原"), ("", "")],
)  # fmt: skip
def test_formulas_are_neutralised(text: str, written: str) -> None:
    assert harmless.cell(text) == written


@given(st.text())
def test_no_cell_computes(text: str) -> None:
    cell = harmless.cell(text)
    assert cell.lstrip("'") == text.lstrip("'")
    assert not cell.startswith(("=", "@", "\t", "\r"))


@given(st.text())
def test_xml_can_be_read(text: str) -> None:
    root = ElementTree.Element("a", {"b": harmless.xml(text)})
    ElementTree.fromstring(ElementTree.tostring(root))


@given(st.text())
@example("</script><img src=x onerror=alert(1)>")
@example("<!--<script>")
def test_a_script_element_holds_the_data_and_no_markup(text: str) -> None:
    class Tags(HTMLParser):
        found: tuple[str, ...] = ()

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.found += (tag,)

    data = harmless.script(json.dumps(text))
    tags = Tags()
    tags.feed(f"<script>{data}</script>")
    assert tags.found == ("script",)
    assert json.loads(data) == text
