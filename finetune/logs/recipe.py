"""The recipe of a run on an event log: what `source` is, how the language model learns, and what it stands beside.

It shares the strictness, the provenance and the LoRA part with every other recipe; a recipe is of this kind when it
has a `source` in the place of `sources`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from finetune.recipe import Count, Lora, Name, Part, Provenance, Rate, Share
from scaffolds.errors import CasewrightError
from workflows.procesverloop import attributes_at_start


class LogSource(Provenance):
    """One event log."""

    path: Annotated[str, Field(min_length=1)]
    """A log (.xes, .json, packed or not), or the trace file that `casewright log import` made of any log."""
    ties: Literal["activity", "file"] = "activity"
    """What orders events that share a time stamp: the code of the activity, or the place in the file."""
    resolution: Literal["auto", "recorded", "day"] = "auto"
    """How the time stamps of training cases are read: `day` forgets times of day, `auto` does so where most events of
    the latest training cases carry none. Test cases stay as they were recorded."""
    attributes: tuple[str, ...] | None = None
    """Case attributes the model reads, known when a case starts; without it those of the workflow's allow list."""

    @field_validator("attributes")
    @classmethod
    def _known_at_start(cls, attributes: tuple[str, ...] | None) -> tuple[str, ...] | None:
        try:
            return attributes and attributes_at_start(attributes)
        except CasewrightError as error:
            raise ValueError(str(error)) from None


class LogSft(Part):
    """Supervised fine-tuning on whole traces; validation chooses the number of passes."""

    epochs: Count = 30
    """The most passes over the fitting cases."""
    patience: Count = 4
    """Passes without a better hit rate on validation after which the search stops."""
    learning_rate: Rate = 1e-3
    batch_size: Count = 8
    """Traces per optimiser step."""
    lora: Lora = Lora()
    quantise: Literal["none", "nf4"] = "none"
    bf16: Literal["auto"] | bool = "auto"
    """`auto` times a training step in both precisions and takes bf16 where it is clearly faster."""


class LogRl(Part):
    """Exact policy gradient on the tie-aware verdict, over the prefixes of training cases."""

    epochs: Count = 4
    """The most passes; validation chooses, and may choose none."""
    learning_rate: Rate = 3e-4
    beta: Annotated[float, Field(ge=0)] = 0.05
    """Weight of the divergence from the SFT policy."""
    openings: Annotated[float, Field(ge=0)] = 1.0
    """Weight of a step that opens a new time-stamp group, against 1 for every other step."""


class LogEvaluation(Part):
    """What is measured, and beside what."""

    seeds: Count = 5
    """Seeds of everything that is random: seed, seed + 1, ..."""
    bootstrap: Annotated[int, Field(ge=100)] = 2000
    neural: bool = True
    """Train the LSTM and the small Transformer too."""
    opaque: bool = True
    """Train the language model once more with the words dealt out to other codes."""
    curve: tuple[Count, ...] = (100, 300)
    """Numbers of training cases, the latest ones, at which the models are compared too."""


class Transfer(Part):
    """Evaluate on another log, untouched and adapted with a few of its cases."""

    path: Annotated[str, Field(min_length=1)]
    cases: tuple[Annotated[int, Field(ge=0)], ...] = (0, 30, 100)
    """Numbers of the other log's latest training cases to adapt with; 0 is the model as it comes."""
    epochs: Count = 10
    """Passes over those cases."""


class LogGate(Part):
    """What the chosen stage must reach on the test part before its adapter goes into a bundle."""

    metric: Literal["headline", "tie_set", "exact"] = "headline"
    at_least: Share = 0.0


class LogRecipe(Part):
    """A whole run on an event log. `base` is `klerk`, the folder of a checkpoint, or with `hub: true` its hub id."""

    name: Name
    workflow: Literal["procesverloop"]
    base: str = "klerk"
    hub: bool = False
    """Allow fetching the base from the model hub; without it nothing is contacted."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 1
    source: LogSource
    sft: LogSft = LogSft()
    rl: LogRl | None = None
    evaluation: LogEvaluation = LogEvaluation()
    transfer: Transfer | None = None
    gate: LogGate = LogGate()

    @property
    def seeds(self) -> range:
        """The seeds of everything random."""
        return range(self.seed, self.seed + self.evaluation.seeds)
