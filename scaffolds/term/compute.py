"""Legal terms: events in, ends out, each step with its article.

    raw_end    arithmetic end, after extension and suspension, before any roll
    legal_end  raw_end after the Algemene termijnenwet (Atw), where it applies
    safe_end   for the authority the earliest end that can be defended: under every setting of the rule's
               switches, without the roll and without a suspension that a person must judge; never after
               legal_end. For a citizen it is legal_end: the later date always counts.

"Binnen n weken na X": X is day 0, the last day is X + 7n. Extension is counted before the roll, which comes
last and once. Overlapping suspensions count each day once; a suspended day after the end changes nothing.
Pure: no clock is read, so a result stays what it was until it is computed anew.
"""

from calendar import monthrange
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from scaffolds.calendar import ATW, Calendar, dutch_calendar
from scaffolds.term.event import PAIRS, TermError, TermEvent, check_history
from scaffolds.term.interval import Interval
from scaffolds.term.rule import SWITCHES, Length, Rule, Suspension
from scaffolds.term.rules import find_rule

ROLL_WEEKS = 12  # Atw 4(a): the roll is not for terms of more than twelve weeks


@dataclass(frozen=True, slots=True)
class Step:
    """One addition: what, under which article, over which days, and the end it gave."""

    what: str
    article: str
    end: date
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class TermResult:
    """The computed term. `suspended` is True while a suspension without a known end is running:
    the ends then hold only if it ended at once."""

    rule_id: str
    version: str
    variant: str
    calendar_version: str
    switches: Mapping[str, str]
    holder: str
    aim: str
    penalty: bool
    start: date
    raw_end: date
    legal_end: date
    safe_end: date
    suspended: bool
    steps: tuple[Step, ...]
    warnings: tuple[str, ...]
    open_questions: tuple[str, ...]

    @property
    def overdue_from(self) -> date:
        """The first day after the term; for a waiting time the first day on which it may."""
        return self.legal_end + timedelta(days=1)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, for the event log."""
        return {
            "rule": self.rule_id,
            "version": self.version,
            "variant": self.variant,
            "calendar": self.calendar_version,
            "switches": dict(self.switches),
            "holder": self.holder,
            "aim": self.aim,
            "start": str(self.start),
            "raw_end": str(self.raw_end),
            "legal_end": str(self.legal_end),
            "safe_end": str(self.safe_end),
            "suspended": self.suspended,
            "steps": [
                {"what": s.what, "article": s.article, "end": str(s.end)}
                | ({"interval": str(s.interval)} if s.interval else {})
                for s in self.steps
            ],
            "warnings": list(self.warnings),
            "open_questions": list(self.open_questions),
        }


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
    count = _Count(rule, history, variant, chosen, calendar, judged=True)
    safe = count.legal
    if rule.holder == "authority" and rule.aim == "deadline":
        safe = min(
            safe, _earliest(rule, history, variant, chosen, calendar, settled=frozenset(switches or ()))
        )
    questions = [
        f"{SWITCHES[name].question} Used here: {chosen[name]}; a jurist must settle it."
        for name in count.consulted
        if name not in (switches or ())
    ]
    return TermResult(
        rule.id, rule.version, variant, calendar.version, MappingProxyType(chosen), rule.holder, rule.aim,
        rule.penalty, count.start, count.raw, count.legal, safe, count.suspended, tuple(count.steps),
        tuple(count.warnings), (*rule.remarks, *questions, *count.questions),
    )  # fmt: skip


def _earliest(
    rule: Rule,
    history: tuple[TermEvent, ...],
    variant: str,
    switches: Mapping[str, str],
    calendar: Calendar,
    *,
    settled: frozenset[str],
) -> date:
    """The earliest raw end over every setting of the switches that matter and that no jurist has settled."""
    count = _Count(rule, history, variant, switches, calendar, judged=False)
    unsettled = next((name for name in count.consulted if name not in settled), None)
    if unsettled is None:
        return count.raw
    return min(
        _earliest(
            rule, history, variant, {**switches, unsettled: option}, calendar, settled=settled | {unsettled}
        )
        for option in SWITCHES[unsettled].options
    )


class _Count:
    """One count of a term under one setting of the switches."""

    def __init__(
        self,
        rule: Rule,
        history: tuple[TermEvent, ...],
        variant: str,
        switches: Mapping[str, str],
        calendar: Calendar,
        *,
        judged: bool,
    ) -> None:
        self.rule, self.history, self.switches, self.calendar, self.judged = (
            rule,
            history,
            switches,
            calendar,
            judged,
        )
        self.length = rule.length_of(variant)
        self.weeks = self.length.number if self.length.unit == "weeks" else 0
        self.steps: list[Step] = []
        self.warnings: list[str] = []
        self.questions: list[str] = []
        self.consulted: dict[str, None] = {}
        self.suspended = False
        self.start = self._start()
        self.raw = self._first_end()
        self._run()
        self.legal = self._rolled(self.raw, final=True)

    def _choice(self, name: str) -> str:
        self.consulted[name] = None
        return self.switches[name]

    def _start(self) -> date:
        rule = self.rule
        if rule.after:
            day = compute(rule.after, self.history, calendar=self.calendar).legal_end
            what = f"the term {rule.after} lapses"
        else:
            event = next((event for event in self.history if event.kind in rule.starts), None)
            if event is None:
                raise TermError(f"term {rule.id} has not started: no event {' or '.join(rule.starts)}")
            day, what = event.on, event.kind
            own = {s.opens for s in rule.suspensions} | ({"extended"} if rule.extension else set())
            for early in self.history:
                if early.kind in own and early.on < day:
                    raise TermError(f"{early} cannot come before {event}, which starts the term")
        if day < rule.in_force_from:
            raise TermError(
                f"term {rule.id} version {rule.version} is not in force on {day}, but from {rule.in_force_from}"
            )
        self.steps.append(Step(f"start: {what}", str(rule.article), day))
        return day

    def _first_end(self) -> date:
        start, first = self.start, self.rule.first_day_counts
        held = (
            [event for event in self.history if event.kind in ("held", "held_ended")]
            if self.rule.restart
            else []
        )
        if held:
            if held[-1].kind == "held":
                self.suspended = True
                self.questions.append(
                    f"{held[-1]} (aanhouding) has no end yet; the term counts anew from that day."
                )
            else:
                start, first = held[-1].on, self._choice("restart_day") == "day_1"
                self.steps.append(
                    Step("aanhouding ended: the term counts anew", str(self.rule.restart), start)
                )
                self.start = start
        end = self._plus(start, self.length) - timedelta(days=first)
        counted = Interval(start, end, first, True)
        self.steps.append(Step(f"length: {self.length}", str(self.rule.article), end, counted))
        return end

    def _plus(self, day: date, length: Length) -> date:
        if length.unit != "months":
            return day + timedelta(days=length.number * (7 if length.unit == "weeks" else 1))
        years, month = divmod(day.month - 1 + length.number, 12)
        year, month = day.year + years, month + 1
        last = monthrange(year, month)[1]
        if day.day <= last:
            return date(year, month, day.day)
        missing = self._choice("month_end") == "next_month"
        return date(year, month, last) + timedelta(days=missing)

    def _run(self) -> None:
        """Walk the calendar once: each suspended day within the term moves its end by one day."""
        spans = [span for span in map(self._span, self.history) if span]
        owner: dict[date, int] = {}
        for n, (_, span) in enumerate(spans):
            for day in span.days():
                owner.setdefault(day, n)
        extensions = [event for event in self.history if event.kind == "extended" and self.rule.extension]
        if len(extensions) > 1:
            raise TermError(f"{extensions[1]} cannot follow {extensions[0]}: one extension is allowed")
        extension = extensions[0] if extensions else None
        told: Counter[int] = Counter()
        for day, n in sorted(owner.items()):
            if extension and extension.on < day:
                self._tell(spans, told)
                self._extend(extension)
                extension = None
            if self.start < day <= self.raw:
                self.raw += timedelta(days=1)
                told[n] += 1
        self._tell(spans, told)
        if extension:
            self._extend(extension)

    def _tell(self, spans: list[tuple[Suspension, Interval]], days: Counter[int]) -> None:
        """Write down the suspended days counted so far, one step per suspension."""
        end = self.raw - timedelta(days=days.total())
        for n, number in days.items():
            suspension, span = spans[n]
            end += timedelta(days=number)
            what = f"opschorting, {suspension.title_nl}: {number} days"
            self.steps.append(Step(what, str(suspension.article), end, span))
        days.clear()

    def _span(self, event: TermEvent) -> tuple[Suspension, Interval] | None:
        """The days an event suspends, with the ends as the article words them."""
        suspension = next((s for s in self.rule.suspensions if s.opens == event.kind), None)
        if suspension is None:
            return None
        if not suspension.certain:
            self.questions.append(
                f"Whether {event} suspends ({suspension.article.article}) is for a person to judge."
            )
            if not self.judged:
                return None
        place = self.history.index(event)
        close = next((e for e in self.history[place:] if PAIRS.get(e.kind) == event.kind), None)
        if suspension.needs_until and event.until is None:
            self.warnings.append(
                f"{event} sets no repair term (herstelterm): it does not suspend unless a jurist says so."
            )
            if self._choice("suspension_without_repair_term") == "none":
                return None
        until = event.until
        if until and event.kind == "invited" and self._choice("repair_term_roll") == "yes":
            until = self.calendar.roll(until)
        if close and close.kind != "repair_lapsed" and (until is None or close.on <= until):
            return suspension, Interval(event.on, close.on, suspension.start_closed, suspension.end_closed)
        if until is None:
            self.suspended = True
            self.questions.append(
                f"{event} has no end yet: the term is suspended and its ends are not final."
            )
            return None
        if event.kind == "delay_agreed":
            return suspension, Interval(event.on, until, suspension.start_closed, suspension.end_closed)
        if close is None:
            self.questions.append(
                f"{event}: nothing has come in; the count assumes it stays so until {until}."
            )
        lapse = until + timedelta(days=self._choice("lapse_day") == "day_after")
        return suspension, Interval(event.on, lapse, suspension.start_closed, suspension.end_closed)

    def _extend(self, event: TermEvent) -> None:
        extension = self.rule.extension
        assert extension is not None
        weeks = extension.max_weeks if event.weeks is None else event.weeks
        if not 1 <= weeks <= extension.max_weeks:
            raise TermError(f"{event}: {weeks} weeks; {extension.article} allows 1 to {extension.max_weeks}")
        latest = self._rolled(self.raw)
        if extension.told_within:
            latest = min(latest, self._rolled(self._plus(self.start, extension.told_within)))
        if event.on > latest:
            self.warnings.append(
                f"{event} came after {latest}, the last day to make it known: it has no effect."
            )
            return
        base = self.raw
        if "extension_from" in self.rule.switches and self._choice("extension_from") == "legal_end":
            base = latest
        self.weeks += weeks if self.weeks else 0
        self.raw = base + timedelta(weeks=weeks)
        span = Interval(base, self.raw, False, True)
        self.steps.append(Step(f"verlenging: {weeks} weeks", str(extension.article), self.raw, span))

    def _rolled(self, day: date, *, final: bool = False) -> date:
        """The end after the Atw, where it applies to this rule; the roll is told as a step when `final`."""
        rule = self.rule
        if rule.roll == "none" and not ("wait_roll" in rule.switches and self._choice("wait_roll") == "yes"):
            return day
        if rule.roll == "bylaw" and self._choice("bylaw_roll") == "no":
            return day
        if (
            self.weeks > ROLL_WEEKS
            and "extended_roll" in rule.switches
            and self._choice("extended_roll") == "no_roll"
        ):
            return day
        end = self.calendar.roll(day)
        while (end - self.start).days <= 14 and self.calendar.ordinary_days(
            self.start + timedelta(days=1), end
        ) < 2:
            end = self.calendar.roll(end + timedelta(days=1))
        if final:
            passed = [day + timedelta(days=n) for n in range((end - day).days)]
            why = ", ".join(f"{d} {self.calendar.closed(d) or 'te weinig gewone dagen'}" for d in passed)
            self.steps.append(
                Step(
                    f"Atw: {why}" if passed else "Atw: an ordinary day, nothing moves",
                    f"{ATW} 1(1), 2, 3",
                    end,
                )
            )
        return end
