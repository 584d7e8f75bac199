"""Build folders of extractions made by hand: as `kg build` leaves them, pages, index and all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from conftest import extraction, proof

from kg import builder
from kg.builder import Task
from kg.extractions import Item, kept
from kg.model import Entity, Extraction, Fact, Observation

HARM = "window.harmed = true"
HOSTILE = (
    f'<img src=x onerror="{HARM}">',
    f"</script><script>{HARM}</script>",
    f'"><svg onload="{HARM}">',
    f'<a href="javascript:{HARM}">href</a>',
    f"javascript:{HARM}",
    f"{{{{ {HARM} }}}}${{{HARM}}}",
    f"--><style onload='{HARM}'>@import '//example.org'</style>",
)


def hostile() -> Extraction:
    """A page on which every name, title, quotation, metric, unit and role is an attack."""
    text = "\n".join(HOSTILE)
    base = extraction(HOSTILE[0], text, "2025-08-02")
    page = replace(base.page, source=HOSTILE[1])
    types = ("Enterprise", "Product", "Project", "Person", "Policy", "Award", "Event")
    prefixes = ("ent", "product", "project", "person", "policy", "award", "event")
    keys = [f"{prefix}:{name}" for prefix, name in zip(prefixes, HOSTILE, strict=True)]
    things = tuple(
        Entity(key, kind, name, (*HOSTILE,), (HOSTILE[3],), (1,))
        for key, kind, name in zip(keys, types, HOSTILE, strict=True)
    )
    facts = tuple(
        Fact(keys[0], "produces", key, (proof(page, quote, HOSTILE[2]),), 0.9, role=quote)
        for key, quote in zip(keys[1:], HOSTILE[1:], strict=True)
    )
    figures = tuple(
        Observation(key, *HOSTILE[1:2], None, *HOSTILE[2:5], evidence=(proof(page, quote, HOSTILE[5]),))
        for key, quote in zip(keys, HOSTILE, strict=True)
    )
    return replace(base, page=page, entities=things, facts=facts, observations=figures)


def shelved(folder: Path, *made: Extraction) -> Path:
    """A build folder whose pages say what these extractions say, as if they had been read."""
    texts = folder / "texts"
    texts.mkdir(parents=True)
    said = {}
    for n, read in enumerate(made):
        (texts / f"{n}.txt").write_text(read.page.text, "utf-8")
        said[f"{n}.txt"] = read

    def engine(
        work: Callable[[Task], Item], tasks: Iterable[Task]
    ) -> Iterator[tuple[Task, Item]]:  # fmt: skip
        for task in tasks:
            read = said[task.page.name]
            page = replace(read.page, sha256=task.page.sha256, encoding=task.page.encoding)
            yield task, kept(task.key, replace(read, page=page))

    builder.build([texts], folder / "build", engine)
    return folder / "build"
