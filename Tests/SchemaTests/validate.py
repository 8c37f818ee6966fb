#!/usr/bin/env python3
# SPDX-License-Identifier: MIT-0
"""Validates JSON with the schemas of fixtures/schemas, and these themselves, by the jsonschema of PyPI.

    validate.py DIRECTORY       DIRECTORY has the schemas; standard input is a socket

Each request is cases, one after the other, each of them
    {"name": "rslab up", "schema": "up", "instance": {}}       for a file of the directory, or
    {"name": "rslab up", "document": {}, "instance": {}}       for the given schema
A request without a case asks whether every file of the directory is a schema of draft 2020-12.

The answer is {"conforms": true, "report": ""}, with a line in the report for each thing that does not conform. Before each
request and answer stands its length, in four octets.
"""

import json
import pathlib
import socket
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


class Schemas:
    def __init__(self, directory):
        self.files = {path.stem: json.loads(path.read_text()) for path in pathlib.Path(directory).glob("*.json")}
        self.registry = Registry().with_resources(
            (schema["$id"], Resource.from_contents(schema)) for schema in self.files.values())

    def mistakes(self):
        for name, schema in self.files.items():
            try:
                Draft202012Validator.check_schema(schema)
            except SchemaError as error:
                yield f"{name}.json: {error.json_path}: {error.message}"

    def failures(self, case):
        if "document" in case:
            validator = Draft202012Validator(case["document"])
        else:
            validator = Draft202012Validator(self.files[case["schema"]], registry=self.registry)
        for error in validator.iter_errors(case["instance"]):
            for reason in dict.fromkeys(best(error)):
                yield f"{case['name']}: {reason}"


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
    schemas = Schemas(sys.argv[1])
    stream = socket.socket(fileno=0).makefile("rwb")
    while length := stream.read(4):
        text = stream.read(int.from_bytes(length, "big")).decode()
        if text:
            failures = [reason for case in cases(text) for reason in schemas.failures(case)]
        else:
            failures = list(schemas.mistakes())
        answer = json.dumps({"conforms": not failures, "report": "\n".join(failures)}).encode()
        stream.write(len(answer).to_bytes(4, "big") + answer)
        stream.flush()


main()
