"""Desk: what a process of the desk holds open. The store, the workflows, who may answer for them, and the time."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Literal, Protocol

from sqlalchemy import Engine

from scaffolds import engine
from scaffolds.case import Case, local_day
from scaffolds.engine import State
from scaffolds.store import Store
from scaffolds.workflow import Workflow
from workflows.desk import switches
from workflows.desk.settings import Settings
from workflows.serve.bundle import Bundle
from workflows.serve.reader import Reader

Suggestion = Literal["shown", "withheld", "shadow", "off", "none"]
"""What becomes of a model's reading: shown, left out by lot, only recorded, switched off; or there is none."""


class Served(Protocol):
    """A bundle that answers: in this process, or from a server."""

    @property
    def bundle(self) -> Bundle:
        """What it was made of."""

    def reader(self) -> Reader:
        """Give a reader for one case."""


def utc_now() -> datetime:
    """The time, where no test says otherwise."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """An open desk. `models` are the bundles by the workflow they read for."""

    settings: Settings
    store: Store
    workflows: Mapping[str, Workflow]
    models: Mapping[str, Served] = field(default_factory=dict)
    lot: str = ""
    """The key of the lot by which suggestions are left out."""
    clock: Callable[[], datetime] = utc_now

    @property
    def engine(self) -> Engine:
        """The database."""
        return self.store.engine

    @property
    def today(self) -> date:
        """The day in the Netherlands."""
        return local_day(self.clock())

    def mode(self, workflow: str) -> switches.Mode:
        """How suggestions in this workflow are used now; "off" where no bundle reads for it."""
        model = self.models.get(workflow)
        if model is None:
            return "off"
        return switches.mode_of(self.engine, workflow=workflow, bundle=model.bundle.name)

    def every_switch(self) -> dict[switches.Switch, switches.Mode]:
        """Every switch there is, and how it stands: those of what is here, and those that were ever set."""
        here: dict[switches.Switch, switches.Mode] = {("workflow", name): "on" for name in self.workflows}
        here |= {("bundle", model.bundle.name): "on" for model in self.models.values()}
        return here | switches.every(self.engine)

    def suggestion(self, case: Case, state: State) -> Suggestion:
        """What becomes of the reading that waits for confirmation."""
        proposal = next((e for e in reversed(case.events) if e.kind == "facts_proposed"), None)
        if state.phase != "confirm" or proposal is None or not proposal.actor.startswith("model:"):
            return "none"
        bundle = proposal.actor.removeprefix("model:").partition("/")[0]
        mode = switches.mode_of(self.engine, workflow=case.workflow, bundle=bundle)
        if mode != "on":
            return mode
        # One lot per proposal: what is appended meanwhile does not draw again.
        drawn = hmac.new(self.lot.encode(), f"{case.id} {proposal.at.isoformat()}".encode(), hashlib.sha256)
        return "withheld" if int(drawn.hexdigest()[:8], 16) < self.settings.blind_share * 2**32 else "shown"

    def state(self, case: Case) -> State:
        """Where a case stands."""
        return engine.state_of(self.workflows[case.workflow], case)
