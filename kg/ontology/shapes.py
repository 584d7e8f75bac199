"""The SHACL shapes, written from `kg/rules/shapes.toml` and the domains and ranges of the relations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kg.rules import table

NUMBER = ("xsd:integer", "xsd:decimal")
# How the words of the table are put in SHACL.
_PLAIN = {
    "min": "sh:minCount",
    "max": "sh:maxCount",
    "from": "sh:minInclusive",
    "to": "sh:maxInclusive",
    "upto": "sh:lessThanOrEquals",
    "before": "sh:lessThan",
}


def shapes(relations: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Turtle blocks: one for each class, two for each relation."""
    names = " ".join(f"fz:{name}" for name in sorted(relations))
    stages = " ".join(f"fz:{stage['name']}" for stage in table("stages")["stage"])
    for shape in table("shapes")["shape"]:
        for text in _class_shapes(shape):
            yield text.replace("{relations}", names).replace("{stages}", stages)
    for name, relation in sorted(relations.items()):
        for side, target in (("domain", "sh:targetSubjectsOf"), ("range", "sh:targetObjectsOf")):
            wanted = _either("sh:class", [f"fz:{kind}" for kind in relation[side]])
            message = f"the {side} of fz:{name} is {' or '.join(relation[side])}"
            yield block(
                f"fz:{name}{side.capitalize()}Shape",
                ["a sh:NodeShape", f"{target} fz:{name}", wanted, f'sh:message "{message}"'],
            )


def block(subject: str, statements: Iterable[str]) -> str:
    """One subject and all that is said of it."""
    return f"\n{subject} " + " ;\n    ".join(filter(None, statements)) + " .\n"


def _class_shapes(shape: Mapping[str, Any]) -> Iterator[str]:
    head = ["a sh:NodeShape", f"sh:targetClass {', '.join(shape['classes'].split())}"]
    name = f"fz:{shape['name']}"
    yield block(f"{name}Shape", head + [_property(path, rule) for path, rule in shape["properties"].items()])
    if some := shape.get("some"):
        given = " ".join(f"[ sh:path {path} ; sh:minCount 1 ]" for path in some)
        message = f'sh:message "needs {" or ".join(some)}"'
        yield block(f"{name}SomeShape", [*head, f"sh:or ( {given} )", message])
    for need in shape.get("needs", ()):
        path, other = need["property"], need["other"]
        cases = [f"[ sh:path {path} ; sh:maxCount 0 ]", f"[ sh:path {other} ; sh:minCount 1 ]"]
        if "unless" in need:
            cases.append('[ sh:path {} ; sh:pattern "{}" ]'.format(*need["unless"]))
        statements = [f"sh:or ( {' '.join(cases)} )", f'sh:message "{path} needs {other}"']
        severity = f"sh:severity sh:{need.get('severity', 'Violation')}"
        yield block(f"{name}{path.partition(':')[2].capitalize()}Shape", [*head, *statements, severity])


def _property(path: str, rule: Mapping[str, Any]) -> str:
    parts = [f"sh:path {path}"]
    for word, value in rule.items():
        if word in _PLAIN:
            parts.append(f"{_PLAIN[word]} {value}")
    if rule.get("iri"):
        parts.append("sh:nodeKind sh:IRI")
    if "class" in rule:
        parts.append(_either("sh:class", rule["class"].split()))
    if "datatype" in rule or rule.get("number"):
        parts.append(_either("sh:datatype", NUMBER if rule.get("number") else rule["datatype"].split()))
    if "language" in rule:
        tags = " ".join(f'"{tag}"' for tag in rule["language"].split())
        parts.append(f"sh:datatype rdf:langString ; sh:languageIn ( {tags} ) ; sh:uniqueLang true")
    if "pattern" in rule:
        parts.append(f'sh:pattern "{rule["pattern"]}"')
    if "in" in rule:
        parts.append(f"sh:in ( {rule['in']} )")
    return f"sh:property [ {' ; '.join(parts)} ]"


def _either(predicate: str, values: Iterable[str]) -> str:
    """One of several classes or datatypes."""
    kinds = [f"{predicate} {value}" for value in values]
    return kinds[0] if len(kinds) == 1 else f"sh:or ( {' '.join(f'[ {kind} ]' for kind in kinds)} )"
