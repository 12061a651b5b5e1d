"""Session: walk one case through its workflow at the terminal, as far as the people there take it.

The engine says what comes next, the model reads, tables and terms run by themselves, and every human step is
taken by the person or left open. Nothing is sent from here: letters are drafts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from finetune.case.person import Person
from scaffolds import engine
from scaffolds.case import Case
from scaffolds.workflow import Ask, Decide, Draft, Read, Workflow
from workflows.letter import letter
from workflows.serve.reader import Reader
from workflows.show import clean_lines, facts_nl, receipt_nl, term_nl


@dataclass(kw_only=True)
class Session:
    """One case being handled. `person` is None when nobody can be asked; `today` dates letters and acts."""

    workflow: Workflow
    reader: Reader
    person: Person | None
    say: Callable[[str], None]
    today: date

    def handle(self, case: Case) -> Case:
        """Go on until the case closes, waits for someone who is not here, or is left for later."""
        while (moved := self._step(case)) is not case:
            case = moved
        return case

    def _step(self, case: Case) -> Case:
        """Take the next step; the same case comes back when it has to wait."""
        state = engine.state_of(self.workflow, case)
        match state.phase:
            case "read":
                return self._read(case, state)
            case "confirm":
                return self._confirm(case, state)
            case "evaluate":
                return self._evaluate(case)
            case "ask":
                return self._ask(case, state)
            case "decide":
                return self._decide(case, state)
            case "sign":
                return self._sign(case, state)
            case "send":
                self._title("Conceptbrief", clean_lines(letter(self.workflow, case, on=self.today)))
            case "await":
                assert isinstance(state.step, Ask)
                self.say(f"\nDe zaak wacht op de {state.step.whom}.")
        return case

    def _read(self, case: Case, state: engine.State) -> Case:
        step = state.step
        assert isinstance(step, Read | Draft)
        assert step.facts is not None
        reading = self.reader.read(case, step=step.id, facts=step.facts)
        if isinstance(step, Read):
            self._title(step.title, *facts_nl(step.facts.kinds, reading.facts))
            if reading.parts == 0:
                self.say("  De stukken zijn te lang voor het model, of zonder tekst; een medewerker leest ze zelf.")
            elif reading.parts > 1:
                self.say(f"  De stukken zijn in {reading.parts} delen gelezen.")
        return case.with_events(
            [engine.propose(state, reading.facts, model=self.reader.name, at=self._now(), parts=reading.parts)]
        )

    def _confirm(self, case: Case, state: engine.State) -> Case:
        assert isinstance(state.step, Read)
        facts = self.person.confirm(state.step.facts.kinds, state.proposed) if self.person else None
        if facts is None or self.person is None:
            self.say("\nDit is een voorstel. Een medewerker moet elk gegeven bevestigen; de zaak wacht daarop.")
            return case
        return case.with_events([engine.confirm(state, facts, person=self.person.name, at=self._now())])

    def _evaluate(self, case: Case) -> Case:
        known = len(engine.state_of(self.workflow, case).receipts)
        case = engine.run_tables(self.workflow, case, at=self._now())
        receipts = engine.state_of(self.workflow, case).receipts[known:]
        self._title("Beslistabellen", *(line for receipt in receipts for line in receipt_nl(receipt)))
        self._title("Termijn", *term_nl(self.workflow, case))
        return case

    def _ask(self, case: Case, state: engine.State) -> Case:
        assert isinstance(state.step, Ask)
        items = state.outputs[state.step.items]
        draft = clean_lines(letter(self.workflow, case, on=self.today))
        self._title("Wat ontbreekt", *(f"  - {item}" for item in items))
        self._title("Conceptbrief", draft)
        if self.person is None or not self.person.sends(draft):
            return case
        until = self.today + timedelta(days=state.step.days)
        at = self._now()
        asked = engine.ask(state, items, until=until, person=self.person.name, at=at)
        case = case.with_events([asked])
        self._title("Termijn", *term_nl(self.workflow, case))
        return case

    def _decide(self, case: Case, state: engine.State) -> Case:
        assert isinstance(state.step, Decide)
        norms = [f"  {norm.question} ({norm.source})" for norm in state.step.norms]
        self._title("Alleen een medewerker beantwoordt", *norms)
        made = self.person.decide(state.step) if self.person else None
        if made is None or self.person is None:
            self.say("\nDe zaak wacht op een besluit van een medewerker.")
            return case
        decided = engine.decide(
            state, made.option, reason=made.reason, norms=made.norms, person=self.person.name, at=self._now()
        )
        return case.with_events([decided])

    def _sign(self, case: Case, state: engine.State) -> Case:
        name = self.person.second(state.decision or "") if self.person else None
        if name is None:
            self.say("\nDe zaak wacht op een tweede ondertekenaar.")
            return case
        return case.with_events([engine.sign(state, agreed=True, person=name, at=self._now())])

    def _title(self, title: str, *lines: str) -> None:
        self.say(f"\n{title}")
        for line in lines:
            self.say(line)

    def _now(self) -> datetime:
        return datetime.combine(self.today, datetime.now(UTC).timetz())
