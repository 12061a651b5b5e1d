"""Between municipalities: learn on one log, answer on another, as it comes and adapted with a few of its cases.

Time is respected: of the first log only cases that end before the other log's test part starts are learned from, and
the few cases are the other log's latest that do. The closed list of each comparison is that of its own training cases;
the language model holds a token for every step of the largest list, begun as the mean of its words, and is held to the
smaller one. What counting makes of the same cases, and of the few alone, stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from finetune.adapter import save_adapter
from finetune.logs.baselines import Backoff
from finetune.logs.contest import load_scored, save_scored
from finetune.logs.fit import likelihood, passes
from finetune.logs.language import Language
from finetune.logs.metrics import Scored, difference, score, summary
from finetune.logs.protocol import Labels, NextStep, Split
from finetune.logs.study import VALIDATION, Study, learned
from finetune.logs.trace import Trace
from scaffolds.errors import CasewrightError
from workflows.procesverloop import Procesverloop
from workflows.serve.adapter import AdapterIdentity

SHOWN = ("headline", "tie_set", "exact", "nll", "unknown_truths")


@dataclass(frozen=True, kw_only=True)
class FromElsewhere(Study):
    """The language model of one log with tokens for the steps of another's few cases too."""

    few: tuple[Trace, ...]

    def process(self, traces: Sequence[Trace] | None = None) -> Procesverloop:
        """The workflow of both: every adapter of this study has the same tokens."""
        return super().process([*(traces or self.split.training), *self.few])

    def adapted(self, cases: Sequence[Trace], seed: int, *, epochs: int) -> Language:
        """The SFT policy after some passes over `cases`; the policy itself where there are none."""
        self.policy("sft", seed)
        folder = self.folder / f"adapted-{len(cases)}-{seed}" / "adapter"
        if not cases:
            return self.policy("sft", seed)
        if not folder.exists():
            policy = self.opened(self.process(), self.adapter("sft", seed), trainable=True)
            known = Labels.of([*self.split.training, *cases])
            rows = [policy.encoding.row(trace, known=known) for trace in cases]
            for _ in passes(
                policy,
                rows,
                likelihood,
                epochs=epochs,
                learning_rate=self.recipe.sft.learning_rate,
                batch_size=self.recipe.sft.batch_size,
                seed=seed,
                hide=True,
                bf16=self.choice().bf16,
            ):
                pass
            identity = AdapterIdentity(base=policy.base, schema=policy.encoding.schema, describe=False)
            save_adapter(policy.model, folder, identity=identity)
        return self.opened(self.process(), folder)


def split_for_transfer(traces: Sequence[Trace], *, other: Split) -> Split:
    """What may be learned from `traces` for the test part of `other`: the cases that end before it starts.

    Raises CasewrightError where fewer than eight do.
    """
    ordered = sorted((trace.ordered(other.ties) for trace in traces if trace.events), key=lambda trace: trace.start)
    kept = tuple(trace for trace in ordered if trace.end < other.test_start)
    if len(kept) < 8:
        raise CasewrightError(
            f"Only {len(kept)} cases end before the other log's test part starts; take a log from earlier years."
        )
    cut = len(kept) - round(len(kept) * VALIDATION)
    return replace(other, fitting=kept[:cut], validation=kept[cut:], straddlers=())


def transfer_figures(study: Study, traces: Sequence[Trace], *, other: Split, folder: Path) -> dict[str, Any]:
    """Train on `traces`, evaluate on the test part of `other`, per number of adaptation cases.

    study: the run's own study, for its recipe. Gives per number the figures of the language model (one per seed), of
    the 5-gram on the same cases and on the few alone, and the paired differences on the headline.
    """
    recipe, transfer = study.recipe, study.recipe.transfer
    assert transfer is not None
    split, other = learned(split_for_transfer(traces, other=other), recipe), learned(other, recipe)
    few = other.training[-max(transfer.cases) :] if max(transfer.cases) else ()
    ours = FromElsewhere(recipe=recipe, split=split, folder=folder, tell=study.tell, few=few)
    figures = {}
    for count in transfer.cases:
        cases = other.training[-count:] if count else ()
        training = (*ours.split.training, *cases)
        labels = Labels.of(training)

        def scored(name: str, model: Any, labels: Labels = labels, training: Any = training) -> Scored:
            path = folder / "scored" / f"{name}.npz"
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                save_scored(path, score(model(), other.test, labels=labels, training=training))
            return load_scored(path)

        language = [
            scored(f"language-{count}-{seed}", lambda c=cases, s=seed: ours.adapted(c, s, epochs=transfer.epochs))
            for seed in recipe.seeds
        ]
        counted: NextStep = Backoff.fit(training, 5)
        both = scored(f"ngram-{count}", lambda model=counted: model)
        alone = scored(f"alone-{count}", lambda c=cases: Backoff.fit(c, 5)) if count else None
        draws = recipe.evaluation.bootstrap
        figures[str(count)] = {
            "language": [_shown(one) for one in language],
            "ngram": _shown(both),
            "ngram_few_alone": _shown(alone) if alone else None,
            "over_ngram": vars(difference(language, [both], metric="headline", draws=draws, seed=recipe.seed)),
        }
    return {"from_cases": len(ours.split.training), "to_cases": len(other.test), "by_cases": figures}


def _shown(scored: Scored) -> dict[str, float]:
    figures = summary(scored)
    return {name: figures[name] for name in SHOWN}
