"""Legal terms: events in, ends out, each step with its article.

    raw_end    arithmetic end, after extension and suspension, before any roll
    legal_end  raw_end after the Algemene termijnenwet (Atw), where it applies
    safe_end   for the authority the earliest end that can be defended: under every setting of the rule's
               switches, without the roll and without a suspension that a person must judge; never after
               legal_end. For a citizen it is legal_end: the later date always counts.

Pure: no clock is read, so a result stays what it was until it is computed anew.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from scaffolds.calendar import Calendar, dutch_calendar
from scaffolds.term.count import Count
from scaffolds.term.event import TermError, TermEvent, check_history
from scaffolds.term.result import TermResult
from scaffolds.term.rule import SWITCHES, Rule
from scaffolds.term.rules import find_rule


def compute(
    rule: Rule | str,
    events: Sequence[TermEvent],
    *,
    version: str = "",
    variant: str = "",
    switches: Mapping[str, str] | None = None,
    calendar: Calendar | None = None,
) -> TermResult:
    """Compute the term of a rule from a case's events.

    `version` is the rule version the case began with (empty: the latest). Raises TermError on an unknown
    rule, version, variant or switch, on a history that cannot be, on a start before the rule was in force
    and where nothing started the term; CalendarError on a year the calendar does not know.
    """
    rule = find_rule(rule, version=version) if isinstance(rule, str) else rule
    calendar = calendar or dutch_calendar()
    history = check_history(events)
    chosen = {name: SWITCHES[name].options[0] for name in rule.switches}
    for name, option in (switches or {}).items():
        if name not in chosen or option not in SWITCHES[name].options:
            known = "; ".join(f"{n}: {', '.join(SWITCHES[n].options)}" for n in chosen)
            raise TermError(f"term {rule.id} has no switch {name}={option}; known are {known or 'none'}")
        chosen[name] = option
    after = compute(rule.after, history, version=rule.version, calendar=calendar) if rule.after else None

    def count(settings: Mapping[str, str], *, judged: bool) -> Count:
        return Count(rule, history, variant, settings, calendar, judged=judged, after=after)

    def earliest(settings: Mapping[str, str], settled: frozenset[str]) -> date:
        """The earliest raw end over the switches that matter here and that no jurist has settled."""
        safe = count(settings, judged=False)
        loose = next((name for name in safe.consulted if name not in settled), None)
        if loose is None:
            return safe.raw
        return min(earliest({**settings, loose: o}, settled | {loose}) for o in SWITCHES[loose].options)

    done = count(chosen, judged=True)
    safe_end = done.legal
    if rule.holder == "authority" and rule.aim == "deadline":
        safe_end = min(safe_end, earliest(chosen, frozenset(switches or ())))
    questions = [
        f"{SWITCHES[name].question} Used here: {chosen[name]}; a jurist must settle it."
        for name in done.consulted
        if name not in (switches or ())
    ]
    return TermResult(
        rule.id, rule.version, variant, calendar.version, MappingProxyType(chosen), rule.holder, rule.aim,
        rule.penalty, done.start, done.raw, done.legal, safe_end, done.suspended, tuple(done.steps),
        tuple(done.warnings), (*rule.remarks, *questions, *done.questions),
    )  # fmt: skip
