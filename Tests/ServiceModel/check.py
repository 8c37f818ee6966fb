#!/usr/bin/env python3
# SPDX-License-Identifier: MIT-0
"""Holds what `rslab aws ec2` answers and takes against the EC2 service model that botocore ships.

    check.py answers   < one JSON object a line: {"operation": "DescribeRouteServers", "answer": {...}}
    check.py commands  < what `rslab --experimental-dump-help` prints

Prints a line for each difference, then how much was compared; the exit status is 1 if there was a difference.
"""
import json
import sys

import botocore
from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import ServiceModel

API_VERSION = "2016-11-15"

# Members of requests that rslab has no option for: there is nothing to tag on a running lab, and nothing to repeat.
UNBUILT_MEMBERS = {"ClientToken", "TagSpecifications"}
# Options of the AWS CLI that are no members of a request.
GLOBAL_OPTIONS = {"output", "region", "profile", "no-cli-pager"}
PAGINATION_OPTIONS = {"max-items", "starting-token", "page-size", "no-paginate"}
# rslab's own: which lab, and what AWS leaves open.
OWN_OPTIONS = {"name", "help", "version"}
OWN_OPTIONS_OF = {"GetRouteServerRoutingDatabase": {"as-path-elements"}}

# The type that a member of each type of the model has in JSON.
SCALARS = {
    "string": str, "character": str, "blob": str, "integer": int, "long": int, "float": float, "double": float,
    "boolean": bool,
}


class Comparison:
    def __init__(self):
        loader = Loader()
        self.model = ServiceModel(loader.load_service_model("ec2", "service-2", API_VERSION), "ec2")
        self.paginators = loader.load_service_model("ec2", "paginators-1", API_VERSION)["pagination"]
        self.differences = []
        self.count = 0

    def differ(self, place, text):
        self.differences.append(f"{place}: {text}")

    def compare(self, value, shape, place):
        """Walks a value of an answer beside the shape that it has to have."""
        self.count += 1
        kind = shape.type_name
        if kind == "structure":
            self.compare_structure(value, shape, place)
        elif kind == "list":
            if not isinstance(value, list):
                return self.differ(place, f"is not a list ({shape.name})")
            self.compare_size(len(value), shape, place)
            for number, element in enumerate(value):
                self.compare(element, shape.member, f"{place}[{number}]")
        elif kind == "map":
            if not isinstance(value, dict):
                return self.differ(place, f"is not a map ({shape.name})")
            for key, element in value.items():
                self.compare(element, shape.value, f"{place}[{key!r}]")
        elif kind == "timestamp":
            if not isinstance(value, str):
                return self.differ(place, f"is not a time ({shape.name})")
            self.compare_timestamp(value, place)
        else:
            self.compare_scalar(value, shape, place)

    def compare_structure(self, value, shape, place):
        if not isinstance(value, dict):
            return self.differ(place, f"is not a structure ({shape.name})")
        for name in shape.required_members:
            if name not in value:
                self.differ(place, f"has no {name}, which {shape.name} requires")
        for name, member in value.items():
            if name not in shape.members:
                self.differ(place, f"has {name}, which {shape.name} does not know")
            else:
                self.compare(member, shape.members[name], f"{place}.{name}")
        order = [name for name in shape.members if name in value]
        if [name for name in value if name in shape.members] != order:
            self.differ(place, f"has its members in the order {list(value)}, not {order}")

    def compare_scalar(self, value, shape, place):
        wanted = SCALARS[shape.type_name]
        # A Boolean is an integer in Python, and in no API.
        if not isinstance(value, wanted) or (wanted is not bool and isinstance(value, bool)):
            return self.differ(place, f"is {value!r}, not of type {shape.type_name} ({shape.name})")
        allowed = shape.metadata.get("enum")
        if allowed and value not in allowed:
            self.differ(place, f"is {value!r}, not one of {allowed} ({shape.name})")
        if wanted is str:
            self.compare_size(len(value), shape, place)
        elif wanted in (int, float):
            self.compare_size(value, shape, place)
            if shape.type_name == "integer" and not -(2**31) <= value < 2**31:
                self.differ(place, f"is {value}, which 32 bits do not hold ({shape.name})")

    def compare_size(self, size, shape, place):
        low, high = shape.metadata.get("min"), shape.metadata.get("max")
        if (low is not None and size < low) or (high is not None and size > high):
            self.differ(place, f"is {size}, not from {low} to {high} ({shape.name})")

    def compare_timestamp(self, value, place):
        from botocore.utils import parse_timestamp

        try:
            parse_timestamp(value)
        except ValueError as error:
            self.differ(place, f"is {value!r}, which is no time: {error}")


def check_answers(comparison):
    for line in sys.stdin:
        record = json.loads(line)
        name = record["operation"]
        if name not in comparison.model.operation_names:
            comparison.differ(name, "is no operation of EC2")
            continue
        comparison.compare(record["answer"], comparison.model.operation_model(name).output_shape, name)


def command(tree, *path):
    for name in path:
        tree = next(sub for sub in tree["subcommands"] if sub["commandName"] == name)
    return tree


def check_commands(comparison):
    operations = {xform_name(name, "-"): name for name in comparison.model.operation_names}
    for sub in command(json.load(sys.stdin)["command"], "aws", "ec2")["subcommands"]:
        name = sub["commandName"]
        if name == "help":
            continue
        if name not in operations:
            comparison.differ(name, "is no command of the AWS CLI")
            continue
        check_options(comparison, sub, operations[name])


def check_options(comparison, sub, operation):
    """An option has the name of a member, takes no value where that is a Boolean, several where it is a list."""
    place = sub["commandName"]
    shape = comparison.model.operation_model(operation).input_shape
    members = {xform_name(name, "-"): (name, member) for name, member in shape.members.items()}
    free = GLOBAL_OPTIONS | OWN_OPTIONS | OWN_OPTIONS_OF.get(operation, set())
    if operation in comparison.paginators:
        free |= PAGINATION_OPTIONS
    taken = set()
    for argument in sub.get("arguments", []):
        names = [name["name"] for name in argument.get("names", []) if name["kind"] != "short"]
        for name in names:
            comparison.count += 1
            if name in free:
                continue
            plain = name[3:] if name.startswith("no-") and name[3:] in members else name
            if plain not in members:
                comparison.differ(place, f"has --{name}, which the AWS CLI does not know")
                continue
            member, kind = members[plain]
            taken.add(member)
            is_flag = argument["kind"] == "flag"
            if is_flag != (kind.type_name == "boolean"):
                comparison.differ(place, f"--{name} {'takes no' if is_flag else 'takes a'} value: {kind.type_name}")
            if argument.get("isRepeating", False) != (kind.type_name == "list"):
                comparison.differ(place, f"--{name} is for one value, or for several: {kind.type_name}")
            if member in shape.required_members and argument.get("isOptional"):
                comparison.differ(place, f"--{name} is optional, and AWS requires it")
    for member in set(shape.members) - taken - UNBUILT_MEMBERS:
        comparison.differ(place, f"has no --{xform_name(member, '-')}")


def main():
    checks = {"answers": check_answers, "commands": check_commands}
    if len(sys.argv) != 2 or sys.argv[1] not in checks:
        sys.exit(__doc__)
    comparison = Comparison()
    checks[sys.argv[1]](comparison)
    for difference in comparison.differences:
        print(difference)
    print(f"{comparison.count} compared with botocore {botocore.__version__}, {len(comparison.differences)} differences")
    sys.exit(1 if comparison.differences else 0)


if __name__ == "__main__":
    main()
