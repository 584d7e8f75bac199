"""A printing press for tests: articles in columns with headlines, captions and a masthead, as PDF and scans.

The texts are the articles of seeds/. Chromium sets and prints; pdfium and Pillow make the print look scanned.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import cycle, pairwise
from pathlib import Path

import pypdfium2
from PIL import Image, ImageFilter
from playwright.sync_api import Browser

from kg import pages, sources
from kg.model import Page

SEEDS = Path(__file__).parent.parent / "seeds"
DPI = 150
CAPTIONS = ("图为生产车间一角。 王小明摄", "工人正在检修设备。 李四摄", "图为展会现场。 本报记者 张三 摄")
MASTHEAD = (
    "晋川日报",
    "2025年8月2日 星期六 农历乙巳年闰六月初九 国内统一连续出版物号:CN00-0000 第8012期 今日4版",
)
STYLE = """
@page { size: 390mm 430mm; margin: 14mm 12mm }
* { margin: 0; padding: 0; box-sizing: border-box }
body { font: 10.5pt/1.45 'Noto Serif CJK SC'; text-align: justify }
.sheet { break-after: page; height: 400mm; overflow: hidden }
.masthead { font: 900 54pt/1.1 'Noto Serif CJK SC'; letter-spacing: 6pt }
.imprint { font-size: 9pt; border-bottom: 1.5pt solid; margin-bottom: 5mm }
.band { display: flex; gap: 6mm; margin-bottom: 6mm }
.story { position: relative }
.standing { display: flex; gap: 5mm } .standing.right { flex-direction: row-reverse }
.standing h2 { writing-mode: vertical-rl; text-orientation: upright; flex: none; letter-spacing: 0 }
h2 { font: 700 21pt/1.25 'Noto Sans CJK SC'; margin-bottom: 3mm; text-align: center }
.big h2 { font-size: 34pt } .lefty h2 { text-align: left }
h3 { font: 500 14pt/1.3 'Noto Sans CJK SC'; text-align: center; margin-bottom: 2mm }
h4 { font: 700 11.5pt/1.5 'Noto Sans CJK SC' }
.columns { column-gap: 6mm; flex: 1 } .ruled { column-rule: .4pt solid #444 }
p { text-indent: 2em; overflow-wrap: anywhere }
figure { break-inside: avoid; margin: 2mm 0 } figure i { display: block; height: 36mm; background: #aaa }
figcaption { font: 8.5pt/1.4 'Noto Sans CJK SC'; margin-top: 1mm }
.boxed { border: .8pt solid; padding: 3mm }
.vertical { writing-mode: vertical-rl } .vertical, .vertical .columns { height: 165mm }
.vertical h2 { margin: 0 0 0 4mm; text-align: left }
.round { position: relative; height: 330mm } .round > * { position: absolute }
.round .column { top: 20mm; width: 87mm } .round .cut p:first-child { text-indent: 0 }
.round .boxed { left: 93mm; top: 66mm; width: 180mm }
"""


@dataclass(frozen=True)
class Story:
    """An article: what must be read back, in this order."""

    title: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        """Headline and body without white space."""
        return "".join("".join((self.title, *self.paragraphs)).split())


@dataclass(frozen=True)
class Setting:
    """How one article stands on the sheet."""

    columns: int
    style: str = ""  # big, lefty, boxed, ruled, vertical
    standing: str = ""  # a vertical headline: left or right
    kicker: str = ""
    picture: int = -1  # the paragraph before which a picture stands
    inset: bool = False  # another article stands in a box between the outer columns of four


# Bands of articles side by side, 3 to 5 columns over the width; then a sheet set from top to bottom, and an
# article round another.
SHEETS: tuple[tuple[tuple[Setting, ...], ...], ...] = (
    ((Setting(4, "big", picture=3),), (Setting(2), Setting(2, "ruled")), (Setting(4, standing="left"),)),
    (
        (Setting(3, "big", kicker="聚焦高质量发展"), Setting(2)),
        (Setting(3, standing="right"), Setting(2, "boxed")),
    ),
    ((Setting(5, "big ruled", picture=2),), (Setting(2), Setting(3)), (Setting(5, "lefty"),)),
    ((Setting(3, picture=1),), (Setting(2, standing="left"), Setting(1)), (Setting(3, "big"),)),
    ((Setting(1), Setting(3, "big", picture=2)), (Setting(2), Setting(2)), (Setting(4),)),
    ((Setting(2, "boxed"), Setting(2, standing="right")), (Setting(4, "big", kicker="全省经济观察"),)),
    ((Setting(4, "lefty big", picture=0),), (Setting(1), Setting(1), Setting(2))),
    ((Setting(3, standing="left", picture=4), Setting(2)), (Setting(5, "ruled"),), (Setting(2), Setting(3))),
    ((Setting(3),), (Setting(1, "boxed"), Setting(2, picture=1)), (Setting(3, standing="right"),)),
    ((Setting(4, "big"),), (Setting(3), Setting(1, standing="right")), (Setting(2), Setting(2))),
    ((Setting(3, "vertical"),), (Setting(4, "vertical"),)),
    ((Setting(4, inset=True),),),
)
FLAT = 10  # of them are set in lines and without a box amid the columns


def stories() -> list[Story]:
    """The articles of the seeds that have a headline and are neither a line nor a page long."""
    found = []
    for page in sources.read([SEEDS]):
        if isinstance(page, Page):
            _, articles, sentences, _ = pages.layout(page)
            for article in articles:
                own = [s for s in sentences if s.article == article.number]
                title = next((s.text for s in own if s.role == "title"), "")
                body: dict[int, str] = {}
                for sentence in own:
                    if sentence.role == "body":
                        body[sentence.paragraph] = body.get(sentence.paragraph, "") + sentence.text
                if 6 <= len(title) <= 24 and 200 <= sum(map(len, body.values())) <= 1700:
                    found.append(Story(title, tuple(body.values())))
    return found


def edition(sheets: int = len(SHEETS)) -> Iterator[tuple[list[Story], str]]:
    """The first sheets: the articles of each in print order, and its HTML."""
    supply = cycle(stories())
    captions = cycle(CAPTIONS)
    for bands in SHEETS[:sheets]:
        printed, rows = [], []
        for band in bands:
            cells = []
            for setting in band:
                story = next(supply)
                printed.append(story)
                if setting.inset:
                    printed.append(next(supply))
                    cells.append(_round(story, printed[-1]))
                else:
                    cells.append(_article(story, setting, next(captions)))
            rows.append(f"<div class=band>{''.join(cells)}</div>")
        head = f"<div class=masthead>{MASTHEAD[0]}</div><div class=imprint>{MASTHEAD[1]}</div>"
        yield printed, f"<div class=sheet>{head}{''.join(rows)}</div>"


def _article(story: Story, setting: Setting, caption: str) -> str:
    figure = f"<figure><i></i><figcaption>{escape(caption)}</figcaption></figure>"
    lines = [
        f"{figure if n == setting.picture else ''}<p>{escape(p)}" for n, p in enumerate(story.paragraphs)
    ]
    kicker = f"<h3>{escape(setting.kicker)}</h3>" if setting.kicker else ""
    kind = f"story {setting.style} {'standing ' + setting.standing if setting.standing else ''}"
    return (
        f"<div class='{kind}' style='flex:{setting.columns}'>{kicker}<h2>{escape(story.title)}</h2>"
        f"<div class='columns {setting.style}' style='column-count:{setting.columns}'>"
        f"{''.join(lines)}</div></div>"
    )


def _round(story: Story, inner: Story) -> str:
    """An article in four columns, of which the middle ones end over a box with another article."""
    text = "\n".join(story.paragraphs)
    cuts = [round(share * len(text)) for share in (0, 0.36, 0.5, 0.64, 1)]
    columns = []
    for n, (start, stop) in enumerate(pairwise(cuts)):
        paragraphs = escape(text[start:stop].strip("\n")).replace("\n", "<p>")
        kind = "cut" if "\n" not in text[max(0, start - 1) : start + 1] and start else ""
        columns.append(f"<div class='column {kind}' style='left:{93 * n}mm'><p>{paragraphs}</div>")
    inside = f"<h2>{escape(inner.title)}</h2>" + "".join(f"<p>{escape(p)}" for p in inner.paragraphs)
    box = f"<div class=boxed><div class=columns style='column-count:2'>{inside}</div></div>"
    title = f"<h2 style='width:100%'>{escape(story.title)}</h2>"
    return f"<div class=round style='flex:4'>{title}{''.join(columns)}{box}</div>"


def pdf(browser: Browser, sheets: Sequence[str]) -> bytes:
    """The sheets printed to one PDF with a text layer."""
    tab = browser.new_page()
    tab.set_content(f"<meta charset=utf-8><style>{STYLE}</style>{''.join(sheets)}")
    data = tab.pdf(prefer_css_page_size=True, print_background=True)
    tab.close()
    return data


def scan(data: bytes, sheet: int) -> bytes:
    """One sheet of a PDF as a scanner would give it: grey, blurred, noisy and turned by half a degree."""
    document = pypdfium2.PdfDocument(data)
    image = document[sheet].render(scale=DPI / 72, grayscale=True).to_pil().convert("L")
    image = image.rotate(0.5, Image.Resampling.BICUBIC, fillcolor=255)
    image = image.filter(ImageFilter.GaussianBlur(0.8))
    noise = Image.effect_noise(image.size, 24)
    image = Image.blend(image, noise, 0.12)
    out = io.BytesIO()
    image.save(out, "PNG", dpi=(DPI, DPI))
    return out.getvalue()
