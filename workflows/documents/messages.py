"""What is told about a file, in Dutch for who handles the case and in English beside it; words in messages.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Literal

import yaml

from scaffolds.errors import CasewrightError

Language = Literal["nl", "en"]


@cache
def _catalogue() -> Mapping[str, Mapping[str, str]]:
    text = resources.files("workflows.documents").joinpath("messages.yaml").read_text("utf-8")
    return {code: words for group in yaml.safe_load(text).values() for code, words in group.items()}


@dataclass(frozen=True, kw_only=True)
class Note:
    """Something about a file that its reader has to know; `values` are what the words name."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def text(self, language: Language = "nl") -> str:
        """Word it."""
        return _catalogue()[self.code][language].format_map(self.values)

    def to_dict(self) -> dict[str, Any]:
        """Write it as plain JSON."""
        return {"code": self.code, "values": dict(self.values)}


class Refused(CasewrightError):
    """A file that is not read: which, why, and what to do."""

    def __init__(self, code: str, *, name: str, **values: Any) -> None:
        self.code, self.name, self.values = code, name, values
        super().__init__(self.text("en"))

    def text(self, language: Language = "nl") -> str:
        """Word it."""
        return f"{self.name} {_catalogue()[self.code][language].format_map(self.values)}"


class Unreadable(Exception):
    """Raised by a format's reader, which does not know the name of the file: becomes Refused."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values
