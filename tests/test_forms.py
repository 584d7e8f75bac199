"""PDF files, scans and saved web pages: what is printed is read back, in its article and in order."""

import base64
import io
import struct
import subprocess
import sys
import zlib
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import layout
import press
import pypdfium2
import pytest
from browser import chromium
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from kg import pages, sources
from kg.model import Box, Page, Problem
from kg.sources.glyphs import Piece
from kg.sources.sheet import compose

SCANS = 2  # sheets read by OCR here; bench/layout.py reads all ten
SAVED = Path(__file__).parent / "saved_pages"
TITLE = "江城上半年外贸进出口增长14.3%"
BODY = (
    "本报讯（记者王小明）据江城海关7月22日发布的数据，2025年上半年，江城市进出口总额达14.13亿元，同比增长14.3%。",
    "江南重工有限公司的电机产品远销越南、泰国等12个国家和地区，出口额1.6亿元，公司今年还将投资5.23亿元扩建生产线。",
    "江城海关负责人表示，下一步将推动企业开展碳足迹认证，助力企业提升在国际市场的竞争力。",
)
LOCKED = (  # a PDF of one empty page that asks for a password
    "c-pO0OLN;c5We$QpzUbJJ~#vxFLI)|!)KaDV~w1&2hj(J1YNocp;Ay{=P#tU-t$|tl*cwF&a{{E0Aj!0{q}(cW{bQ$"
    "VNZB4`{(b^U&zvK-QZuFHF<7(I~Z>pf)=E4_5Qu>Jvnk)+wa_dsO@pU2qkWP70l;BSTX`AE`!t4!1m1u!$h5$oh=;_"
    "gumF$2kX1qkg(`$*L3|Q34ibUq~CQ9z#H@4l94n#->?167KOLCvfCeOkZTf(PeLusrTx`4X!LGp-?$z(BeWxG%<qmM"
    "Gu~|6<%B~_IFh~p!wux9;*>2aV5$NkKUKh$zD|zOd$7iLuFtVUqm>X9rJ~}%E3P?1H`&b*qCcRF&Pr93t6L(iQD#3?"
    "$W>90E40?)$2-!0i~7pmd~`#zBS$D;iT`W##o(HKZ4coUtSSJ8;l*DS(9u$C77{bTD3otdsc{1pm+T7pWL{CGu2B@#"
    "5qhy_xIlp!v7cWe3Yd(%zyx6V^q2(XaH?0f_G2)RSStXg##`J__UCF_fuxwz+s<$7gN+<nKVla8SvP72v)$r=hNao;"
    "?BpcnbS}G%$D+b>Z~DdzXnjWJvPetHlZa(Pm4y;aq-hLslBXh-GRtWSWx;4B(y}Z;Mp9GFqg<*Y$MRKqitQpNf`m&P"
    "`tTi@b0JyIAc+!Qlp-rREkFy1bR<=jF~up>X<X<iqFfe&XG$bAhcZ!VltqO=!rus+l%OUhWNwcahvNBnc=jtoF7Af-"
    "FxL~W>%q1GB|4z@A5l_rNm_D`DZI7^P5*$!@CajZ{0IZ3A7L8gBP<5`fce368#^3I!3#dzY(0^Ory_ijlVCMpH?XF)"
    "QnhTswzY}dwoxsuO@kkA;q<>PE`r(Q?YjK_+jVk6nhqQG%`1j!^sOV}Hl?L=p77iKdH2a;GqJxrZw7zpZmdNxn-yne"
    "@D-l_WpM"
)

Edition = tuple[list[list[press.Story]], bytes]


def read(folder: Path, name: str, data: bytes) -> tuple[list[Page], list[Problem]]:
    (folder / name).write_bytes(data)
    found = list(sources.read([folder / name]))
    return [f for f in found if isinstance(f, Page)], [f for f in found if isinstance(f, Problem)]


# --- the round trip


