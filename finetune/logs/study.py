"""Study: the language model on one set of training cases, from the choice on validation to adapters per seed.

    FOLDER/choice.json        passes that validation chose for SFT and RL, and every pass that was judged
    FOLDER/choice/sft, rl     the two searches behind it
    FOLDER/sft-1/adapter ...  fitted on all training cases for that number of passes, one per seed
    FOLDER/sft-1/passes.json  what each pass logged: losses, or reward and divergence
    FOLDER/.../state.pt       how far the piece at work is

The choice is made once, with the first seed: SFT on the fitting part until validation stops improving, then RL on the
fitting part from there. RL may turn out to be best left out; its policy is then the SFT policy. Each piece is written
whole, and a piece at work keeps every pass, so an interrupted study goes on with the pass it was at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from finetune.adapter import attach, save_adapter
from finetune.logs.encoding import process_of
from finetune.logs.fit import Objective, Pass, bf16_pays, expected_reward, likelihood, passes
from finetune.logs.language import Language, open_base
from finetune.logs.metrics import rewarded, score
from finetune.logs.protocol import Split, by_day, records_days
from finetune.logs.recipe import LogRecipe
from finetune.logs.resume import Resume
from finetune.logs.trace import Trace
from finetune.progress import Progress
from scaffolds.errors import CasewrightError
from scaffolds.files import read_json, write_json_atomic
from workflows.procesverloop import Procesverloop, attributes_at_start
from workflows.serve.adapter import AdapterIdentity, load_adapter

Stage = Literal["base", "sft", "rl"]
VALIDATION = 0.125


@dataclass(frozen=True)
class Choice:
    """How many passes validation chose; `sft` and `rl` hold the figures of every pass that was judged.

    bf16: the precision of the training steps.
    """

    bf16: bool
    sft_epochs: int
    rl_epochs: int
    sft: list[dict[str, float]]
    rl: list[dict[str, float]]


@dataclass(frozen=True)
class Search:
    """The number of passes a search chose, and the figures of every pass it judged."""

    epochs: int
    judged: list[dict[str, float]]


@dataclass(frozen=True, kw_only=True)
class Study:
    """The language model of `recipe` on the cases of `split`.

    opaque: deal its words out to other codes. reinforced: go on with RL where the recipe has it; the controls do not.
    """

    recipe: LogRecipe
    split: Split
    folder: Path
    tell: Progress
    opaque: bool = False
    reinforced: bool = False

    def choice(self) -> Choice:
        """Give the numbers of passes, choosing them where that was not done yet."""
        path = self.folder / "choice.json"
        if not path.exists():
            write_json_atomic(path, asdict(self._choose()))
        return Choice(**read_json(path))

    def policy(self, stage: Stage, seed: int) -> Language:
        """Give the model of a stage, trained on fitting and validation cases where that was not done yet."""
        if stage == "rl" and not self.choice().rl_epochs:
            stage = "sft"
        if stage == "base":
            return self.opened(self.process())
        if not self.adapter(stage, seed).exists():
            policy = self._fresh(self.process(), seed) if stage == "sft" else self._from_sft(seed)
            chosen = self.choice()
            epochs = chosen.sft_epochs if stage == "sft" else chosen.rl_epochs
            folder = self.folder / f"{stage}-{seed}"
            resume = Resume(folder / "state.pt", _made_for(policy), {"logged": []})
            for one in self._passes(
                policy, stage, self.split.training, epochs=epochs, seed=seed, bf16=chosen.bf16, resume=resume
            ):
                resume.memory["logged"].append({"epoch": one.number, **one.logged})
            write_json_atomic(folder / "passes.json", resume.memory["logged"])
            save_adapter(policy.model, folder / "adapter", identity=self._identity(policy))
            resume.clear()
        return self.opened(self.process(), self.adapter(stage, seed))

    def bf16(self) -> bool:
        """Whether the run's training steps are computed in bf16: measured once, and alike in all its studies."""
        path, asked = self.folder.parent / "pace.json", self.recipe.sft.bf16
        if not path.exists():
            policy = self.begun(self.split.fitting)
            rows = sorted(
                (policy.encoding.row(trace) for trace in self.split.fitting), key=lambda row: len(row.input_ids)
            )
            chosen = bf16_pays(policy, rows[-self.recipe.sft.batch_size :]) if asked == "auto" else asked
            write_json_atomic(path, {"bf16": chosen})
        return bool(read_json(path)["bf16"])

    def begun(self, traces: Sequence[Trace]) -> Language:
        """A policy at the start of SFT on `traces`, with the recipe's seed."""
        return self._fresh(self.process(traces), self.recipe.seed)

    def adapter(self, stage: Stage, seed: int) -> Path:
        """Where a stage of a seed leaves its adapter."""
        return self.folder / f"{stage}-{seed}" / "adapter"

    def process(self, traces: Sequence[Trace] | None = None) -> Procesverloop:
        """The workflow that training cases make: all of them, or those given."""
        attributes = attributes_at_start(self.recipe.source.attributes)
        process = process_of(traces or self.split.training, attributes=attributes)
        return process.opaque(seed=self.recipe.seed) if self.opaque else process

    def opened(self, process: Procesverloop, adapter: Path | None = None, *, trainable: bool = False) -> Language:
        """The base with the tokens of `process`, and with an adapter where one is named."""
        recipe = self.recipe
        base, encoding = open_base(recipe.base, process, hub=recipe.hub, quantise=recipe.sft.quantise)
        model = base.model
        if adapter is not None:
            model = load_adapter(base, adapter, schema=encoding.schema, trainable=trainable)
        return Language(model=model, encoding=encoding, base=base.identity)

    def _fresh(self, process: Procesverloop, seed: int) -> Language:
        recipe = self.recipe
        base, encoding = open_base(recipe.base, process, hub=recipe.hub, quantise=recipe.sft.quantise)
        model = attach(base, recipe.sft.lora, seed=seed, tokens=encoding.tokens)
        return Language(model=model, encoding=encoding, base=base.identity)

    def _from_sft(self, seed: int) -> Language:
        self.policy("sft", seed)
        return self.opened(self.process(), self.adapter("sft", seed), trainable=True)

    def _identity(self, policy: Language) -> AdapterIdentity:
        return AdapterIdentity(base=policy.base, schema=policy.encoding.schema, describe=False)

    def _passes(
        self,
        policy: Language,
        stage: Stage,
        traces: Sequence[Trace],
        *,
        epochs: int,
        seed: int,
        bf16: bool,
        resume: Resume,
    ) -> Iterable[Pass]:
        rows = [policy.encoding.row(trace) for trace in traces]
        recipe, rate = self.recipe, self.recipe.sft.learning_rate
        objective: Objective = likelihood
        if stage == "rl":
            assert recipe.rl is not None
            rate = recipe.rl.learning_rate
            objective = expected_reward(
                policy, traces, rows, beta=recipe.rl.beta, openings=recipe.rl.openings, bf16=bf16
            )
        return passes(
            policy,
            rows,
            objective,
            epochs=epochs,
            learning_rate=rate,
            batch_size=recipe.sft.batch_size,
            seed=seed,
            hide=stage == "sft",
            bf16=bf16,
            resume=resume,
            progress=lambda done, total: self.tell(f"{self.folder.name} {stage} {seed}", done, total),
        )

    def _choose(self) -> Choice:
        recipe, bf16 = self.recipe, self.bf16()
        sft = self._search("sft", epochs=recipe.sft.epochs, patience=recipe.sft.patience, by="right", bf16=bf16)
        rl = Search(0, [])
        if recipe.rl and self.reinforced:
            rl = self._search("rl", epochs=recipe.rl.epochs, patience=recipe.rl.epochs, by="rewarded", bf16=bf16)
        return Choice(bf16, sft.epochs, rl.epochs, sft.judged, rl.judged)

    def _search(self, stage: Stage, *, epochs: int, patience: int, by: str, bf16: bool) -> Search:
        """Judge passes on validation until `patience` of them bring nothing by the figure `by`; keep the best policy.

        SFT takes one pass at least; RL begins where SFT ended, and staying there is one of its choices.
        """
        folder, process = self.folder / "choice" / stage, self.process(self.split.fitting)
        found = folder / "passes.json"
        if not found.exists():
            begun = self.folder / "choice" / "sft" / "adapter"
            sft = stage == "sft"
            policy = self.begun(self.split.fitting) if sft else self.opened(process, begun, trainable=True)
            weights = [weight for weight in policy.model.parameters() if weight.requires_grad]
            start = self._judge(policy, None)[by] if stage == "rl" else -1.0
            memory: dict[str, Any] = {"epochs": 0, "best": start, "judged": [], "kept": _copies(weights)}
            resume = Resume(folder / "state.pt", _made_for(policy), memory)
            for one in self._passes(
                policy, stage, self.split.fitting, epochs=epochs, seed=self.recipe.seed, bf16=bf16, resume=resume
            ):
                memory["judged"].append(self._judge(policy, one))
                if memory["judged"][-1][by] > memory["best"]:
                    best = memory["judged"][-1][by]
                    memory.update(epochs=one.number, best=best, kept=_copies(weights))
                elif one.number - memory["epochs"] >= patience:
                    break
            for weight, value in zip(weights, memory["kept"], strict=True):
                weight.data.copy_(value)
            save_adapter(policy.model, folder / "adapter", identity=self._identity(policy))
            write_json_atomic(found, {"epochs": memory["epochs"], "judged": memory["judged"]})
            resume.clear()
        return Search(**read_json(found))

    def _judge(self, policy: Language, one: Pass | None) -> dict[str, float]:
        """Figures on validation: hit rate, headline, and the hit rate with the weights of RL's reward."""
        scored = score(policy, self.split.validation, labels=policy.encoding.labels, training=())
        openings = self.recipe.rl.openings if self.recipe.rl else 1.0
        return {
            "epoch": float(one.number if one else 0),
            **(one.logged if one else {}),
            "right": float(scored.right.mean()),
            "headline": float(scored.right[scored.opens].mean()) if scored.opens.any() else 0.0,
            "rewarded": rewarded(scored, openings=openings),
            "nll": float(scored.nll.mean()),
        }


def _made_for(policy: Language) -> str:
    return f"{policy.base.sha256} {policy.encoding.schema}"


def _copies(weights: Sequence[Any]) -> list[Any]:
    return [weight.detach().clone() for weight in weights]


def learned(split: Split, recipe: LogRecipe) -> Split:
    """The split with its training cases as the language model reads them (`source.resolution`)."""
    wanted = recipe.source.resolution
    days = wanted == "day" or (wanted == "auto" and records_days(split.validation))
    return by_day(split) if days else split


def latest(split: Split, cases: int) -> Split:
    """Keep the latest `cases` training cases, the last eighth of them for validation; the test part stays."""
    kept = split.training[-cases:]
    cut = len(kept) - round(len(kept) * VALIDATION)
    if not 0 < cut < len(kept):
        raise CasewrightError(f"{cases} training cases are too few to choose on; ask for 4 or more.")
    return replace(split, fitting=kept[:cut], validation=kept[cut:])
