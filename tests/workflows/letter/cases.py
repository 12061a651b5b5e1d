"""A case that has been decided, with words of an applicant in its letter, for tests of letters."""

from dataclasses import replace

from scaffolds import engine
from scaffolds.case import Case, Event
from scaffolds.environment import play
from scaffolds.facts import Fact
from scaffolds.workflow import Decide
from tests.scaffolds.gold import answering, archived
from workflows.omgevingsvergunning import WORKFLOW


def decided(
    decision: str = "verlenen", *, name: str = "Jan de Boer", reason: str = "Het mag.", quoted: str = ""
) -> Case:
    """A granted felling permit of the applicant `name`, whose own reason is `quoted`."""
    [episode] = play(WORKFLOW, [archived()], answering())
    case = replace(episode.case, events=tuple(_named(event, name) for event in episode.case.events))
    at = case.events[-1].at
    state = engine.state_of(WORKFLOW, case)
    assert isinstance(state.step, Decide)
    norms = {norm.id: "ja" for norm in state.step.norms}
    case = case.with_events([engine.decide(state, decision, reason=reason, norms=norms, person="ada", at=at)])
    case = case.with_events([engine.sign(engine.state_of(WORKFLOW, case), agreed=True, person="bob", at=at)])
    fact = Fact(path="reden", state="stated", values=(quoted,)) if quoted else Fact(path="reden", state="not_stated")
    state = engine.state_of(WORKFLOW, case)
    return case.with_events([engine.propose(state, {"reden": fact}, model="klerk", at=at)])


def _named(event: Event, name: str) -> Event:
    """The event as if a person had corrected the applicant's name to `name`."""
    if event.kind != "facts_confirmed":
        return event
    facts = [{**f, "values": [name]} if f["path"] == "aanvrager" else f for f in event.payload["facts"]]
    return replace(event, payload={**event.payload, "facts": facts})
