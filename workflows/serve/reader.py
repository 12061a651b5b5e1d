"""Reader: the model of a bundle, put to the questions of one case in the form in which it was trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scaffolds.case import Case, beside_scans
from scaffolds.facts import Fact, Facts, parse
from scaffolds.workflow import Workflow
from workflows.registry import load_workflow
from workflows.serve.bundle import Bundle, read_bundle


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What the model read.

    Facts by dotted path, in how many parts; 0 parts says that it was not read: too
    long, or without text.
    """

    facts: Mapping[str, Fact]
    parts: int


@dataclass(kw_only=True)
class Reader:
    """Answers the questions of one case, in one growing conversation."""

    bundle: Bundle
    policy: Any
    turn: int = field(default=0)

    @property
    def name(self) -> str:
        """Who reads, as it is written in the trace."""
        return f"{self.bundle.name}/{self.bundle.stage}@{self.bundle.base_sha256[:12]}"

    def read(self, case: Case, *, step: str, facts: type[Facts]) -> Reading:
        """Put one question to the model; every quotation is located in the documents."""
        from scaffolds.environment import Archived, Question, Reply
        from scaffolds.facts import nothing_read

        legible = tuple(document for document in case.documents if not document.scan)
        archived = Archived(id=case.id, received=case.received, documents=legible)
        question = Question(case=archived, step=step, facts=facts, turn=self.turn)
        self.turn += 1
        [reply] = self.policy([(0, question)]) if legible else [Reply(text=nothing_read(facts), parts=0)]
        found = parse(facts, reply.text, documents=archived.texts, received=archived.received)
        return Reading(facts=beside_scans(found, case.documents), parts=reply.parts)


def open_bundle(folder: Path) -> tuple[Workflow, Reader]:
    """Load a bundle with its base and its workflow.

    Raises CasewrightError when the bundle is damaged, or was made for another workflow, base or schema.
    """
    bundle = read_bundle(folder)
    workflow = load_workflow(bundle.workflow)
    read_bundle(folder, workflow=workflow)

    from scaffolds.decode import Decoder
    from scaffolds.decode.policy import Policy
    from scaffolds.prompt import Prompts
    from workflows.serve.adapter import load_adapter
    from workflows.serve.base import load_base

    base = load_base(bundle.base, quantise=bundle.quantise, hub=bundle.hub)
    model = load_adapter(base, folder / "adapter", schema=bundle.schema).eval()
    prompts = Prompts(tokenizer=base.tokenizer, describe=bundle.describe)
    return workflow, Reader(bundle=bundle, policy=Policy(Decoder(model, base.tokenizer), prompts))
