"""Facts: the typed values that one Read step produces, declared as a class and compiled once.

    class Aanvraag(Facts):
        activiteit = Choice(label="Wat wil de aanvrager doen?", options={...})
        locatie = Locatie          # nested facts

Field order is the order in which the model answers. A field that is not closed and bounded is refused here,
when the workflow is loaded, with its name.
"""

from __future__ import annotations

from typing import Any, ClassVar

from scaffolds.errors import CasewrightError
from scaffolds.facts.kinds import Kind


class Facts:
    """Base class of a set of facts. Class attributes are kinds, or other Facts classes for nesting.

    `kinds` maps the dotted path of every fact to its kind, in order: {"locatie.straat": Text(...), ...}.
    Raises CasewrightError for a field that is not a kind, or that is unbounded.
    """

    kinds: ClassVar[dict[str, Kind]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        kinds: dict[str, Kind] = {}
        for name, declared in vars(cls).items():
            if name.startswith("_"):
                continue
            if isinstance(declared, type) and issubclass(declared, Facts):
                kinds |= {f"{name}.{path}": kind for path, kind in declared.kinds.items()}
            elif isinstance(declared, Kind):
                if why := declared.unbounded():
                    raise CasewrightError(f"{cls.__name__}.{name} is not bounded: {why}.")
                kinds[name] = declared
            else:
                raise CasewrightError(
                    f"{cls.__name__}.{name} is {type(declared).__name__}; a fact is a kind such as Text, "
                    "Choice, YesNo, Whole, Euros, Day or Postcode, or a nested Facts class."
                )
        if not kinds:
            raise CasewrightError(f"{cls.__name__} declares no facts.")
        cls.kinds = kinds
