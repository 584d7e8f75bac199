"""Stages of projects: what the cues find, and what they leave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from kg import milestones, rules
from kg.model import Issue, Milestone
from kg.relations.examples import marked

STAGES: list[dict[str, Any]] = rules.table("stages")["stage"]


def read(text: str) -> list[Milestone]:
    return milestones.find(replace(marked(text), issue=Issue("2025-08-02")))


def told(found: list[Milestone]) -> Iterator[list[str]]:
    for m in found:
        yield [m.subject.partition(":")[2], m.kind, *(["/".join(map(str, m.period))] if m.period else [])]


@pytest.mark.parametrize(("stage", "case"), [(s["name"], case) for s in STAGES for case in s["finds"]])
def test_what_a_stage_finds(stage: str, case: dict[str, Any]) -> None:
    assert list(told([m for m in read(case["text"]) if m.stage == stage])) == case["is"]


@pytest.mark.parametrize(("stage", "text"), [(s["name"], text) for s in STAGES for text in s["skips"]])
def test_what_a_stage_skips(stage: str, text: str) -> None:
    assert not [m for m in read(text) if m.stage == stage]


def test_proof_is_of_the_page() -> None:
    document = replace(marked("[Project:青石光伏项目]占地广。该项目于6月开工。"), issue=Issue("2025-08-02"))
    for m in milestones.find(document):
        for proof in m.evidence:
            assert proof.quote == document.page.text[proof.span.start : proof.span.end]
            assert m.stage == "Started"