@pytest.fixture(scope="module")
def edition() -> Edition:
    sheets = list(press.edition())
    with chromium() as browser:
        return [stories for stories, _ in sheets], press.pdf(browser, [html for _, html in sheets])


def share(sheets: Sequence[Sequence[press.Story]], found: Sequence[Page]) -> float:
    scores = [layout.right(stories, page) for stories, page in zip(sheets, found, strict=True)]
    return sum(right for right, _ in scores) / sum(count for _, count in scores)


def test_a_printed_paper_is_read_back(tmp_path: Path, edition: Edition) -> None:
    sheets, data = edition
    found, problems = read(tmp_path, "paper.pdf", data)
    assert not problems
    count = len(press.SHEETS)
    assert [page.name for page in found] == [f"paper.pdf#{n}" for n in range(1, count + 1)]
    assert [page.number for page in found] == list(range(1, count + 1))
    assert len({page.sha256 for page in found}) == count
    assert share(sheets, found) >= 0.99
    assert [layout.lost(stories, page) for stories, page in zip(sheets, found, strict=True)] == [[]] * count
    assert {pages.layout(page)[0].published for page in found} == {"2025-08-02"}


def test_a_sheet_set_from_top_to_bottom_is_read_back(tmp_path: Path, edition: Edition) -> None:
    sheets, data = edition
    page = read(tmp_path, "paper.pdf", data)[0][press.FLAT]
    assert share(sheets[press.FLAT : press.FLAT + 1], [page]) >= 0.98
    assert all(0 <= line.box.left < line.box.right < 1110 for line in page.lines)
    assert pages.layout(page)[0].published == "2025-08-02"


def test_a_box_amid_the_columns_parts_two_articles(tmp_path: Path, edition: Edition) -> None:
    sheets, data = edition
    page = read(tmp_path, "paper.pdf", data)[0][press.FLAT + 1]
    assert share(sheets[press.FLAT + 1 :], [page]) >= 0.99


def test_turned_sheets_are_read_by_their_text_layer(tmp_path: Path, edition: Edition) -> None:
    sheets, data = edition
    document = pypdfium2.PdfDocument(data)
    for n, turn in enumerate((90, 180, 270)):
        document[n].set_rotation(turn)
    turned = io.BytesIO()
    document.save(turned)
    found = read(tmp_path, "turned.pdf", turned.getvalue())[0][:3]
    assert {page.encoding for page in found} == {"pdf"}
    assert share(sheets[:3], found) >= 0.99


def typed(cos: int, sin: int, rotation: int) -> bytes:
    """A PDF of three lines set in a direction, which its viewers turn by `rotation`."""
    starts = [(300 + 20 * n * sin, 300 - 20 * n * cos) for n in range(3)]
    lines = "".join(
        f"BT /F 12 Tf {cos} {sin} {-sin} {cos} {x} {y} Tm (Line {n} of a sheet) Tj ET\n"
        for n, (x, y) in enumerate(starts)
    )
    font = "<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
    sheet = f"/MediaBox[0 0 600 700]/Rotate {rotation}/Contents 4 0 R/Resources<</Font{font}>>"
    parts = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R{sheet}>>",
        f"<</Length {len(lines)}>>stream\n{lines}endstream",
    )
    body = "".join(f"{n} 0 obj\n{part}\nendobj\n" for n, part in enumerate(parts, 1))
    return f"%PDF-1.4\n{body}trailer<</Root 1 0 R>>\n".encode()


@pytest.mark.parametrize("rotation", [0, 90])
@pytest.mark.parametrize(("cos", "sin"), [(1, 0), (0, 1), (-1, 0), (0, -1)])
def test_text_is_upright_whichever_way_it_runs(tmp_path: Path, cos: int, sin: int, rotation: int) -> None:
    (page,), _ = read(tmp_path, "typed.pdf", typed(cos, sin, rotation))
    assert page.text.split() == [word for n in range(3) for word in f"Line {n} of a sheet".split()]
    boxes = [line.box for line in page.lines]
    assert all(before.bottom < after.bottom for before, after in pairwise(boxes))
    assert {(round(box.right - box.left), round(box.bottom - box.top)) for box in boxes} == {(89, 12)}


