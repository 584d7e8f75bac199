"""JSON Schema of records, from their fields: the description of the API cannot differ from its answers."""

from __future__ import annotations

import types
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from typing import Any, Union, get_args, get_origin, get_type_hints

_PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}
ERROR = {"type": "object", "properties": {"error": {"type": "string"}}, "required": ["error"]}


class Schemas:
    """The schemas of records by name, gathered while they are asked for."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}

    def of(self, kind: type[Any]) -> dict[str, Any]:
        """The schema of a type of fields: plain, optional, a sequence, or a record."""
        if kind in _PLAIN:
            return {"type": _PLAIN[kind]}
        if is_dataclass(kind):
            return self._record(kind)
        if get_origin(kind) in (Union, types.UnionType):
            return {"anyOf": [self.of(part) for part in get_args(kind)]}
        if get_origin(kind) in (tuple, list, Sequence):
            return {"type": "array", "items": self.of(get_args(kind)[0])}
        raise TypeError(f"no schema for {kind}")

    def _record(self, kind: type[Any]) -> dict[str, Any]:
        if kind.__name__ not in self.found:
            hints = get_type_hints(kind)
            names = [part.name for part in fields(kind)]
            self.found[kind.__name__] = {
                "type": "object",
                "description": " ".join((kind.__doc__ or "").split()),
                "properties": {name: self.of(hints[name]) for name in names},
                "required": names,
            }
        return {"$ref": f"#/components/schemas/{kind.__name__}"}
