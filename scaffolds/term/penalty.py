"""The penalty (dwangsom) for a decision that is late: Awb 4:17 and 4:18, in whole euros.

EUR 23 a day for the first 14 days, 35 for the next 14, 45 for the rest, at most 42 days. The first day is the
one on which two weeks have passed after the term lapsed and a written notice of default (ingebrekestelling)
came in. The Atw does not move the 42 days. Whether there is none because the notice is unreasonably late,
the applicant has no interest or the application is plainly inadmissible (4:17(5)) is for a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from scaffolds.calendar import ATW, Calendar, dutch_calendar
from scaffolds.term.event import TermError
from scaffolds.term.interval import Interval
from scaffolds.term.result import Step, TermResult
from scaffolds.term.rule import SWITCHES
from scaffolds.term.rules import AWB

BANDS = ((14, 23), (14, 35), (14, 45))  # days, euros a day; Awb 4:17(2)
MAX_DAYS = sum(days for days, _ in BANDS)
_SWITCHES = ("penalty_first_day", "penalty_two_weeks_roll", "penalty_decision_day")


@dataclass(frozen=True, slots=True)
class Penalty:
    """What is due up to `days` days of default. `first` to `last` are the days that can count, both closed;
    `fix_by` is the last day for the decision that fixes the sum (4:18), counted from `last`."""

    first: date
    last: date
    fix_by: date
    days: int
    euros: int
    share: Decimal
    switches: Mapping[str, str]
    steps: tuple[Step, ...]
    open_questions: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, for the event log."""
        return {
            "first": str(self.first),
            "last": str(self.last),
            "fix_by": str(self.fix_by),
            "days": self.days,
            "euros": self.euros,
            "share": str(self.share),
            "switches": dict(self.switches),
            "steps": [{"what": s.what, "article": s.article, "end": str(s.end)} for s in self.steps],
            "open_questions": list(self.open_questions),
        }


def penalty_total(days: int) -> int:
    """Euros due after so many days of default; raises TermError on a negative number."""
    if days < 0:
        raise TermError(f"{days} days of default cannot be")
    total = 0
    for length, rate in BANDS:
        counted = min(days, length)
        total += counted * rate
        days -= counted
    return total


def penalty(
    term: TermResult,
    notice: date,
    *,
    until: date,
    decided: bool = True,
    applicants: int = 1,
    switches: Mapping[str, str] | None = None,
    calendar: Calendar | None = None,
) -> Penalty:
    """The penalty for a late term after a notice of default received on `notice`.

    `until` is the day the decision was made known or, with `decided=False`, the day up to and including
    which to count. Raises TermError where the rule has no penalty (Woo 8.2), the term is suspended, the
    notice came before the term had lapsed, or `until` lies before the notice.
    """
    if not term.penalty:
        raise TermError(f"term {term.rule_id} has no penalty for a late decision")
    if term.suspended:
        raise TermError(f"term {term.rule_id} is suspended: it has not lapsed")
    if notice <= term.legal_end:
        raise TermError(f"the notice of default on {notice} is premature: the term ends on {term.legal_end}")
    if until < notice:
        raise TermError(f"decided on {until} cannot be: the notice of default came in later, on {notice}")
    if applicants < 1:
        raise TermError("there is at least one applicant")
    chosen = {name: SWITCHES[name].options[0] for name in _SWITCHES} | dict(switches or {})
    for name, option in chosen.items():
        if name not in _SWITCHES or option not in SWITCHES[name].options:
            raise TermError(f"the penalty has no switch {name}={option}; known are {', '.join(_SWITCHES)}")
    grace = Interval(notice, notice + timedelta(weeks=2), False, True)
    steps = [Step("two weeks after the notice of default", str(AWB("4:17(3)")), grace.last, grace)]
    end = grace.last
    if chosen["penalty_two_weeks_roll"] == "yes":
        end = (calendar or dutch_calendar()).roll(end)
        steps.append(Step("the two weeks after the Atw", f"{ATW} 1(1)", end))
    first = end + timedelta(days=chosen["penalty_first_day"] == "day_15")
    last = first + timedelta(days=MAX_DAYS - 1)
    counted_to = until - timedelta(days=decided and chosen["penalty_decision_day"] == "not_counted")
    days = max(0, min((counted_to - first).days + 1, MAX_DAYS))
    euros = penalty_total(days)
    if days:
        counted = Interval(first, first + timedelta(days=days - 1), True, True)
        what = f"{days} days of default: EUR {euros}"
        steps.append(Step(what, str(AWB("4:17(1)(2)")), counted.last, counted))
    fix_by = last + timedelta(weeks=2)
    weeks = Interval(last, fix_by, False, True)
    steps.append(Step("fix the sum by decision", str(AWB("4:18")), fix_by, weeks))
    open_switches = [name for name in _SWITCHES if name not in (switches or {})]
    questions = [f"{SWITCHES[name].question} Used here: {chosen[name]}." for name in open_switches]
    questions.append("Whether there is no penalty for a reason of Awb 4:17(5) is for a person to judge.")
    share = (Decimal(euros) / applicants).quantize(Decimal("0.01"))
    return Penalty(
        first,
        last,
        fix_by,
        days,
        euros,
        share,
        MappingProxyType(chosen),
        tuple(steps),
        tuple(questions),
    )
