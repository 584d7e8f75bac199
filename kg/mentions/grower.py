"""Growing a name to the left: over the known pieces of a text, until a word that no name holds.

Growth runs until a stop word, a mark or the longest length; then words that only precede names are cut off.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence

from kg.gazetteer import Piece
from kg.mentions.namerules import Found, Head, names

CLOSERS = {"”": "“", "》": "《", ")": "(", "）": "（", "’": "‘", "」": "「", '"': '"'}
BREAKS = frozenset("\n \u3000，。、；：！？,;:!?…“”‘「《(（[]{}<>|·—–─-~～=+*/\\\"'#●■▲◆")
INSIDE = frozenset("·-—~+/.")  # between letters or digits: 5G-A, N+1
SENTENCE_MARKS = frozenset("\n。；，;")
UNIT_TIMES = frozenset("日天年时月")  # 万吨/日
NUMERALS = frozenset("一二三四五六七八九十百千万亿零〇两几多余第")
OWNERS = frozenset({"Enterprise", "Agency", "Institution"})
ALSO = re.compile("及配套|及其")
TELLS = re.compile("记者|通讯员")  # who reports, in brackets before the first name of a story
TITLED = frozenset(["Policy", "Event", "Project", "Product", "Award"])  # names that may hold a 《title》
ACTING = frozenset(["Policy", "Event"])  # names that tell what is to be done
FULL_QUOTE = re.compile('[“"《][^”"》]+[”"》]')


class Grower:
    """Grows names to the left over the known pieces of one joined text."""

    def __init__(self, text: str, pieces: Sequence[Piece], places: Mapping[int, Found]) -> None:
        self.text = text
        self.pieces = pieces
        self.places = places
        self.starts = [p.start for p in pieces]

    def piece_at(self, index: int) -> Piece | None:
        """The known piece that covers a character."""
        i = bisect_right(self.starts, index) - 1
        return self.pieces[i] if i >= 0 and self.pieces[i].end > index else None

    def is_word(self, start: int, end: int) -> bool:
        """Whether a stretch is one word of the list, and no name."""
        piece = self.piece_at(start)
        return piece is not None and (piece.start, piece.end) == (start, end) and piece.kind != "name"

    def grow(self, head_start: int, head: Head) -> int:
        """Where a name whose head begins at `head_start` begins; `head_start` itself where it has no core."""
        text, at = self.text, head_start
        lowest = max(0, head_start - head.longest)
        while at > lowest:
            char = text[at - 1]
            if char == "》" and head.type not in TITLED:
                break
            if char in CLOSERS and (opening := self._opening(at)) >= 0:
                at = opening
                if text[opening - 1 : opening] == "”":
                    break  # “甲”“乙”行动: two names
                continue
            if char in BREAKS and not self._joins(at - 1, head):
                break
            piece = self.piece_at(at - 1)
            if piece is None:
                at -= 1
            elif piece.end <= head_start and self._ends(piece, head):
                break
            else:
                at = piece.start
        return at

    def _ends(self, piece: Piece, head: Head) -> bool:
        """Whether growth ends at this piece."""
        word = self.text[piece.start : piece.end]
        if piece.kind == "stop" and piece.start not in self.places:
            acts = head.type in ACTING and word in names().acts
            passes = acts or NUMERALS.issuperset(word) or self._measures(piece) or self._begins(piece)
            return not (passes or (head.spans and ALSO.match(self.text, piece.start)))
        if not head.modest:
            return False
        named = piece.start in self.places or any(e.type in OWNERS for e in piece.entries)
        return named or piece.kind == "verb" or word in head.bounds or word in names().known_places

    def _begins(self, piece: Piece) -> bool:
        """The 中 of 中科, 中铁, 中煤, …: nothing before it that it could belong to."""
        if self.text[piece.start : piece.end] != "中":
            return False
        if (
            not piece.start
            or self.text[piece.start - 1] in BREAKS
            or self.text[piece.start - 1] in "省市县区"
        ):
            return True
        before = self.piece_at(piece.start - 1)
        return before is not None and (before.kind == "stop" or before.start in self.places)

    def _measures(self, piece: Piece) -> bool:
        """A unit after a number, or 年产 before one: 年产10万吨."""
        if piece.start and self.text[piece.start - 1].isdigit():
            return True
        return self.text[piece.end : piece.end + 1].isdigit() and self.text[piece.start] in "年日月"

    def _opening(self, at: int) -> int:
        """Where the quotation or bracket that closes before `at` opens; -1 where it does not."""
        opening = self.text.rfind(CLOSERS[self.text[at - 1]], max(0, at - 32), at - 1)
        inside = self.text[max(0, opening) : at]
        return -1 if not SENTENCE_MARKS.isdisjoint(inside) or TELLS.search(inside) else opening

    def _joins(self, index: int, head: Head) -> bool:
        around = self.text[max(0, index - 1) : index] + self.text[index + 1 : index + 2]
        if self.text[index] == "/" and self.text[index + 1 : index + 2] in UNIT_TIMES:
            return True
        if head.type == "Event" and self.text[index] in "—-" and self.text.endswith("中国", 0, index):
            return True  # 中国—阿拉伯国家博览会
        return self.text[index] in INSIDE and len(around) == 2 and around.isascii() and around.isalnum()

    def free(self, start: int, end: int) -> int:
        """How many characters of a stretch no list knows; numerals do not count."""
        count, at = 0, start
        while at < end:
            piece = self.piece_at(at)
            if piece is None:
                count += self.text[at] not in NUMERALS and not self.text[at].isascii()
                at += 1
            else:
                at = piece.end
        return count

    def unknown_before(self, end: int, longest: int) -> int:
        """Where the run of characters that no list knows, which ends at `end`, begins."""
        start = end
        while start > max(0, end - longest) and self._unknown(start - 1):
            start -= 1
        return start

    def unknown_after(self, start: int, longest: int) -> int:
        """Where the run of characters that no list knows, which begins at `start`, ends."""
        end = start
        while end < min(len(self.text), start + longest) and self._unknown(end):
            end += 1
        return end

    def _unknown(self, index: int) -> bool:
        return self.piece_at(index) is None and self.text[index] not in BREAKS

    def proper(self, start: int, end: int) -> bool:
        """Whether a stretch holds a quotation, a known name or two characters that no list knows."""
        return self.free(start, end) >= 2 or self.quotes(start, end)

    def quotes(self, start: int, end: int) -> bool:
        """Whether a stretch holds a quotation or a known name."""
        if FULL_QUOTE.search(self.text, start, end):
            return True
        at = start
        while at < end:
            piece = self.piece_at(at)
            if piece and piece.end <= end and self.names_at(at):
                return True
            at = piece.end if piece else at + 1
        return False

    def names_at(self, start: int) -> bool:
        """Whether a place or a known organisation is named at this point."""
        piece = self.piece_at(start)
        if piece is None or start in self.places:
            return piece is not None
        owned = any(e.type in OWNERS for e in piece.entries)
        return owned or self.text[piece.start : piece.end] in names().known_places

    def trim(self, first: int, start: int, verbs: bool = True) -> int:
        """Cuts words off the front that precede a name without belonging to it."""
        lead = names().lead
        while first < start and first not in self.places:
            piece = self.piece_at(first)
            match = lead.match(self.text, first, start)
            if match and not self.splits(match.end()):
                first = match.end()
            elif verbs and piece and piece.start == first and piece.end <= start - 2 and self._acts(piece):
                first = piece.end
            elif self.text[first] in "(（" and (close := self._closing(first, start)) > 0:
                first = close
            elif self.text[first] in "”’》)）的、" or (self.text[first] in "年月日" and piece is None):
                first += 1
            else:
                break
        return first

    def _acts(self, piece: Piece) -> bool:
        """Whether a piece is a verb that cannot begin a name."""
        return piece.kind == "verb" or self.text[piece.start : piece.end] in names().acts

    def _closing(self, first: int, start: int) -> int:
        """Where the bracket that opens at `first` is closed; 0 where it is not."""
        close = max(self.text.find(c, first, start) for c in ")）")
        return close + 1

    def splits(self, index: int) -> bool:
        """Whether a known piece runs over this point."""
        piece = self.piece_at(index)
        return piece is not None and piece.start < index
