"""Recipe: one YAML file that says what to train, on what, and when a bundle may be written.

Recipes are strict. A key that nothing reads is refused with the nearest known key, the file and the line: a
setting that is silently ignored costs a training run. `recipe_schema` publishes the rules as JSON Schema.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator, model_validator

from finetune.recipe_file import ReadFile, read_recipe_file, set_keys
from scaffolds.errors import CasewrightError

if TYPE_CHECKING:
    from finetune.logs.recipe import LogRecipe

Share = Annotated[float, Field(ge=0, le=1)]
Rate = Annotated[float, Field(gt=0, le=1)]
Count = Annotated[int, Field(ge=1)]
Metric = Literal["field_accuracy", "document_exact", "evidence_found", "decision_agreement"]
Known = Mapping[str, Sequence[str]]
"""Every part of a recipe by its dotted name, with the keys it knows."""
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]


class Part(BaseModel):
    """What every part of a recipe is: frozen, and closed to keys it does not know."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, hide_input_in_errors=True
    )


class Provenance(Part):
    """Where something that is learned from comes from, and under which licence and legal basis."""

    name: Name
    kind: Literal["synthetic", "case_files", "published", "unknown"]
    """`synthetic` says that nobody in it exists: identifiers in it are counted but do not stop the run."""
    licence: Annotated[str, Field(min_length=2)]
    """SPDX identifier or the name of the terms; `unknown` stops the run."""
    legal_basis: Annotated[str, Field(min_length=2)]
    """The article that allows processing personal data (AVG art. 6), or `none` where there is none of it."""


class Source(Provenance):
    """Dossiers of the workflow's generator: how many, and for what."""

    confirmed: Annotated[int, Field(ge=0)] = 0
    """Training dossiers whose facts a person confirmed: what SFT learns from."""
    archive: Annotated[int, Field(ge=0)] = 0
    """Training dossiers of which only the outcome is known: what RL learns from."""
    evaluation: Annotated[int, Field(ge=0)] = 0
    """Held-out dossiers; training and evaluation share no family, name, street or place."""


class Lora(Part):
    """Low-rank adapters on every linear layer (Hu et al. 2021)."""

    rank: Count = 16
    alpha: Annotated[float, Field(gt=0)] = 32
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0


class Sft(Part):
    """Supervised fine-tuning on confirmed readings; loss on the choices of the answers only."""

    epochs: Annotated[float, Field(gt=0)] = 1.0
    max_steps: Count | None = None
    """Stop after this many optimiser steps, whatever `epochs` says."""
    learning_rate: Rate = 5e-3
    """Of Muon; that of AdamW, which the other stages use, is another scale."""
    batch_size: Count = 8
    accumulate: Count = 1
    """Batches whose gradients are summed before a step."""
    warmup: Share = 0.05
    """Share of the steps over which the learning rate rises."""
    lora: Lora = Lora()
    quantise: Literal["none", "nf4"] = "none"
    packing: bool = True
    bf16: Literal["auto"] | bool = "auto"
    """`auto` measures a matrix product in both precisions and takes the faster."""
    save_steps: Count = 50


