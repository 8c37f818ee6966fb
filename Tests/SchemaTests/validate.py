#!/usr/bin/env python3
# SPDX-License-Identifier: MIT-0
"""Validates JSON with the schemas of fixtures/schemas, and these themselves, by the jsonschema of PyPI.

    validate.py DIRECTORY   with cases on standard input, one after the other, each of them
        {"name": "rslab up", "schema": "up", "instance": {}}       for a file of the directory, or
        {"name": "rslab up", "document": {}, "instance": {}}       for the given schema
    validate.py DIRECTORY --schemas     whether every file of the directory is a schema of draft 2020-12

Prints a line for each thing that does not conform, and ends with status 1 if there was one.
"""

import json
import pathlib
import sys

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from referencing import Registry, Resource


def best(error):
    """The alternatives of a oneOf that failed say more than that it failed."""
    for inner in sorted(error.context or [], key=lambda e: -len(e.absolute_path)):
        yield from best(inner)
    if not error.context:
        yield f"{error.json_path}: {error.message[:300]}"


def cases(text):
    """The values of a text that has one after the other."""
    decoder = json.JSONDecoder()
    text = text.strip()
    end = 0
    while end < len(text):
        case, end = decoder.raw_decode(text, end)
        yield case
        # Behind the line's end.
        end += 1


def main():
    files = {path.stem: json.loads(path.read_text()) for path in pathlib.Path(sys.argv[1]).glob("*.json")}
    failures = []
    for name, schema in files.items() if "--schemas" in sys.argv else ():
        try:
            Draft202012Validator.check_schema(schema)
        except SchemaError as error:
            failures.append(f"{name}.json: {error.json_path}: {error.message}")
    registry = Registry().with_resources((schema["$id"], Resource.from_contents(schema)) for schema in files.values())
    count = 0
    for case in cases(sys.stdin.read()):
        if "document" in case:
            validator = Draft202012Validator(case["document"])
        else:
            validator = Draft202012Validator(files[case["schema"]], registry=registry)
        for error in validator.iter_errors(case["instance"]):
            failures += [f"{case['name']}: {reason}" for reason in dict.fromkeys(best(error))]
        count += 1
    print(*failures, sep="\n", end="\n" if failures else "")
    print(f"{count} instances, {len(files)} schemas, {len(failures)} failures")
    sys.exit(1 if failures else 0)


main()
