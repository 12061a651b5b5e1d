"""What the desk says, in Dutch and English: one catalogue per language, the same keys in both."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml

from scaffolds.errors import CasewrightError

LANGUAGES = ("nl", "en")


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Every message of a language by its key."""
    text = resources.files(__name__).joinpath(f"{language}.yaml").read_text("utf-8")
    return {str(key): str(value) for key, value in yaml.safe_load(text).items()}


def say(language: str, key: str, **values: Any) -> str:
    """Word a message. Raises KeyError for a message that no catalogue has."""
    return catalogue(language)[key].format(**values)


class Refused(CasewrightError):
    """Something that cannot be done as it was asked; worded for who asked, in their language."""

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(say("en", f"refused.{key}", **values))
        self.key, self.values = key, values

    def worded(self, language: str) -> str:
        """The refusal in this language."""
        return say(language, f"refused.{self.key}", **self.values)