class Rl(Part):
    """GRPO on the archive, driven by the workflow's engine and scored by its verifiers."""

    steps: Count
    """Optimiser steps."""
    prompts_per_step: Count = 8
    group: Annotated[int, Field(ge=2)] = 8
    """Episodes per dossier whose rewards are compared."""
    told: Annotated[int, Field(ge=0)] = 0
    """Further dossiers per step, each played once with what the archive knows of it, and learnt by its likelihood."""
    rehearsed: Annotated[int, Field(ge=0)] = 0
    """Confirmed dossiers per step, learnt as in SFT, so that what no outcome tells is not forgotten."""
    learning_rate: Rate = 1e-4
    beta: Annotated[float, Field(ge=0)] = 0.0
    """Weight of the divergence from the SFT policy."""
    temperature: Annotated[float, Field(gt=0, le=2)] = 1.0
    iterations: Count = 1
    """Passes over each batch of episodes."""
    clip: Annotated[float, Field(gt=0, lt=1)] = 0.2
    save_steps: Count = 20
    weights: dict[str, Annotated[float, Field(ge=0)]] = {}
    """Weight per verifier; one that is not named counts once."""

    @property
    def episodes(self) -> int:
        """How many are played for one step."""
        return self.prompts_per_step * self.group + self.told + self.rehearsed

    @property
    def rounds(self) -> int:
        """How often episodes are played in a run."""
        return -(-self.steps // self.iterations)

    @field_validator("weights")
    @classmethod
    def _known(cls, weights: dict[str, float]) -> dict[str, float]:
        from scaffolds.verify import NAMES

        if unknown := [name for name in weights if name not in NAMES]:
            raise ValueError(f"{unknown[0]} is no verifier; known are {', '.join(NAMES)}")
        return weights


class Preference(Provenance):
    """SFT, DPO or KTO on what annotators settled, from the SFT adapter on and before RL."""

    rows: str
    """The folder that `casewright annotate export --to trl` wrote."""
    method: Literal["sft", "dpo", "kto"] = "dpo"
    epochs: Annotated[float, Field(gt=0)] = 1.0
    learning_rate: Rate = 1e-4
    batch_size: Annotated[int, Field(ge=2)] = 8
    beta: Annotated[float, Field(gt=0)] = 0.1
    """DPO and KTO: how closely the policy is held to that of SFT."""
    sft_weight: Annotated[float, Field(ge=0)] = 0.0
    """DPO only: weight of the likelihood of the settled answer beside the preference itself."""
    save_steps: Count = 50

    @model_validator(mode="after")
    def _read(self) -> Preference:
        if self.method != "dpo" and self.sft_weight:
            raise ValueError("sft_weight belongs to dpo; leave it out")
        if self.method == "sft" and self.beta != type(self).model_fields["beta"].default:
            raise ValueError("beta belongs to dpo and kto; leave it out")
        return self


class Evaluation(Part):
    """How base, SFT and RL are compared on the held-out dossiers."""

    bootstrap: Annotated[int, Field(ge=100)] = 2000
    """Resamples of the paired interval, by case."""
    batch_size: Count = 16
    notices: str | None = None
    """A JSONL file of published notices with marked fields; measured too where the file is present."""


class Gate(Part):
    """What a stage must reach on the held-out dossiers before its adapter goes into a bundle."""

    metric: Metric = "field_accuracy"
    at_least: Share = 0.0


class Recipe(Part):
    """A whole run. `base` is `klerk`, the folder of a checkpoint, or with `hub: true` its hub id."""

    name: Name
    workflow: str
    base: str = "klerk"
    hub: bool = False
    """Allow fetching the base from the model hub; without it nothing is contacted."""
    describe: bool = False
    """Describe every fact in the prompt; a base that was not made for Dutch reading tasks needs it."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 1
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    sft: Sft = Sft()
    preference: Preference | None = None
    rl: Rl | None = None
    evaluation: Evaluation = Evaluation()
    gate: Gate = Gate()


def load_recipe(name: str, *, overrides: Sequence[str] = ()) -> Recipe | LogRecipe:
    """Load a shipped recipe by name, or a file by path, with `KEY=VALUE` overrides applied.

    Gives a Recipe, or a LogRecipe where the file has a `source` in the place of `sources`.

    Raises CasewrightError when it does not exist, is not YAML, or holds what a recipe may not hold.
    """
    from finetune.shipped import recipe_path

    file = read_recipe_file(recipe_path(name))
    return parse_recipe(set_keys(file, overrides))


def parse_recipe(file: ReadFile) -> Recipe | LogRecipe:
    """Validate a file that was read; raises CasewrightError with one line per problem."""
    from finetune.logs.recipe import LogRecipe

    model = LogRecipe if "source" in file.data else Recipe
    try:
        return model.model_validate(file.data)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False)
        # A list whose entries are wrong is also reported as too short.
        inside = {item["loc"][0] for item in found if len(item["loc"]) > 1}
        lines = [_problem(file, item, known_keys(model)) for item in found
                 if item["type"] != "too_short" or item["loc"][0] not in inside]
        raise CasewrightError("\n".join(lines)) from None


def recipe_schema() -> dict[str, Any]:
    """Give the JSON Schema of a recipe of either kind (draft 2020-12)."""
    from finetune.logs.recipe import LogRecipe

    either = TypeAdapter[Recipe | LogRecipe](Recipe | LogRecipe).json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **either}


def known_keys(model: type[BaseModel] = Recipe, prefix: str = "") -> dict[str, tuple[str, ...]]:
    """Every part of a recipe by its dotted name ("" is the top), with the keys it knows."""
    known = {prefix: tuple(model.model_fields)}
    for key, field in model.model_fields.items():
        for part in _parts(field.annotation):
            known |= known_keys(part, f"{prefix}.{key}".lstrip("."))
    return known


def _parts(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [part for inner in getattr(annotation, "__args__", ()) for part in _parts(inner)]


def _problem(file: ReadFile, item: Mapping[str, Any], known: Known) -> str:
    path = tuple(item["loc"])
    where, key = file.place(path), ".".join(str(part) for part in path)
    if item["type"] == "extra_forbidden":
        return f"{where}: unknown key '{key}'.{nearest_key(key, known)}"
    if item["type"] == "missing":
        return f"{where}: '{key}' is missing; add it."
    message = item["msg"].removeprefix("Value error, ")
    return f"{where}: '{key}': {message[0].lower()}{message[1:]}."


def nearest_key(key: str, known: Known | None = None) -> str:
    """Suggest a known key for an unknown dotted `key`, in its own part first, then anywhere; or nothing."""
    from difflib import get_close_matches

    *written, last = key.split(".")
    parents = [part for part in written if not part.isdigit()]
    known, here = known or known_keys(), ".".join(parents)
    if near := get_close_matches(last, known.get(here, ()), n=1):
        return f" Did you mean '{'.'.join([*written, near[0]])}'?"
    everywhere = {name: f"{part}.{name}".lstrip(".") for part, names in known.items() for name in names}
    if near := get_close_matches(last, everywhere, n=1, cutoff=0.75):
        return f" Did you mean '{everywhere[near[0]]}'?"
    return f" Known keys here: {', '.join(known[here])}." if here in known else ""


def write_recipe(recipe: Part) -> str:
    """Write the resolved recipe, every default filled in, as YAML."""
    import yaml

    return yaml.safe_dump(recipe.model_dump(mode="json"), sort_keys=False, allow_unicode=True)

