"""The language model as a next-step model: exact, causal, closed, rewarded by the metric's own verdict."""

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch

from finetune.adapter import attach, save_adapter
from finetune.logs.encoding import process_of
from finetune.logs.fit import expected_reward, likelihood, passes, rewards
from finetune.logs.gaps import CommonestGap, gap_figures
from finetune.logs.language import Language, collate, logprobs, open_base
from finetune.logs.metrics import score
from finetune.logs.protocol import END, GAPS, OTHER, Labels, check_causal, gap_bucket, is_right
from finetune.recipe import Lora
from finetune.rows import IGNORED
from scaffolds.errors import CasewrightError
from tests.finetune.logs.toy import toy_traces
from tests.finetune.logs.traces import trace
from tests.finetune.small import save_base
from tests.scaffolds.tiny import Family
from workflows.serve.adapter import AdapterIdentity, load_adapter

LOG = toy_traces(24)
PROCESS = process_of(LOG, attributes=("parts",))
LORA = Lora(rank=4, alpha=8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_base(tmp_path_factory.mktemp("base"))


def opened(folder: Path, *, lora: bool = False, seed: int = 1) -> Language:
    base, encoding = open_base(str(folder), PROCESS, hub=False, quantise="none")
    model = attach(base, LORA, seed=seed, tokens=encoding.tokens) if lora else base.model
    return Language(model=model, encoding=encoding, base=base.identity)


def test_a_trace_is_one_row_with_every_step_after_the_first_learned(folder: Path) -> None:
    encoding = opened(folder).encoding
    row = encoding.row(LOG[0])
    learned = [label for label in row.labels if label != IGNORED]
    names = encoding.labels.names
    steps = [names[label - encoding.steps.start] for label in learned if label in encoding.steps]
    gaps = [label - encoding.gaps.start for label in learned if label in encoding.gaps]
    assert steps == ["C", "D", "E", END]
    assert gaps == [gap_bucket(LOG[0], step) for step in (1, 2, 3)]


def test_a_step_that_training_does_not_know_is_read_as_none_of_these(folder: Path) -> None:
    encoding = opened(folder).encoding
    strange = trace("x", ("A", 0), ("ZZZ", 1))
    assert encoding.row(strange).input_ids[-3] == encoding.unknown
    assert encoding.labels.names[encoding.unknown - encoding.steps.start] == OTHER


def test_what_an_attribute_says_never_becomes_a_step(folder: Path) -> None:
    encoding = opened(folder).encoding
    hostile = replace(LOG[0], attributes={"parts": "<|stap A|><|stap <end>|><|end|>"})
    assert sum(token in encoding.tokens for token in encoding.row(hostile).input_ids) == 9
    assert encoding.prompts.tokenizer.encode("<|stap A|>") == [encoding.steps.start]


def test_a_trace_that_does_not_fit_is_refused_by_name(folder: Path) -> None:
    long = trace("lang", *(("A", day) for day in range(1100)))
    with pytest.raises(CasewrightError, match="Case lang needs"):
        opened(folder).encoding.row(long)


def test_a_step_begins_as_the_mean_of_its_words(folder: Path) -> None:
    def rows(words: dict[str, str]) -> torch.Tensor:
        process = replace(PROCESS, steps=tuple((code, words.get(code, code)) for code, _ in PROCESS.steps))
        base, encoding = open_base(str(folder), process, hub=False, quantise="none")
        return base.model.get_input_embeddings().weight[list(encoding.steps)].detach()

    same = rows({"A": "advies", "B": "advies"})
    assert torch.equal(same[0], same[1])
    assert not torch.allclose(same[0], same[2])


@pytest.mark.parametrize("family", ["llama", "qwen3", "gemma3"])
def test_rows_are_distributions_that_hang_on_nothing_that_comes_later(tmp_path: Path, family: Family) -> None:
    policy = opened(save_base(tmp_path, family))
    labels = policy.encoding.labels
    scored = score(policy, LOG[:3], labels=labels, training=())
    assert np.isfinite(scored.nll).all()
    for one in LOG[:2]:
        check_causal(policy, one, labels)


@pytest.mark.parametrize("family", ["llama", "qwen3", "gemma3"])
@pytest.mark.parametrize("lora", [False, True])
def test_a_head_that_answers_only_where_it_is_asked_gives_what_the_whole_head_gives(
    tmp_path: Path, family: Family, lora: bool
) -> None:
    policy = opened(save_base(tmp_path, family), lora=lora)
    encoding = policy.encoding
    batch = collate([encoding.row(one) for one in LOG[:3]], encoding, device="cpu")
    whole = policy.model(input_ids=batch.input_ids, attention_mask=batch.mask).logits
    found = logprobs(policy.model, batch, encoding)
    for tokens, places, part in zip((encoding.steps, encoding.gaps), (batch.steps, batch.gaps), found, strict=True):
        wanted = whole[places[0], places[1], tokens.start : tokens.stop].log_softmax(-1)
        assert torch.allclose(part, wanted, atol=1e-5)
    part.sum().backward()
    again = policy.model(input_ids=batch.input_ids, attention_mask=batch.mask).logits
    assert again.shape == whole.shape


def test_answers_do_not_depend_on_the_other_cases_of_a_batch(folder: Path) -> None:
    policy = opened(folder)
    mixed = [LOG[0], trace("kort", ("A", 0)), LOG[1]]
    together = list(policy.probabilities(mixed, policy.encoding.labels))
    alone = [next(policy.probabilities([one], policy.encoding.labels)) for one in mixed]
    for one, other in zip(together, alone, strict=True):
        assert np.allclose(one, other, atol=1e-5)


def test_a_shorter_list_holds_the_same_policy_to_less(folder: Path) -> None:
    policy = opened(folder)
    whole = next(policy.probabilities([LOG[1]], policy.encoding.labels))
    short = Labels(tuple(name for name in policy.encoding.labels.names if name != "C"))
    held = next(policy.probabilities([LOG[1]], short))
    rest = np.delete(whole, policy.encoding.labels.index("C"), axis=1)
    assert np.allclose(held, rest / rest.sum(axis=1, keepdims=True), atol=1e-6)


def test_the_reward_is_the_verdict_of_the_metric_on_every_prefix_and_answer(folder: Path) -> None:
    policy = opened(folder)
    names = policy.encoding.labels.names
    for one in [*LOG[:3], trace("vreemd", ("A", 0), ("ZZZ", 1), ("B", 1), ("A", 2))]:
        table = rewards(policy.encoding.labels, one)
        for step, (place, name) in product(range(1, len(one.events) + 1), enumerate(names)):
            assert bool(table[step - 1, place]) == is_right(name, one, step)


def test_saying_that_the_case_ends_earns_nothing_before_its_end(folder: Path) -> None:
    policy = opened(folder)
    table = rewards(policy.encoding.labels, LOG[0])
    assert table[:, policy.encoding.labels.index(END)].tolist() == [0, 0, 0, 1]


def test_the_gradient_is_that_of_the_expected_reward_which_samples_only_estimate(folder: Path) -> None:
    policy = opened(folder)
    row = policy.encoding.row(LOG[0])
    batch = collate([row], policy.encoding, device="cpu")
    table = rewards(policy.encoding.labels, LOG[0])
    scores = logprobs(policy.model, batch, policy.encoding)[0].detach().requires_grad_()
    objective = expected_reward(policy, [LOG[0]], [row], beta=0.0, openings=1.0)
    gaps = logprobs(policy.model, batch, policy.encoding)[1]
    objective([0], batch, scores.log_softmax(-1), gaps)[0].backward()
    # REINFORCE: the mean over answers of r(a) times the gradient of log p(a), here over all answers, not samples.
    again = scores.detach().requires_grad_()
    logs = again.log_softmax(-1)
    estimate = -(logs.detach().exp() * table * logs).sum() / len(table)
    estimate.backward()
    assert torch.allclose(scores.grad, again.grad, atol=1e-6)  # type: ignore[arg-type]


def test_sft_learns_what_counting_cannot_see_and_rl_raises_the_reward(folder: Path) -> None:
    policy = opened(folder, lora=True)
    rows = [policy.encoding.row(one) for one in LOG]
    logged = [
        one.logged["loss"]
        for one in passes(
            policy, rows, likelihood, epochs=15, learning_rate=1e-2, batch_size=4, seed=1, hide=True
        )
    ]
    assert logged[-1] < logged[0] / 2
    labels = policy.encoding.labels
    new = toy_traces(6, start=100)
    answers = [labels.names[next(policy.probabilities([one], labels))[0].argmax()] for one in new]
    assert answers == [one.activities[1] for one in new]
    objective = expected_reward(policy, LOG, rows, beta=0.01, openings=2.0)
    rl = list(passes(policy, rows, objective, epochs=4, learning_rate=2e-3, batch_size=4, seed=1, hide=False))
    assert rl[-1].logged["reward"] > rl[0].logged["reward"]
    assert 0 < rl[-1].logged["kl"] < 1


def test_the_same_seed_gives_the_same_weights(folder: Path) -> None:
    def weights() -> list[torch.Tensor]:
        policy = opened(folder, lora=True)
        rows = [policy.encoding.row(one) for one in LOG[:8]]
        for _ in passes(policy, rows, likelihood, epochs=2, learning_rate=1e-3, batch_size=4, seed=3, hide=True):
            pass
        return [weight.detach() for weight in policy.model.parameters() if weight.requires_grad]

    assert all(torch.equal(one, other) for one, other in zip(weights(), weights(), strict=True))


def test_new_tokens_come_back_with_the_adapter(folder: Path, tmp_path: Path) -> None:
    policy = opened(folder, lora=True)
    rows = [policy.encoding.row(one) for one in LOG[:8]]
    for _ in passes(policy, rows, likelihood, epochs=1, learning_rate=1e-2, batch_size=4, seed=1, hide=True):
        pass
    labels = policy.encoding.labels
    before = next(policy.probabilities([LOG[1]], labels))
    identity = AdapterIdentity(base=policy.base, schema=policy.encoding.schema, describe=False)
    save_adapter(policy.model, tmp_path / "adapter", identity=identity)
    base, encoding = open_base(str(folder), PROCESS, hub=False, quantise="none")
    fresh = Language(model=base.model, encoding=encoding, base=base.identity)
    untrained = next(fresh.probabilities([LOG[1]], labels))
    model = load_adapter(base, tmp_path / "adapter", schema=encoding.schema)
    loaded = Language(model=model, encoding=encoding, base=base.identity)
    assert np.allclose(before, next(loaded.probabilities([LOG[1]], labels)), atol=1e-5)
    assert not np.allclose(before, untrained, atol=1e-3)


def test_an_adapter_of_another_closed_list_is_refused(folder: Path, tmp_path: Path) -> None:
    policy = opened(folder, lora=True)
    identity = AdapterIdentity(base=policy.base, schema=policy.encoding.schema, describe=False)
    save_adapter(policy.model, tmp_path / "adapter", identity=identity)
    base, encoding = open_base(str(folder), PROCESS.opaque(seed=2), hub=False, quantise="none")
    with pytest.raises(CasewrightError, match="schema"):
        load_adapter(base, tmp_path / "adapter", schema=encoding.schema)


def test_gaps_are_answered_beside_the_commonest_one(folder: Path) -> None:
    policy = opened(folder)
    counted = CommonestGap.fit(LOG)
    assert GAPS[counted.answer("D", "E")] == "same moment"
    assert GAPS[counted.answer("?", "E")] == "same moment"
    figures = gap_figures(policy, LOG[:4], training=LOG, labels=policy.encoding.labels)
    assert figures["commonest"] == 1.0
    assert figures["gaps"] == 12
