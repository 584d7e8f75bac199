"""Restores the annotated texts of `annotations.jsonl` from a corpus that stands elsewhere.

    python bench/annotated.py CORPUS.jsonl … --out FOLDER [--part dev|test]

The file holds annotations only: names, statements and positions, no text. Each line names a record of a
corpus (JSON lines with `id`, `title`, `text`), the characters of it that make the text, and what a careful
reader finds there, in the terms of the gold files (see CONTRIBUTING.md). FOLDER gets a text and a gold file
of each, for `kg score` and for the scripts here that fit weights. They were annotated by language models
working alone under the guidelines of the gold files, one text by one annotator; the part `test` was never
read by those who wrote rules, so that it can measure them.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

ANNOTATIONS = Path(__file__).parent / "annotations.jsonl"


def restored(row: Mapping[str, Any], record: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The text and the gold of one line. Raises ValueError where the record is not what was annotated."""
    body = "\n".join(record["text"][start:end] for start, end in row["spans"])
    text = record["title"] + row["after_title"] + body if row["after_title"] else body
    if sha256(text.encode()).hexdigest()[:16] != row["sha256"]:
        raise ValueError(f"{row['id']}: another text than the one annotated")
    gold = {key: row[key] for key in ("published", "place", "entities")}
    gold |= {key: [_quoted(item, text) for item in row[key]] for key in ("relations", "observations")}
    return text, {"doc": f"{row['id']}.txt", **gold}


def _quoted(item: Mapping[str, Any], text: str) -> dict[str, Any]:
    start, end = item["evidence"]
    return {**item, "evidence": text[start:end]}


def records(paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """The records of corpora."""
    for path in paths:
        with path.open(encoding="utf-8") as file:
            yield from map(json.loads, file)


def main() -> None:
    """Write what can be restored; tell what is missing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--part", choices=("dev", "test"))
    args = parser.parse_args()
    rows = [json.loads(line) for line in ANNOTATIONS.read_text("utf-8").splitlines()]
    wanted = {row["id"]: row for row in rows if args.part in (None, row["part"])}
    args.out.mkdir(parents=True, exist_ok=True)
    found = [record for record in records(args.corpus) if record["id"] in wanted]
    for record in found:
        text, gold = restored(wanted[record["id"]], record)
        (args.out / f"{record['id']}.txt").write_text(text, "utf-8")
        (args.out / f"{record['id']}.json").write_text(
            json.dumps(gold, ensure_ascii=False, indent=1), "utf-8"
        )
    print(f"{len(found)} of {len(wanted)} texts restored")


if __name__ == "__main__":
    main()
