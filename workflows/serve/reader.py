"""Reader: the model of a bundle, put to the questions of one case in the form in which it was trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scaffolds.case import Case, beside_scans, fact_from_json
from scaffolds.facts import Fact, Facts, nothing_read, parse, render
from scaffolds.workflow import Draft, Read, Workflow
from workflows.registry import load_workflow
from workflows.serve.bundle import Bundle, read_bundle


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What the model read.

    Facts by dotted path, in how many parts; 0 parts says that it was not read: too long, or without text.
    `confidence` is how sure the model was of each fact, where that is known.
    """

    facts: Mapping[str, Fact]
    parts: int
    confidence: Mapping[str, float] = field(default_factory=dict)


@dataclass(kw_only=True)
class Reader:
    """Answers the questions of one case, in one growing conversation. `decoder` tells how sure the model was."""

    bundle: Bundle
    policy: Any
    decoder: Any = None
    turn: int = 0

    @property
    def name(self) -> str:
        """Who reads, as it is written in the trace."""
        return f"{self.bundle.name}/{self.bundle.stage}@{self.bundle.base_sha256[:12]}"

    def read(self, case: Case, *, step: str, facts: type[Facts]) -> Reading:
        """Put one question to the model; every quotation is located in the documents."""
        from scaffolds.environment import Reply

        question = self._question(case, step=step, facts=facts)
        self.turn += 1
        texts = question.case.texts
        [reply] = self.policy([(0, question)]) if texts else [Reply(text=nothing_read(facts), parts=0)]
        found = parse(facts, reply.text, documents=texts, received=case.received)
        confidence = self._confidence(step) if reply.parts else {}
        return Reading(facts=beside_scans(found, case.documents), parts=reply.parts, confidence=confidence)

    def remember(self, workflow: Workflow, case: Case) -> None:
        """Take up the conversation that was had on this case before, as far as it was read in one piece."""
        read_before = 0
        for event in case.of("facts_proposed"):
            if not event.actor.startswith("model:") or event.payload["parts"] != 1:
                continue
            step = workflow.by_id[event.payload["step"]]
            assert isinstance(step, Read | Draft)
            assert step.facts is not None
            answered = {item["path"]: fact_from_json(item) for item in event.payload["facts"]}
            if event.at < _last_document(case):
                continue  # what it had read then was another set of documents
            question = self._question(case, step=step.id, facts=step.facts)
            self.policy.recall(question, render(step.facts, answered))
            read_before += 1
        self.turn = read_before

    def _question(self, case: Case, *, step: str, facts: type[Facts]) -> Any:
        from scaffolds.environment import Archived, Question

        legible = tuple(document for document in case.documents if not document.scan)
        archived = Archived(id=case.id, received=case.received, documents=legible)
        return Question(case=archived, step=step, facts=facts, turn=self.turn)

    def _confidence(self, step: str) -> dict[str, float]:
        if self.decoder is None:
            return {}
        from scaffolds.decode.confidence import confidences

        sure = confidences(self.policy.conversations[0], self.decoder)
        return {path: round(value, 4) for (asked, path), value in sure.items() if asked == step}


def _last_document(case: Case) -> Any:
    return max(event.at for event in case.of("document_added"))


@dataclass(frozen=True, kw_only=True)
class Model:
    """A bundle in memory: its decoder and its prompts, from which every case gets a reader of its own."""

    bundle: Bundle
    decoder: Any
    prompts: Any

    def reader(self) -> Reader:
        """Give a reader that has heard of no case yet."""
        from scaffolds.decode.policy import Policy

        return Reader(bundle=self.bundle, policy=Policy(self.decoder, self.prompts), decoder=self.decoder)


def open_model(folder: Path) -> tuple[Workflow, Model]:
    """Load a bundle with its base and its workflow.

    Raises CasewrightError when the bundle is damaged, or was made for another workflow, base or schema.
    """
    bundle = read_bundle(folder)
    workflow = load_workflow(bundle.workflow)
    read_bundle(folder, workflow=workflow)

    from scaffolds.decode import Decoder
    from scaffolds.prompt import Prompts
    from workflows.serve.adapter import load_adapter
    from workflows.serve.base import load_base

    base = load_base(bundle.base, quantise=bundle.quantise, hub=bundle.hub)
    model = load_adapter(base, folder / "adapter", schema=bundle.schema).eval()
    prompts = Prompts(tokenizer=base.tokenizer, describe=bundle.describe)
    return workflow, Model(bundle=bundle, decoder=Decoder(model, base.tokenizer), prompts=prompts)