def test_a_scan_is_read_back(tmp_path: Path, edition: Edition) -> None:
    sheets, data = edition
    found = [page for n in range(SCANS) for page in read(tmp_path, f"{n}.png", press.scan(data, n))[0]]
    assert share(sheets[:SCANS], found) >= 0.98
    assert [layout.lost(stories, page) for stories, page in zip(sheets, found, strict=False)] == [[]] * SCANS
    assert {page.encoding for page in found} == {"ocr"}
    assert all(0.5 < line.confidence <= 1 for page in found for line in page.lines)


# The peak of the child alone: what getrusage tells of it begins with the size of the process that started it.
READING = """
import pathlib, re, sys
from kg import sources
[page] = sources.read([pathlib.Path(sys.argv[1])])
print(re.search(r"VmHWM:\\s*(\\d+)", pathlib.Path("/proc/self/status").read_text())[1])
print(max(line.box.bottom for line in page.lines))
print(page.text)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of memory is read from /proc")
def test_the_largest_scan_takes_less_than_a_gigabyte(tmp_path: Path, edition: Edition) -> None:
    image = Image.open(io.BytesIO(press.scan(edition[1], 0)))
    large = image.resize((11_000 * image.width // image.height, 11_000)).convert("RGB")
    large.save(tmp_path / "wall.png", compress_level=1)
    command = [sys.executable, "-c", READING, tmp_path / "wall.png"]
    peak, bottom, text = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split(
        "\n", 2
    )
    assert int(peak) < 1_000_000
    assert 0.8 * large.height < float(bottom) <= large.height
    assert layout.lost(edition[0][0], Page("wall.png", text, "0")) == []


def test_every_line_is_kept_with_its_place(tmp_path: Path, edition: Edition) -> None:
    page = read(tmp_path, "paper.pdf", edition[1])[0][0]
    for line, after in pairwise(page.lines):
        assert line.span.end <= after.span.start
        assert page.text[line.span.end : after.span.start].strip() == ""
    assert all(
        0 <= b.left < b.right < 1110 and 0 <= b.top < b.bottom < 1220 for b in (x.box for x in page.lines)
    )
    captions = [page.text[line.span.start : line.span.end] for line in page.lines]
    assert "图为生产车间一角。 王小明摄" in captions


PIECES = st.lists(
    st.builds(
        lambda text, left, top, size: Piece(text, Box(left, top, left + size * len(text), top + size), size),
        st.text("外贸进出口增长，。12", min_size=1, max_size=12),
        st.integers(0, 600).map(float),
        st.integers(0, 800).map(float),
        st.sampled_from((9.0, 10.5, 21.0)),
    ),
    min_size=1,
    max_size=30,
)


FRAMES = st.lists(
    st.builds(
        lambda left, top, width, height: Box(left, top, left + width, top + height),
        *(st.integers(0, 600).map(float),) * 2,
        *(st.integers(60, 400).map(float),) * 2,
    ),
    max_size=3,
)


@settings(deadline=None)
@given(PIECES, FRAMES)
def test_no_line_of_a_sheet_is_lost_or_doubled(pieces: list[Piece], frames: list[Box]) -> None:
    text, lines = compose(pieces, frames)
    assert sorted(text[line.span.start : line.span.end] for line in lines) == sorted(p.text for p in pieces)


# --- saved pages


@pytest.mark.parametrize("path", sorted(SAVED.iterdir()), ids=lambda path: path.stem)
def test_a_saved_page_gives_its_article_and_nothing_else(path: Path) -> None:
    (page,) = sources.read([path])
    assert isinstance(page, Page)
    issue, articles, sentences, _ = pages.layout(page)
    assert len(articles) == 1
    body = "".join(s.text for s in sentences if s.role == "body")
    if path.stem == "traditional-script":
        assert body.startswith("據江城海關7月22日發布的數據")
    else:
        assert body == "".join(BODY)
        assert [s.text for s in sentences if s.role == "title"] == [TITLE]
    assert (issue.published == "2025-08-02") == (path.stem != "no-date")


def test_what_the_bytes_belie_is_not_believed() -> None:
    declared = {page.name: page.encoding for page in sources.read([SAVED]) if isinstance(page, Page)}
    assert declared["declares-another-encoding.html"] == "utf-8"
    assert declared["declares-no-encoding.html"] == "gb18030"
    assert declared["traditional-script.html"] == "big5hkscs"
    assert declared["byte-order-mark.html"] == "utf-16"


# --- what cannot be read


def png(width: int, height: int) -> bytes:
    """An image that says it is of this size and holds little."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width + 1) * min(height, 10)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


