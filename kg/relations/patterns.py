"""The language of the patterns in relations.toml: plain regular expressions over one character a name.

`{s}` and `{o}` stand for a name that may be subject or object, `{s+}` and `{o+}` for a list of them
(甲、乙和丙), `{City}` or any class for a name that is no part of the fact, and the words of `GAPS` and of the
relation's own `words` for what may stand between.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from kg import rules
from kg.relations.places import FINENESS

GROUPS = {"Place": tuple(FINENESS), "Organization": ("Enterprise", "Agency", "Institution")}
CLASSES = (
    *GROUPS["Place"],
    *GROUPS["Organization"],
    *("Project", "Policy", "Product", "Award", "Event", "Person", "Group"),
)
CODE = {name: chr(0xE000 + i) for i, name in enumerate(CLASSES)}
OTHER = chr(0xE000 + len(CLASSES))  # a class that a user added: a name, but of no class of ours
STOP = "，,；;。：:！!？?"
NAME = f"\ue000-{OTHER}"
_WORDS = rules.table("coding")
_AND = f"(?:、|{'|'.join(_WORDS['and'])})"
_FIGURE = f"(?:[\\d.]+[^{STOP}、{NAME}]{{0,6}}|[（(][^（()）]*[）)])?"  # 煤炭10万吨、焦炭5万吨
_PLACE = f"[{''.join(CODE[c] for c in GROUPS['Place'])}]"
_BEFORE = (f"[{_WORDS['prepositions']}]", *_WORDS["movers"])

GAPS = {
    "near": f"[^{STOP}{NAME}]{{0,12}}?",  # a few words, no name, no comma
    "clause": f"[^{STOP}]{{0,30}}?",  # within a clause
    "sentence": "[^。！？!?；;]{0,60}?",  # over commas
    "tail": f"(?:等[^{STOP}{NAME}]{{0,8}}?)?",  # 等, 等产品
    "start": f"(?:^|(?<=[{STOP}、]))",  # where a clause begins
    "stop": f"(?=[{STOP}]|$)",  # where it ends
    "word": f"[^{STOP}、（()）{NAME}]{{0,12}}?",  # part of a word
    # no 在, 在江西 before a subject, and no part of a list whose head may have one
    "free": "".join(f"(?<!{word})(?<!{word}{_PLACE})" for word in _BEFORE) + f"(?<![{NAME}]、)",
    ",": "[，,]",
}

_PLAIN = f"[^{STOP}、{''.join(CODE[c] for c in CLASSES if c not in GROUPS['Place'])}]"
_OWNER = f"(?:{_PLAIN}{{0,14}}[{CODE['Enterprise']}]{_PLAIN}{{0,9}}的)?"  # 海川投资的某项目
LEAD = re.compile(f"(?:^|[{STOP}]){_OWNER}{_PLAIN}{{0,14}}$")
GOVERNED = re.compile(f"(?:{'|'.join((*_BEFORE, *_WORDS['others']))}){_PLACE}?$")
STAND_IN = re.compile(
    "|".join(
        f"(?P<{name}>{text.replace('{start}', f'(?:^|(?<=[{STOP}]))').replace('{stop}', STOP)})"
        for name, text in _WORDS["stand_ins"].items()
    )
)
_DENIED = re.compile(_WORDS["denied"])


def members(names: Iterable[str]) -> frozenset[str]:
    """The classes of these names: `Organization` and `Place` stand for theirs, `-City` takes one away."""
    names = tuple(names)
    every = {c for name in names if name[0] != "-" for c in GROUPS.get(name, (name,))}
    return frozenset(every.difference(name[1:] for name in names))


@cache
def charset(classes: frozenset[str]) -> str:
    """The characters of these classes."""
    return "".join(sorted(CODE[c] for c in classes if c in CODE)) or OTHER


@cache
def listed(classes: frozenset[str]) -> re.Pattern[str]:
    """A name of these classes with those joined to it."""
    chars = charset(classes)
    return re.compile(f"[{chars}](?:{_AND}[{chars}])*")


def expand(pattern: str, domain: frozenset[str], target: frozenset[str], words: Mapping[str, str]) -> str:
    """The plain regular expression behind a rule's pattern."""

    def part(found: re.Match[str]) -> str:
        name = found[1]
        if name in ("s", "o", "s+", "o+"):
            return _side(name, charset(domain if name[0] == "s" else target))
        if name in words:
            return f"(?:{expand(words[name], domain, target, words)})"
        return GAPS.get(name) or f"[{charset(members([name]))}]"

    return re.sub(r"\{([A-Za-z]+\+?|,)\}", part, pattern)


def _side(name: str, chars: str) -> str:
    if len(name) == 1:
        return f"(?P<{name}>[{chars}])"
    epithet = "" if chars == CODE["Person"] else f"[^{STOP}、{NAME}]{{0,4}}"  # 各类矿砂
    return f"(?P<{name[0]}>[{chars}](?:{_FIGURE}(?:{_AND}|等){epithet}[{chars}])*)"


def denied(text: str, start: int, end: int) -> bool:
    """Whether the clauses that characters `start`:`end` belong to are denied or only supposed."""
    clause = 1 + max(text.rfind(mark, 0, start) for mark in STOP)
    return bool(_DENIED.search(text, clause, end))


def spell(text: str) -> str:
    """A coded text for people to read: each name as {Class}."""
    names = {code: f"{{{name}}}" for name, code in CODE.items()} | {OTHER: "{?}"}
    return "".join(names.get(c, c) for c in text)
