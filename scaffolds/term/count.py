"""One count of a term, under one setting of the switches; `compute` runs it as often as safety asks.

"Binnen n weken na X": X is day 0, the last day is X + 7n. Extension is counted before the roll, which comes
last and once. Overlapping suspensions count each day once; a suspended day after the end changes nothing.
"""

from calendar import monthrange
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

from scaffolds.calendar import ATW, Calendar
from scaffolds.term.event import PAIRS, TermError, TermEvent
from scaffolds.term.interval import Interval
from scaffolds.term.result import Step, TermResult
from scaffolds.term.rule import Length, Rule, Suspension

ROLL_WEEKS = 12  # Atw 4(a): the roll is not for terms of more than twelve weeks


class Count:
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
        after: TermResult | None,
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
        self.start = self._start(after)
        self.raw = self._first_end()
        self._run()
        self.legal = self._rolled(self.raw, final=True)

    def _choice(self, name: str) -> str:
        self.consulted[name] = None
        return self.switches[name]

    def _start(self, after: TermResult | None) -> date:
        rule = self.rule
        if after:
            day, what = after.legal_end, f"the term {after.rule_id} lapses"
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
                f"term {rule.id} version {rule.version} is in force from {rule.in_force_from}, not on {day}"
            )
        self.steps.append(Step(f"start: {what}", str(rule.article), day))
        return day

    def _first_end(self) -> date:
        start, first = self.start, self.rule.first_day_counts
        held = [event for event in self.history if event.kind in ("held", "held_ended")] if self.rule.restart else []
        if held:
            if held[-1].kind == "held":
                self.suspended = True
                self.questions.append(f"{held[-1]} (aanhouding) has no end yet; the term counts anew from that day.")
            else:
                start, first = held[-1].on, self._choice("restart_day") == "day_1"
                self.steps.append(Step("aanhouding ended: the term counts anew", str(self.rule.restart), start))
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
            self.questions.append(f"Whether {event} suspends ({suspension.article.article}) is for a person to judge.")
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
            self.questions.append(f"{event} has no end yet: the term is suspended and its ends are not final.")
            return None
        if event.kind == "delay_agreed":
            return suspension, Interval(event.on, until, suspension.start_closed, suspension.end_closed)
        if close is None:
            self.questions.append(f"{event}: nothing has come in; the count assumes it stays so until {until}.")
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
            self.warnings.append(f"{event} came after {latest}, the last day to make it known: it has no effect.")
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
        if self.weeks > ROLL_WEEKS and "extended_roll" in rule.switches and self._choice("extended_roll") == "no_roll":
            return day
        end = self.calendar.roll(day)
        while (end - self.start).days <= 14 and self.calendar.ordinary_days(self.start + timedelta(days=1), end) < 2:
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
