"""What people judge, as records: one judgement is one line of a plain file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property

from kg.iris import digest
from kg.model import Observation, Problem
from kg.rules import table

# What each verdict needs beside itself. Of a figure the predicate is its metric, the object what is printed.
_STATEMENT = ("subject", "predicate", "object")
NEEDS: Mapping[str, tuple[str, ...]] = {
    "same": ("subject", "object"),
    "different": ("subject", "object"),
    "alias": ("subject", "value"),
    "type": ("subject", "value"),
    "retract": _STATEMENT,
    "confirm": _STATEMENT,
} | dict.fromkeys(
    ("subject", "predicate", "object", "value", "change", "rank", "period", "kind", "metric"),
    (*_STATEMENT, "value"),
)
IDENTITY = ("same", "different", "alias")
OF_FACTS = ("subject", "predicate", "object")  # what can be mended in a fact
OF_FIGURES = ("subject", "metric", "value", "change", "rank", "period", "kind")
RULE = "judgement/"  # how the rule of an evidence begins that rests on a judgement; its id follows


@dataclass(frozen=True, order=True)
class Judgement:
    """One line. Things are entity keys; `page` and `quote` say where the statement judged was read.

    Without `page` it holds on every page, without `quote` wherever on the page the statement is made.
    """

    verdict: str
    subject: str
    predicate: str = ""  # a relation, or the metric of a figure
    object: str = ""  # a key, or a figure as printed: see `printed`
    value: str = ""  # what is right, the other form of a name or the class
    page: str = ""
    quote: str = ""
    who: str = ""
    when: str = ""  # ISO day
    why: str = ""
    line: int = field(default=0, compare=False)  # of the file, where it was read from one

    @cached_property
    def id(self) -> str:
        """What stands for it in the graph, wherever in the file it is."""
        return digest(self.cells)

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells of its line."""
        return tuple(getattr(self, name) for name in COLUMNS)

    @property
    def of_fact(self) -> bool:
        """Whether the statement judged is a fact, not a figure."""
        return self.predicate in table("relations")


COLUMNS = tuple(f.name for f in fields(Judgement) if f.name != "line")


@dataclass(frozen=True, slots=True)
class Same:
    """Two keys stand for one thing."""

    a: str
    b: str
    by: Judgement


@dataclass(frozen=True, slots=True)
class Different:
    """Two keys stand for two things, whatever else says that they are one."""

    a: str
    b: str
    by: Judgement


@dataclass(frozen=True, slots=True)
class Alias:
    """`form`, as pages print it, is a name of the thing `key`."""

    form: str
    key: str
    by: Judgement


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What a file of judgements says: those that hold, in order of content, and what is wrong with others."""

    name: str = "judgements"  # of the file
    judgements: tuple[Judgement, ...] = ()
    problems: tuple[Problem, ...] = ()
    statements: Mapping[str, tuple[Judgement, ...]] = field(default_factory=dict)  # by page; "" is every page
    types: Mapping[str, Judgement] = field(default_factory=dict)  # by the key of the thing
    identity: tuple[Same | Different | Alias, ...] = ()  # which names stand for which things


NONE = Verdicts()


def printed(o: Observation) -> str:
    """What stands for a figure in a line: number and unit as the page has them, else its change or rank."""
    return mark(o.value_text, "" if o.change is None else f"{o.change.normalize():f}", o.change_unit, o.rank)


def mark(text: str | None, change: str, unit: str | None, rank: int | str | None) -> str:
    """The same, from the parts of a figure: 13.67亿元, 同比25.5%, 第3."""
    return "".join(text.split()) if text else f"{change}{unit or ''}" if change else f"第{rank or ''}"
