"""What a term rule is: typed frozen data. The arithmetic is in `compute`, the rules themselves in `rules`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from scaffolds.term.event import EventKind, TermError


@dataclass(frozen=True, slots=True)
class Law:
    """A regulation in the version whose text was read."""

    short: str
    id: str
    version: date

    def __call__(self, article: str) -> "Article":
        return Article(self, article)


@dataclass(frozen=True, slots=True)
class Article:
    """A place in a law, in its version."""

    law: Law
    article: str

    def __str__(self) -> str:
        return f"{self.law.short} {self.article} ({self.law.id}, {self.law.version})"


@dataclass(frozen=True, slots=True)
class Length:
    """So many days, weeks or months."""

    number: int
    unit: Literal["days", "weeks", "months"]

    def __str__(self) -> str:
        return f"{self.number} {self.unit}"


@dataclass(frozen=True, slots=True)
class Suspension:
    """Days that do not count (opschorting). An end that is not closed is itself not suspended.

    `certain` is False where a person must judge whether it holds: the authority's safe end leaves it out.
    """

    opens: EventKind
    article: Article
    title_nl: str
    start_closed: bool = False
    end_closed: bool = False
    certain: bool = True
    needs_until: bool = False


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension (verlenging, verdaging) of at most `max_weeks`.

    It must be made known within the term, or within `told_within` of the start where that is given.
    """

    max_weeks: int
    article: Article
    told_within: Length | None = None


@dataclass(frozen=True, slots=True)
class Switch:
    """A choice that the statute leaves open: the first option is the default until a jurist settles it."""

    name: str
    options: tuple[str, ...]
    question: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One legal term.

    `starts` are the events that can start it (the first that occurred counts); `after` names a rule whose
    legal end starts it instead. `first_day_counts` is True where the article says "vanaf de dag waarop":
    the start is then day 1, otherwise day 0. `variants` give other lengths by name. `holder` is whose
    deadline it is; `aim` is "earliest" for a waiting time, before which nothing may happen.
    `roll` says whether the last day moves under the Atw: a bylaw does so only where it says it.
    """

    id: str
    title_nl: str
    article: Article
    length: Length
    starts: tuple[EventKind, ...] = ("received",)
    after: str = ""
    first_day_counts: bool = False
    variants: Mapping[str, Length] = field(default_factory=dict)
    holder: Literal["authority", "citizen"] = "authority"
    aim: Literal["deadline", "earliest"] = "deadline"
    roll: Literal["atw", "none", "bylaw"] = "atw"
    extension: Extension | None = None
    suspensions: tuple[Suspension, ...] = ()
    restart: Article | None = None
    penalty: bool = True
    switches: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    in_force_from: date = date(2026, 1, 1)

    @property
    def version(self) -> str:
        """The version date of the text it was read from. A case keeps the version it began with."""
        return self.article.law.version.isoformat()

    def length_of(self, variant: str) -> Length:
        """The length in a variant; raises TermError naming the variants there are."""
        if not variant:
            return self.length
        if variant not in self.variants:
            known = ", ".join(self.variants) or "none"
            raise TermError(f"term {self.id} has no variant {variant!r}; known: {known}")
        return self.variants[variant]


SWITCHES: dict[str, Switch] = {
    switch.name: switch
    for switch in (
        Switch(
            "extension_from",
            ("raw_end", "legal_end"),
            "Is an extension counted from the raw end of the term or from its end after the Atw?",
        ),
        Switch(
            "extended_roll",
            ("no_roll", "roll"),
            "Does the Atw move the end of a term that only its extension makes longer than 12 weeks?",
        ),
        Switch(
            "repair_term_roll",
            ("no", "yes"),
            "Does the Atw move the end of a repair term, which the authority and not a statute sets?",
        ),
        Switch(
            "suspension_without_repair_term",
            ("none", "until_completed"),
            "Does an invitation that sets no repair term suspend?",
        ),
        Switch(
            "lapse_day",
            ("day_after", "last_day"),
            "Does a repair term lapse on the day after its last day, or on that last day?",
        ),
        Switch("month_end", ("last_day", "next_month"), "Where does a month end that has no day of that number?"),
        Switch(
            "restart_day",
            ("day_0", "day_1"),
            "Is the day on which an aanhouding ends day 0 or day 1 of the new count?",
        ),
        Switch("bylaw_roll", ("no", "yes"), "Does this bylaw declare the Atw applicable?"),
        Switch("wait_roll", ("no", "yes"), "Does the Atw move the end of a waiting time?"),
        Switch(
            "penalty_first_day",
            ("day_15", "day_14"),
            "Is the first day of the penalty day 14 or day 15 after the notice of default?",
        ),
        Switch(
            "penalty_two_weeks_roll",
            ("no", "yes"),
            "Does the Atw move the end of the two weeks before the penalty begins?",
        ),
        Switch(
            "penalty_decision_day",
            ("not_counted", "counted"),
            "Is the day on which the decision is made known a day of default?",
        ),
    )
}
