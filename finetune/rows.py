"""Rows: what supervised fine-tuning learns from, one append-only transcript per dossier.

A transcript is the documents and the first task, the answer, the next task, its answer: token for token what
is served later, because the same `Prompts` makes both. Only the answers can be learned, their closing token
included; of them SFT learns what the grammar left open (`finetune.constrained`). A transcript that does not
fit is refused by name and never cut.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from scaffolds.errors import CasewrightError
from scaffolds.facts import Facts, render
from scaffolds.workflow import Draft, Read, Workflow

if TYPE_CHECKING:
    from rich.text import Text

    from data_templates.dossier import Dossier
    from scaffolds.prompt import Prompts

IGNORED = -100
"""The label of a token that is read and not learned."""


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One answer of a row, `input_ids[start:stop]`, with what its grammar is made of."""

    start: int
    stop: int
    facts: type[Facts]
    texts: tuple[str, ...]
    received: date


@dataclass(frozen=True, kw_only=True)
class Row:
    """One dossier as tokens. `labels` runs parallel to `input_ids` and is IGNORED outside the answers."""

    dossier: str
    steps: tuple[str, ...]
    input_ids: tuple[int, ...]
    labels: tuple[int, ...]
    turns: tuple[Turn, ...] = ()

    @property
    def trained(self) -> int:
        """How many tokens are learned."""
        return sum(label != IGNORED for label in self.labels)


def row(dossier: Dossier, *, workflow: Workflow, prompts: Prompts) -> Row:
    """Write one dossier's transcript from its gold facts, in the order in which its steps were read."""
    input_ids: list[int] = []
    labels: list[int] = []
    turns: list[Turn] = []
    texts = tuple(document.text for document in dossier.documents)
    for step_id, gold in dossier.gold.items():
        step = workflow.by_id.get(step_id)
        if not isinstance(step, Read | Draft) or step.facts is None:
            raise CasewrightError(
                f"Dossier {dossier.id} has facts for {step_id}, a step at which workflow "
                f"{workflow.name} reads nothing; make the dossier again."
            )
        task = (
            prompts.following(step.facts)
            if input_ids
            else prompts.opening(step.facts, texts=texts, received=dossier.received)
        )
        answer = prompts.answer(render(step.facts, gold))
        start = len(input_ids) + len(task)
        turns.append(
            Turn(
                start=start, stop=start + len(answer), facts=step.facts, texts=texts, received=dossier.received
            )
        )
        input_ids += [*task, *answer]
        labels += [*[IGNORED] * len(task), *answer]
    return Row(
        dossier=dossier.id,
        steps=tuple(dossier.gold),
        input_ids=tuple(input_ids),
        labels=tuple(labels),
        turns=tuple(turns),
    )


def rows(dossiers: Iterable[Dossier], *, workflow: Workflow, prompts: Prompts, context: int) -> list[Row]:
    """Write every dossier's transcript.

    Raises CasewrightError when a transcript is longer than `context` tokens, or when no token would be
    learned.
    """
    made = [row(dossier, workflow=workflow, prompts=prompts) for dossier in dossiers]
    if long := [one for one in made if len(one.input_ids) > context]:
        raise CasewrightError(
            f"{len(long)} of {len(made)} dossiers do not fit in the base's context of {context} tokens: "
            f"{long[0].dossier} needs {len(long[0].input_ids)}. Leave it out, or take another base."
        )
    check_trained(made)
    return made


def check_trained(made: Sequence[Row]) -> int:
    """Count the tokens that are learned; refuse rows in which there are none, as their loss would look
    normal.
    """
    trained = sum(one.trained for one in made)
    if not trained:
        raise CasewrightError(
            f"No token of {len(made)} dossiers would be trained; give dossiers with gold facts."
        )
    return trained


def preview(one: Row, tokenizer: Any, *, choices: Collection[int] | None = None) -> Text:
    """Show a transcript with its loss mask: learned tokens stand between ⟦ and ⟧, with a dot between tokens.

    choices: the columns that are learned, where it is not every token of the answers.
    """
    from rich.text import Text

    answers = {column for column, label in enumerate(one.labels) if label != IGNORED}
    trained = answers if choices is None else answers.intersection(choices)
    shown = Text()
    shown.append(
        f"{one.dossier}: {len(one.input_ids)} tokens, of which {len(trained)} are trained\n", style="bold"
    )
    start = 0
    while start < len(one.labels):
        learned = start in trained
        end = start
        while end < len(one.labels) and (end in trained) == learned:
            end += 1
        pieces = [tokenizer.decode([token]) for token in one.input_ids[start:end]]
        text = "·".join(pieces) if learned else tokenizer.decode(list(one.input_ids[start:end]))
        shown.append(f"⟦{_safe(text)}⟧" if learned else _safe(text), style="bold green" if learned else "dim")
        start = end
    return shown


def _safe(text: str) -> str:
    """Keep what an applicant wrote from steering the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)
