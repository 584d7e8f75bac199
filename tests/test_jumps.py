"""Articles on two pages: put together within a file, linked between files, noted where a part is missing."""

import json
import zipfile
from pathlib import Path

import pyoxigraph as ox

from kg import builder, jumps, pages, read_page
from kg.iris import term
from kg.model import Box, Page, PrintedLine, Span
from kg.sources.jumps import joined


def sheet(number: int, *lines: tuple[str, int]) -> Page:
    """A sheet of lines with their levels, each a paragraph."""
    text, placed = "", []
    for line, level in lines:
        text += "\n\n" * bool(text)
        placed.append(PrintedLine(Span(len(text), len(text) + len(line)), Box(0, 0, 1, 1), level=level))
        text += line
    return Page(f"p.pdf#{number}", text + "\n", str(number), "pdf", number=number, lines=tuple(placed))


def test_an_article_on_two_sheets_is_put_together() -> None:
    first = sheet(
        1,
        ("我市外贸增长", 1),
        ("本报讯 今年上半年，我市外贸出口13.67亿元，企业（下转第2版）", 0),
        ("煤炭大会举行", 1),
        ("本报讯 大会昨天举行。", 0),
    )
    second = sheet(
        2,
        ("公交更新", 1),
        ("本报讯 全市新购公交车60辆。", 0),
        ("我市外贸增长", 2),
        ("（上接第1版）订单充足，产品远销12个国家。", 0),
        ("下半年，我市将开拓市场。", 0),
        ("旅游升温", 1),
        ("本报讯 假日旅游升温。", 0),
    )
    one, two = joined([first, second])
    _, articles, sentences, problems = pages.layout(one)
    text = "".join(s.text for s in sentences if s.article == 1 and s.role == "body")
    assert "企业订单充足，产品远销12个国家。下半年，我市将开拓市场。" in text
    assert len(articles) == 2
    assert not [p for p in problems if p.severity == "note"]
    assert [line.sheet for line in one.lines] == [None, None, 2, 2, 2, None, None, None]
    assert "订单" not in two.text
    assert "旅游升温" in two.text
    for page in (one, two):
        assert all(page.text[line.span.start : line.span.end].strip() for line in page.lines)


def test_an_article_that_goes_on_elsewhere_is_noted() -> None:
    page = sheet(1, ("我市外贸增长", 1), ("本报讯 我市外贸出口13.67亿元。（下转第2版）", 0))
    (alone,) = joined([page])
    (problem,) = (p for p in pages.layout(alone)[3] if p.severity == "note")
    assert "goes on on page 2" in problem.message
    assert problem.span
    assert alone.text[problem.span.start : problem.span.end] == "（下转第2版）"


FRONT = """江城日报
2024年7月16日 星期二 国内统一连续出版物号:CN00-0000 今日4版

## 我市外贸增长

本报讯 今年上半年，我市外贸出口13.67亿元，企业（下转第2版）

## 煤炭大会举行

本报讯 大会昨天举行。（下转第3版）
"""
INNER = """02 要闻 2024年7月16日 星期二 责编:甲

## 公交更新

本报讯 全市新购公交车60辆。

## 我市外贸增长

（上接第1版）订单充足，产品远销12个国家。
"""


def page(name: str, text: str) -> Page:
    return Page(name, text, name.encode().hex().ljust(64, "0"))


def links(*read: Page) -> list[tuple[str, int, str, int]]:
    """Name and article of each piece and of what it carries on."""
    found = [piece for each in read for piece in jumps.pieces(read_page(each))]
    pairs = jumps.joined(found)
    assert jumps.joined(reversed(found)) == pairs
    return [(b.page, b.article.number, a.page, a.article.number) for a, b in pairs]


def test_pages_know_what_they_lack() -> None:
    issue, articles, _, problems = pages.layout(page("a.txt", FRONT))
    assert (issue.paper, issue.sheet) == ("江城日报", None)
    assert [a.onward and FRONT[a.onward.start : a.onward.end] for a in articles] == [
        "（下转第2版）",
        "（下转第3版）",
    ]
    assert [p.message for p in problems] == [
        f"an article goes on on page {n}, which is not part of this one" for n in (2, 3)
    ]
    issue, articles, *_ = pages.layout(page("b.txt", INNER))
    assert (issue.paper, issue.sheet) == (None, 2)
    assert [a.back and INNER[a.back.start : a.back.end] for a in articles] == [None, "（上接第1版）"]


def test_pieces_in_files_of_one_issue_are_linked() -> None:
    inner = page("jcrb_20240716_02.txt", INNER)
    assert links(page("jcrb_20240716_01.txt", FRONT), inner) == [(inner.name, 2, "jcrb_20240716_01.txt", 1)]
    assert links(page("jcrb_20240716_01.md", FRONT), inner) == [(inner.name, 2, "jcrb_20240716_01.md", 1)]
    named = page("x.txt", "《江城日报》2024-07-16 星期二 A2\n" + INNER.split("\n", 1)[1])
    assert links(page("y.txt", FRONT), named) == [("x.txt", 2, "y.txt", 1)]


def test_pieces_of_other_issues_are_not() -> None:
    front = page("jcrb_01.txt", FRONT)
    assert not links(front)
    assert not links(front, page("other_02.txt", INNER))
    assert not links(front, page("jcrb_02.txt", INNER.replace("7月16日", "7月17日")))
    assert not links(front, page("jcrb_03.txt", INNER.replace("02 要闻", "03 要闻").replace("我市", "甲")))
    assert not links(front, page("jcrb_02.txt", INNER.replace("上接第1版", "上接第4版")))


def test_of_several_pieces_the_headline_tells() -> None:
    front = page("jcrb_01.txt", FRONT.replace("第3版", "第2版"))
    more = INNER + "\n## 煤炭大会\n\n（上接第1版）签约项目11个。\n"
    assert sorted(links(front, page("jcrb_02.txt", more))) == [
        ("jcrb_02.txt", 2, "jcrb_01.txt", 1),
        ("jcrb_02.txt", 3, "jcrb_01.txt", 2),
    ]


def test_a_build_links_the_pages_of_an_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "issue.zip", "w") as archive:
        archive.writestr("20240716/02.txt", INNER)
        archive.writestr("20240716/01.txt", FRONT)
    builder.build([tmp_path / "issue.zip"], tmp_path / "out")
    report = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    messages = [p["message"] for p in report["problems"]]
    assert [m[:26] for m in messages if "goes on" in m or "begins" in m] == ["an article goes on on page"]
    store = ox.Store.read_only(str(next((tmp_path / "out").rglob("CURRENT")).parent))
    assert len(list(store.quads_for_pattern(None, term("fz:continues"), None))) == 2  # page's graph and union
