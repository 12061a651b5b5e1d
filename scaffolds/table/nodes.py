"""YAML read as located text: every scalar stays the text that was written, and knows its line.

Nothing is converted, so `no`, `1.10` and `2026-07-01` arrive as they stand. Duplicate keys, aliases, tags and
files over the size limit are refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from scaffolds.table.error import TableError

MAX_BYTES = 4_000_000
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq")}


@dataclass(frozen=True, slots=True)
class Spot:
    """A node of the file and how to name its place."""

    node: yaml.Node
    file: str
    row: str = ""
    column: str = ""

    def error(self, message: str) -> TableError:
        """The error at this place."""
        line = self.node.start_mark.line + 1
        return TableError(message, file=self.file, line=line, row=self.row, column=self.column)

    def at(self, node: yaml.Node, *, row: str = "", column: str = "") -> "Spot":
        """Another node, in the same row and column unless told."""
        return Spot(node, self.file, row or self.row, column or self.column)

    def text(self) -> str:
        """The scalar as written; raises on a list or mapping."""
        if not isinstance(self.node, yaml.ScalarNode):
            raise self.error("one value expected here")
        return str(self.node.value).strip()

    def items(self) -> Iterator["Spot"]:
        """The entries of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.error("a list expected here")
        return (self.at(child) for child in self.node.value)

    def mapping(self) -> "dict[str, Spot]":
        """The entries of a mapping by key."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.error("a mapping expected here")
        return {self.at(key).text(): self.at(child) for key, child in self.node.value}

    def fields(self, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> "dict[str, Spot]":
        """A mapping with exactly these keys: an unknown or missing one is an error that names it."""
        found = self.mapping()
        for key, spot in found.items():
            if key not in required + optional:
                raise spot.error(f"unknown key {key!r}; known are {', '.join(required + optional)}")
        for key in required:
            if key not in found or (isinstance(found[key].node, yaml.ScalarNode) and not found[key].text()):
                raise self.error(f"{key!r} is missing")
        return found


def read_text(text: str, file: str) -> Spot:
    """The root of a YAML text; raises TableError with line on anything but plain located data."""
    if len(text.encode()) > MAX_BYTES:
        raise TableError(f"larger than {MAX_BYTES} bytes; split the table", file=file)
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "nested too deeply"
        raise TableError(f"not YAML: {problem}", file=file, line=mark.line + 1 if mark else 0) from None
    if node is None:
        raise TableError("the file is empty", file=file)
    _check(Spot(node, file), set())
    return Spot(node, file)


def read_file(path: Path) -> Spot:
    """`read_text` of a file."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise TableError(f"larger than {MAX_BYTES} bytes; split the table", file=str(path))
        return read_text(path.read_text("utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise TableError(f"cannot be read: {error}", file=str(path)) from None


def _check(spot: Spot, seen: set[int]) -> None:
    """No alias (a node met twice), no tag of another type, no duplicate key."""
    node = spot.node
    if id(node) in seen:
        raise spot.error("an alias is not allowed: write the value out")
    seen.add(id(node))
    if node.tag not in _TAGS:
        raise spot.error(f"the tag {node.tag} is not allowed")
    if isinstance(node, yaml.MappingNode):
        keys = set()
        for key, child in node.value:
            name = spot.at(key).text()
            if name in keys:
                raise spot.at(key).error(f"key {name!r} stands twice")
            keys.add(name)
            _check(spot.at(child), seen)
    elif isinstance(node, yaml.SequenceNode):
        for child in node.value:
            _check(spot.at(child), seen)
