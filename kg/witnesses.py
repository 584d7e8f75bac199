"""Who says a thing independently: reprints and near-duplicates of one article count as one witness.

An article's fingerprint is a bottom-k sketch of its shingles: the `K` smallest hashes of its runs of `RUN`
characters, as hexadecimal digits. Two fingerprints tell how alike two texts are without the texts.
"""

from __future__ import annotations

import heapq
import re
import zlib
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from itertools import combinations
from typing import TypeVar

import networkx as nx

RUN = 6  # characters of a shingle
K = 24  # hashes kept: what two texts share is told to within a tenth
ALIKE = 0.6  # of the shingles of the shorter text in the longer: it is a reprint, or a part of one
SEEN = 4  # hashes of a text that can be compared, below which nothing is told
LEAST = 40  # characters, below which texts are alike by chance
_WIDTH = 8
_LETTERS = re.compile(r"[\W_]+")
_MIX, _MASK = 0x9E3779B1, 0xFFFFFFFF

Name = TypeVar("Name", bound=Hashable)


def fingerprint(text: str) -> str:
    """The fingerprint of a text: marks and line breaks do not matter. None for one that is too short."""
    letters = _LETTERS.sub("", text)
    if len(letters) < LEAST:
        return ""
    coded = letters.encode("utf-32-le")
    runs = {coded[at : at + 4 * RUN] for at in range(0, len(coded) - 4 * RUN + 1, 4)}
    # CRC-32 is linear; the product spreads what differs in few bits.
    hashes = {zlib.crc32(run) * _MIX & _MASK for run in runs}
    return "".join(f"{number:0{_WIDTH}x}" for number in heapq.nsmallest(K, hashes))


def likeness(one: str, other: str) -> float:
    """The share of the shorter text's shingles that the longer one has too, from 0 to 1, by fingerprints."""
    if one == other:
        return float(bool(one))
    a, b = _hashes(one), _hashes(other)
    # Below this hash both fingerprints are complete.
    limit = min((max(h) for h in (a, b) if len(h) == K), default="g")
    a, b = ({part for part in h if part <= limit} for h in (a, b))
    fewer = min(len(a), len(b))
    return len(a & b) / fewer if fewer >= SEEN else 0.0


def _hashes(fingerprint: str) -> set[str]:
    return {fingerprint[at : at + _WIDTH] for at in range(0, len(fingerprint), _WIDTH)}


def independent(voices: Mapping[Name, str], fingerprints: Mapping[Name, str]) -> list[list[Name]]:
    """Articles in groups of one witness each, in order: of one voice (paper or source), or alike.

    `voices` has every article, with its paper or the source that it is taken from.
    """
    ties = nx.Graph()
    ties.add_nodes_from(voices)
    by_voice: defaultdict[str, list[Name]] = defaultdict(list)
    for name, voice in voices.items():
        by_voice[voice].append(name)
    for same in by_voice.values():
        nx.add_path(ties, same)
    ties.add_edges_from(reprints({name: fingerprints.get(name, "") for name in voices}))
    return sorted(sorted(group, key=str) for group in nx.connected_components(ties))


def reprints(fingerprints: Mapping[Name, str]) -> Iterable[tuple[Name, Name]]:
    """Pairs of articles that are alike: only those that share a hash are compared."""
    by_hash: defaultdict[str, list[Name]] = defaultdict(list)
    for name, fingerprint in fingerprints.items():
        for part in _hashes(fingerprint):
            by_hash[part].append(name)
    pairs = {pair for names in by_hash.values() for pair in combinations(names, 2)}
    return [(a, b) for a, b in pairs if likeness(fingerprints[a], fingerprints[b]) >= ALIKE]
