"""How Chinese characters are read aloud. Whoever imports this waits a quarter of a second for its words."""

from __future__ import annotations

from functools import lru_cache

from pypinyin import Style
from pypinyin.converter import DefaultConverter
from pypinyin.core import Pinyin

_MANY = 1 << 16  # words and runs that are remembered: names share most of theirs


class _Converter(DefaultConverter):
    """Converts each word once: pypinyin does it character by character, through all its hooks."""

    convert = lru_cache(_MANY)(DefaultConverter.convert)


_reader = Pinyin(_Converter())


@lru_cache(_MANY)
def syllables(run: str) -> tuple[str, ...]:
    """The syllables of a run of Chinese characters, without tones, `v` for ü."""
    return tuple(_reader.lazy_pinyin(run))


def letters(text: str) -> str:
    """Text with the first letters of their syllables in the place of Chinese characters."""
    return "".join(_reader.lazy_pinyin(text, style=Style.FIRST_LETTER))
