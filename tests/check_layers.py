#!/usr/bin/env python3
"""Checks that the sources under a project root keep to its src/layers.txt.

    check_layers.py ROOT

Prints one line for each violation, and exits with 1 if there is one.
"""

import fnmatch
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)
COMMENT_OR_STRING = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.DOTALL)
CALL = re.compile(r"(?<![\w.>])(\w+)\s*\(")
LINKED = re.compile(r"^snpse_add_layer\((\w+)[^)]*?USES([a-z\s]+)", re.MULTILINE)


def read_table(path):
    """The sections of layers.txt: {section: {pattern: [names]}}."""
    table = {}
    for line in path.read_text().splitlines():
        line = line.split("#")[0].strip()
        if line.startswith("["):
            section = table.setdefault(line.strip("[]"), {})
        elif line:
            pattern, _, names = line.partition(":")
            section[pattern] = names.split()
    return table


def check_order(layers):
    """A layer may name only rows above its own, so that there can be no cycle."""
    above = set()
    for layer, allowed in layers.items():
        for name in allowed:
            if name not in above:
                yield f"src/layers.txt: {layer} names {name}, which is not above it"
        above.add(layer)


def check_links(layers, cmake):
    for layer, used in LINKED.findall(cmake):
        for name in used.split():
            if name not in layers.get(layer, []):
                yield f"CMakeLists.txt: layer {layer} is linked to {name}, which it may not include"


def fenced(rules, name, layer, path):
    """The owners of name where it is fenced off from this file, or None."""
    for pattern, owners in rules.items():
        if fnmatch.fnmatchcase(name, pattern) and layer not in owners and path not in owners:
            return " and ".join(owners)
    return None


def check_file(table, path, layer, text):
    """Violations in one file, without its path."""
    layers = table["layers"]
    if layer not in layers:
        yield f"the layer {layer} is not in src/layers.txt"
        return
    for header in INCLUDE.findall(text):
        other = header.split("/")[0]
        if other != header and other in layers:
            if other != layer and other not in layers[layer]:
                yield f"{layer} may not include {header}"
        elif owners := fenced(table["headers"], header, layer, path):
            yield f"only {owners} may include {header}"
    for function in CALL.findall(COMMENT_OR_STRING.sub(" ", text)):
        if owners := fenced(table["calls"], function, layer, path):
            yield f"only {owners} may call {function}()"


def check(root):
    """All violations under root."""
    table = read_table(root / "src/layers.txt")
    yield from check_order(table["layers"])
    yield from check_links(table["layers"], (root / "CMakeLists.txt").read_text())
    for file in sorted((root / "src").rglob("*.*pp")):
        path = file.relative_to(root).as_posix()
        layer = file.relative_to(root / "src").parts[0]
        for violation in check_file(table, path, layer, file.read_text()):
            yield f"{path}: {violation}"


def main():
    violations = list(check(pathlib.Path(sys.argv[1])))
    print(*violations, sep="\n", end="\n" if violations else "")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
