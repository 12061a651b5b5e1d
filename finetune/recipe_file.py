"""A recipe's YAML as read: plain data, with the line of every key, so that a message can point at it."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from scaffolds.errors import CasewrightError

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class ReadFile:
    """The data of a YAML file with the line (from 1) of each of its keys, and the overrides applied to it."""

    path: str
    data: Any
    lines: dict[KeyPath, int] = field(default_factory=dict)
    set_by: dict[KeyPath, str] = field(default_factory=dict)

    def place(self, key: KeyPath) -> str:
        """Name where a key stands: file and line, or the --set that made it."""
        for length in range(len(key), 0, -1):
            if key[:length] in self.set_by:
                return f"--set {self.set_by[key[:length]]}"
        for length in range(len(key), 0, -1):
            if key[:length] in self.lines:
                return f"{self.path}, line {self.lines[key[:length]]}"
        return self.path


def read_recipe_file(path: Path) -> ReadFile:
    """Read a YAML mapping.

    Raises CasewrightError when it is not there, not UTF-8, not YAML, uses an alias, or names a key twice.
    """
    import yaml

    try:
        text = path.read_text(encoding="utf-8")
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise CasewrightError(f"{path} uses a YAML alias (*name); write the value out.")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError) as error:
        raise CasewrightError(f"{path} cannot be read: {error}. Give a readable UTF-8 file.") from error
    except yaml.YAMLError as error:
        raise CasewrightError(f"{path} is not YAML: {' '.join(str(error).split())}. Mend it.") from error
    if not isinstance(data, dict):
        raise CasewrightError(f"{path} is not a recipe: it must be a mapping of keys such as 'name: ...'.")
    file = ReadFile(path=str(path), data=data)
    _note_lines(file, node, ())
    return file


def _note_lines(file: ReadFile, node: Any, path: KeyPath) -> None:
    for index, entry in enumerate(node.value if isinstance(node.value, list) else ()):
        key, inner = (entry[0].value, entry[1]) if isinstance(entry, tuple) else (index, entry)
        here = (*path, key)
        line = (entry[0] if isinstance(entry, tuple) else entry).start_mark.line + 1
        if here in file.lines:
            raise CasewrightError(f"{file.path}, line {line}: '{key}' stands there twice; keep one.")
        file.lines[here] = line
        _note_lines(file, inner, here)


def set_keys(file: ReadFile, overrides: Sequence[str]) -> ReadFile:
    """Apply `KEY=VALUE` overrides: KEY dotted, an entry of a list by its number, VALUE in YAML.

    Raises CasewrightError when an override has no '=', or its key leads nowhere.
    """
    import yaml

    changed = replace(file, data=copy.deepcopy(file.data), set_by={})
    for override in overrides:
        name, equals, value = override.partition("=")
        if not equals or not name:
            raise CasewrightError(f"--set {override}: write KEY=VALUE, for example --set seed=2.")
        path: KeyPath = tuple(int(part) if part.isdigit() else part for part in name.split("."))
        try:
            _put(changed.data, path, yaml.safe_load(value))
        except yaml.YAMLError:
            raise CasewrightError(f"--set {override}: '{value}' is not a YAML value; quote it.") from None
        except (TypeError, IndexError, AttributeError):
            raise CasewrightError(f"--set {override}: there is no such place; see `recipes show`.") from None
        changed.set_by[path] = override
    return changed


def _put(data: Any, path: KeyPath, value: Any) -> None:
    *parents, last = path
    for parent in parents:
        if isinstance(data, dict) and data.get(parent) is None:
            data[parent] = {}
        data = data[parent]
    data[last] = value
