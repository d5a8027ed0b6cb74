#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Answers of the server against its own description.

    openapi_check.py OPENAPI.json < seen.json

seen.json is {"routes": [[METHOD, PATH]...], "seen": [{method, route, status, type, body}...]}:
the routes that the server has, and what it answered.  Prints what does not fit, one a line.
"""
import json
import sys

import jsonschema


def operations(doc):
    return {(method.upper(), path) for path, item in doc["paths"].items() for method in item}


def references(value):
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for one in value.values():
            yield from references(one)
    elif isinstance(value, list):
        for one in value:
            yield from references(one)


def find(doc, value):
    while "$ref" in value:
        at = doc
        for key in value["$ref"][2:].split("/"):
            at = at[key]
        value = at
    return value


def check_document(doc, routes):
    if not doc.get("openapi", "").startswith("3.1."):
        yield "not OpenAPI 3.1"
    for reference in references(doc):
        try:
            find(doc, {"$ref": reference})
        except KeyError:
            yield f"{reference} is nowhere"
    for name, schema in doc["components"]["schemas"].items():
        try:
            jsonschema.Draft202012Validator.check_schema(schema)
        except jsonschema.SchemaError as err:
            yield f"schema {name}: {err.message}"
    for method, path in sorted(routes - operations(doc)):
        yield f"{method} {path} is not described"
    for method, path in sorted(operations(doc) - routes):
        yield f"{method} {path} is described, but the server has it not"


def check_answer(doc, one):
    operation = doc["paths"][one["route"]][one["method"].lower()]
    answer = operation["responses"].get(str(one["status"]))
    if answer is None:
        if one["status"] < 400:
            return f"status {one['status']} is not described"
        answer = operation["responses"]["default"]
    contents = find(doc, answer).get("content")
    if not contents:
        return "has a body" if one["body"] not in (None, "") else None
    kind = (one["type"] or "").split(";")[0]
    if kind not in contents:
        return f"is {kind or 'nothing'} and not {', '.join(contents)}"
    if "json" not in kind:
        return None
    schema = {**contents[kind]["schema"], "components": doc["components"]}
    errors = sorted(jsonschema.Draft202012Validator(schema).iter_errors(one["body"]), key=str)
    if errors:
        return "; ".join(f"{error.json_path}: {error.message}" for error in errors[:3])
    if one["status"] >= 400 and one["body"].get("code") and one["body"]["status"] != one["status"]:
        return "the problem has another status"
    return None


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        doc = json.load(f)
    given = json.load(sys.stdin)
    wrong = list(check_document(doc, {tuple(one) for one in given["routes"]}))
    for one in given["seen"]:
        why = check_answer(doc, one)
        if why:
            wrong.append(f"{one['method']} {one['route']} {one['status']}: {why}: {json.dumps(one['body'])[:300]}")
    print("\n".join(wrong))
    return 1 if wrong else 0


sys.exit(main())
