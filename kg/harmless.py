"""Texts from pages are hostile until proved otherwise: what makes them harmless, by the place they go to."""

from __future__ import annotations

import re
import unicodedata

from rich import markup

_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # with these a spreadsheet would begin to compute
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Backslashes that rich would eat: at the end, where a tag may follow, and before a bracket that opens no tag.
_EATEN = re.compile(r"\\+$|\\(?=\[(?![a-z#/@][^\[]*?\]))")
_UNSEEN = ("Cc", "Cf", "Cs")  # controls, among them what moves the cursor and what turns the line round


def one_line(text: object) -> str:
    """On one line, without characters that nobody sees."""
    line = " ".join(str(text).split())
    return "".join(c for c in line if unicodedata.category(c) not in _UNSEEN)


def terminal(text: object) -> str:
    """For rich: no markup of its own, nothing that a terminal would obey."""
    return markup.escape(_EATEN.sub(lambda m: m[0] * 2, one_line(text)))


def cell(text: str) -> str:
    """For a spreadsheet: never a formula; numbers stay numbers."""
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def xml(text: str) -> str:
    """For XML: without the control characters that it cannot hold."""
    return _NOT_XML.sub("", text)


def script(json: str) -> str:
    """For a script element: JSON that no HTML parser can take for markup."""
    return json.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
