"""The methods of Gmail and Calendar as their discovery documents describe them: routes, parameters, bodies, scopes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import googleapiclient
from jsonschema import Draft202012Validator
from werkzeug.routing import Map, Rule

_DOCUMENTS = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents"
_APIS = ("gmail.v1", "calendar.v3")


@dataclass(frozen=True)
class Method:
    """One method of an API."""

    id: str
    parameters: dict[str, dict[str, Any]]
    scopes: frozenset[str]
    body: Draft202012Validator | None
    # The schema of what it answers, and the schemas that this one refers to by name.
    answer: dict[str, Any]
    schemas: dict[str, dict[str, Any]]


def _load() -> tuple[Map, dict[str, Method], frozenset[str]]:
    rules, methods, scopes = [], {}, set()
    for name in _APIS:
        document = json.loads((_DOCUMENTS / f"{name}.json").read_text())
        scopes |= set(document["auth"]["oauth2"]["scopes"])
        definitions = {key: _json_schema(schema) for key, schema in document["schemas"].items()}
        for method in _methods(document):
            parameters = {**document.get("parameters", {}), **method.get("parameters", {})}
            body = method.get("request", {}).get("$ref")
            schema = {"$ref": f"#/$defs/{body}", "$defs": definitions}
            methods[method["id"]] = Method(
                method["id"], parameters, frozenset(method.get("scopes", ())),
                Draft202012Validator(schema) if body else None, method.get("response", {}), document["schemas"],
            )  # fmt: skip
            paths = [document["servicePath"] + method["path"]]
            if upload := method.get("mediaUpload", {}).get("protocols", {}).get("simple", {}).get("path"):
                paths.append(upload)
            rules += [Rule(_rule(path), endpoint=method["id"], methods=[method["httpMethod"]]) for path in paths]
    return Map(rules, strict_slashes=False), methods, frozenset(scopes)


def _methods(node: dict[str, Any]) -> list[dict[str, Any]]:
    found = list(node.get("methods", {}).values())
    for resource in node.get("resources", {}).values():
        found += _methods(resource)
    return found


def _rule(path: str) -> str:
    path = path.replace("{+", "<path:").replace("{", "<").replace("}", ">")
    return path if path.startswith("/") else f"/{path}"


def _json_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """Turn a discovery schema into a JSON Schema that refuses unknown fields, as Google's parser does.

    Null is allowed everywhere: Google reads it as a field that is not there, and a patch removes the field.
    """
    if "$ref" in schema:
        return {"$ref": f"#/$defs/{schema['$ref']}"}
    result: dict[str, Any] = {}
    match schema.get("type"):
        case "any" | None:
            pass
        case "array":
            result = {"type": ["array", "null"], "items": _json_schema(schema["items"])}
        case "object":
            result = {"type": ["object", "null"]}
            if "properties" in schema:
                result["properties"] = {key: _json_schema(value) for key, value in schema["properties"].items()}
                result["additionalProperties"] = False
            if isinstance(schema.get("additionalProperties"), dict):
                result["additionalProperties"] = _json_schema(schema["additionalProperties"])
        case kind:
            also = ["integer"] if schema.get("format") in ("int64", "uint64") else []
            result = {"type": [kind, *also, "null"]}
            if "enum" in schema:
                result["enum"] = [*schema["enum"], None]
    return result


ROUTES, METHODS, KNOWN_SCOPES = _load()