BAD = {
    "cut.pdf": (b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>", "damaged"),
    "locked.pdf": (zlib.decompress(base64.b85decode(LOCKED)), "password"),
    "dot.png": (png(1, 1), "too small"),
    "wall.png": (png(20_000, 20_000), "too large"),
    "cut.png": (png(600, 600)[:50], "damaged"),
    "no.jpg": (b"\xff\xd8\xff", "damaged or none"),
    "void.html": (b"<html><body></body></html>", "no article"),
    "long.html": ("外贸".encode() * sources.LONGEST, "longer"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gives_one_clear_line(tmp_path: Path, name: str) -> None:
    data, reason = BAD[name]
    found, problems = read(tmp_path, name, data)
    assert not found
    assert [(p.severity, bool(p.remedy)) for p in problems] == [("error", True)]
    assert reason in problems[0].message


@pytest.mark.parametrize(
    ("name", "module", "extra"),
    [
        ("a.pdf", "pypdfium2", "pdf"),
        ("a.png", "PIL", "ocr"),
        ("b.png", "rapidocr", "ocr"),
        ("a.html", "trafilatura", "html"),
    ],
)
def test_a_missing_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, module: str, extra: str
) -> None:
    from kg.sources import images

    images.engine.cache_clear()
    monkeypatch.setitem(sys.modules, module, None)
    blank = io.BytesIO()
    if name == "b.png":
        Image.new("L", (200, 200), 255).save(blank, "PNG")
    _, problems = read(tmp_path, name, blank.getvalue() or b"<html>")
    assert [f"pip install 'fangzhi[{extra}]'" in p.remedy for p in problems] == [True]


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "CMYK", "I;16", "negative", "transparent"])
def test_every_kind_of_image_becomes_dark_on_light(mode: str) -> None:
    from kg.sources import images

    ink = Image.new("L", (200, 100), 0)
    ink.paste(255, (20, 40, 180, 60))
    made: dict[str, Image.Image] = {"negative": ink, "transparent": Image.new("RGBA", ink.size, "black")}
    made["transparent"].putalpha(ink)
    page = made.get(mode) or ImageOps.invert(ink).convert(mode if mode != "I;16" else "I").convert(mode)
    if mode == "I;16":
        page = page.point(lambda value: value * 256)
    grey = images.shrunk(page)
    assert (grey.mode, grey.size) == ("L", ink.size)
    assert (grey.crop((30, 45, 170, 55)).getextrema(), grey.getpixel((5, 5)) in (254, 255)) == ((0, 0), True)


def test_stray_controls_do_not_stop_the_reading(tmp_path: Path) -> None:
    found, problems = read(tmp_path, "p.txt", "本报讯 全市外贸\x00进出口\u202e总额达14.13亿元。".encode())
    assert not problems
    assert [s.text for s in pages.layout(found[0])[2]] == ["本报讯 全市外贸进出口总额达14.13亿元。"]


def test_an_archive_of_archives_ends(tmp_path: Path) -> None:
    import zipfile

    data = b"x"
    for depth in range(6):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(f"{depth}.zip" if depth else "p.txt", data)
        data = packed.getvalue()
    found, problems = read(tmp_path, "deep.zip", data)
    assert not found
    assert "too many others" in problems[0].message
