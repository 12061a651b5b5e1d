"""Who acts at the terminal: the person who sits there, or a preview that answers as if someone had confirmed.

The preview decides nothing: what it does exists only on the screen, and the trace that it makes is thrown
away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from jsonschema import Draft202012Validator

from scaffolds.facts import Fact, Kind, Whole
from scaffolds.workflow import Decide
from workflows.show import clean, value_nl

NOT_STATED, UNSURE = "-", "?"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a person decided, why, and the answers to the open norms."""

    option: str
    reason: str
    norms: Mapping[str, str]


class Person(Protocol):
    """Takes the steps that are a person's. None leaves the step for later: the case waits."""

    @property
    def name(self) -> str:
        """Under which name it acts."""

    def confirm(self, kinds: Mapping[str, Kind], facts: Mapping[str, Fact]) -> dict[str, Fact] | None:
        """Confirm or correct every fact of a step."""

    def sends(self, letter: str) -> bool:
        """Say whether the request for completion goes out."""

    def decide(self, step: Decide) -> Decision | None:
        """Decide, with a reason and an answer to every open norm."""

    def second(self, decision: str) -> str | None:
        """Name the other person who signs."""


@dataclass(frozen=True, kw_only=True)
class AsIf:
    """The preview. What the model is unsure of, or what has a problem, stays unsure."""

    decision: str | None = None
    name: str = "alsof"

    def confirm(self, kinds: Mapping[str, Kind], facts: Mapping[str, Fact]) -> dict[str, Fact] | None:
        """Take every fact as proposed."""
        return {p: Fact(path=p, state="unsure") if fact.problems else fact for p, fact in facts.items()}

    def sends(self, letter: str) -> bool:
        """Go on as if it had gone out."""
        return True

    def decide(self, step: Decide) -> Decision | None:
        """Show the letter of the decision that was named; without one nothing is decided."""
        if self.decision is None or self.decision not in step.options:
            return None
        norms = {norm.id: "[oordeel van de behandelaar]" for norm in step.norms}
        return Decision(option=self.decision, reason="[reden van de behandelaar]", norms=norms)

    def second(self, decision: str) -> str | None:
        """Go on as if another person had signed."""
        return "alsof-tweede"


@dataclass(frozen=True, kw_only=True)
class AtTerminal:
    """The person at the terminal, asked one thing at a time. An empty answer leaves a step for later."""

    name: str
    ask: Callable[[str], str]
    say: Callable[[str], None]

    def confirm(self, kinds: Mapping[str, Kind], facts: Mapping[str, Fact]) -> dict[str, Fact] | None:
        """Go through the facts.

        Enter takes one over, - is not stated, ? stays unsure, anything else corrects.
        """
        self.say("Per gegeven: Enter = klopt, - = niet vermeld, ? = onzeker, of typ de juiste waarde.")
        return {path: self._settle(kinds[path], fact) for path, fact in facts.items()}

    def _settle(self, kind: Kind, fact: Fact) -> Fact:
        while True:
            typed = self.ask(f"  {fact.path} [{value_nl(kind, fact)}]: ").strip()
            if not typed and not fact.problems:
                return fact
            if not typed:
                self.say("    Bij dit gegeven klopt iets niet; typ de waarde, - of ?.")
            elif typed in (NOT_STATED, UNSURE):
                return Fact(path=fact.path, state="not_stated" if typed == NOT_STATED else "unsure")
            elif (values := typed_values(kind, typed)) is not None:
                # Evidence stays where the person only mended the value that was read from it.
                return replace(
                    fact,
                    state="stated",
                    values=values,
                    problems=(),
                    evidence=fact.evidence if len(fact.evidence) == len(values) else (),
                )
            else:
                self.say(f"    {clean(typed)} past niet bij {kind.label}; {expected(kind)}.")

    def sends(self, letter: str) -> bool:
        """Ask before the request goes out."""
        return self.ask("Is dit verzoek verstuurd? [j/N] ").strip().lower() in ("j", "ja")

    def decide(self, step: Decide) -> Decision | None:
        """Ask for the open norms, the decision and the reason."""
        norms = {}
        for norm in step.norms:
            norms[norm.id] = self.ask(f"{norm.question} ({norm.source})\n  Uw oordeel: ").strip()
            if not norms[norm.id]:
                return None
        for option, meaning in step.options.items():
            self.say(f"  {option}: {meaning}")
        option = self.ask("Uw besluit: ").strip()
        if option not in step.options:
            return None
        reason = self.ask("Uw reden: ").strip()
        return Decision(option=option, reason=reason, norms=norms) if reason else None

    def second(self, decision: str) -> str | None:
        """Ask who signs; nobody yet leaves the case waiting."""
        return self.ask("Wie tekent als tweede (een ander)? ").strip() or None


def typed_values(kind: Kind, typed: str) -> tuple[str | int, ...] | None:
    """Read what a person typed as a value of `kind`.

    None when it does not fit. Several are comma-separated.
    """
    parts = [part.strip() for part in typed.split(",")] if kind.many > 1 else [typed]
    schema = kind.schema()
    if schema is None:
        return tuple(parts)
    values = tuple(int(p) if isinstance(kind, Whole) and p.isascii() and p.isdigit() else p for p in parts)
    validator = Draft202012Validator(schema)
    fits = all(validator.is_valid(value) for value in values) and len(set(values)) == len(values) <= kind.many
    return values if fits else None


def expected(kind: Kind) -> str:
    """Say in Dutch what may be typed."""
    if options := getattr(kind, "options", None):
        return "kies uit " + ", ".join(options)
    if isinstance(kind, Whole):
        unit = "eurocent" if type(kind).__name__ == "Euros" else kind.unit
        return f"een heel getal van {kind.minimum} tot en met {kind.maximum} ({unit})"
    return "een datum als 2026-03-31" if type(kind).__name__ == "Day" else "vier cijfers en twee letters"
