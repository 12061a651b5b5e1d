"""The decoder: what it generates, how much it computes for it, and that its probabilities are exact."""

from __future__ import annotations

import json
import math
from datetime import date
from typing import Any

import jsonschema
import pytest
import torch

from scaffolds.decode import Decoder, Generation, Grammar, Job, legal_mask, pool
from scaffolds.errors import CasewrightError
from tests.scaffolds.tiny import tiny_model, tiny_tokenizer

FAMILIES = ("llama", "qwen3", "gemma3")
PROMPTS = (
    "De aanvraag betreft een dakkapel aan de voorzijde van de woning aan de Lindelaan 12 te Zaanstad.",
    "Kappen.",
    "Geachte heer, hierbij vraag ik een vergunning aan.",
)


def closed(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


DECISION = closed(
    besluit={"type": "string", "enum": ["verlenen", "weigeren", "weigeren_deels"]},
    reden={"type": ["string", "null"], "maxLength": 10},
)
PERMIT = closed(
    datum={"type": "string", "format": "date"},
    adres=closed(
        huisnummer={"type": "integer", "minimum": 1, "maximum": 999},
        postcode={"type": "string", "pattern": "^[1-9][0-9]{3}[A-Z]{2}$"},
    ),
    bijlagen={"type": "array", "items": {"type": "string", "enum": ["foto", "tekening"]}, "maxItems": 3},
)
AMOUNT = closed(
    bedrag_cent={"type": "integer", "minimum": 0, "maximum": 500000, "multipleOf": 5},
    akkoord={"type": "boolean"},
    toelichting={"type": "string", "minLength": 1, "maxLength": 12},
)
SCHEMAS = (DECISION, PERMIT, AMOUNT)


def ids(text: str) -> tuple[int, ...]:
    return tuple(tiny_tokenizer().encode(text))


def mixed_jobs(copies: int = 1) -> list[Job]:
    """Every prompt with every schema: rows of different lengths, grammars and runs of forced tokens."""
    return [
        Job(ids(prompt), Grammar.json(schema), 120)
        for schema in SCHEMAS
        for prompt in PROMPTS
        for _ in range(copies)
    ]


def decoder(family: Any = "llama") -> Decoder:
    return Decoder(tiny_model(family), tiny_tokenizer())


def reference(model: Any, job: Job, answer: Generation, *, temperature: float) -> list[float]:
    """The answer's log-probabilities without cache, batch or chunks: one full pass for every choice."""
    values, choice = [], 0
    assert answer.legal is not None
    for place, (token, forced) in enumerate(zip(answer.token_ids, answer.forced, strict=True)):
        if forced:
            values.append(0.0)
            continue
        with torch.no_grad():
            text = torch.tensor([[*job.prompt_ids, *answer.token_ids[:place]]])
            logits = model(input_ids=text, use_cache=False).logits[0, -1] / temperature
        legal = legal_mask(answer.legal[choice], width=len(logits))
        values.append(float(logits.masked_fill(~legal, -torch.inf).log_softmax(-1)[token]))
        choice += 1
    assert choice == len(answer.legal)
    return values


class Passes:
    """Counts a model's forward passes and the tokens they were fed."""

    def __init__(self, model: Any) -> None:
        self.widths: list[int] = []
        model.register_forward_pre_hook(self._count, with_kwargs=True)

    def _count(self, module: Any, args: Any, kwargs: Any) -> None:
        self.widths.append(kwargs["input_ids"].numel())


def test_every_answer_of_an_untrained_model_at_high_temperature_satisfies_its_schema() -> None:
    jobs = mixed_jobs(copies=30)
    answers = decoder().generate(jobs, temperature=1.5, seed=7)
    assert len({answer.text for answer in answers}) > len(jobs) / 2
    for job, answer in zip(jobs, answers, strict=True):
        assert answer.finished
        value = json.loads(answer.text)
        jsonschema.validate(value, json.loads(job.grammar.text))
        # llguidance writes the hexadecimal digits of an escaped control character in capitals.
        compact = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        assert answer.text.lower() == compact.lower()
        if "datum" in value and not value["datum"].endswith("-02-29") and value["datum"][:4] != "0000":
            date.fromisoformat(value["datum"])


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(("temperature", "packing"), [(0.7, True), (1.5, True), (1.5, False)])
def test_cached_and_batched_probabilities_equal_full_passes_without_a_cache(
    family: str, temperature: float, packing: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "packs", lambda model: packing)
    subject = decoder(family)
    jobs = mixed_jobs(copies=2)
    for job, answer in zip(
        jobs, subject.generate(jobs, temperature=temperature, seed=3, keep_legal=True), strict=True
    ):
        expected = reference(subject.model, job, answer, temperature=temperature)
        assert answer.logprobs == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("family", FAMILIES)
def test_greedy_takes_the_likeliest_legal_token(family: str) -> None:
    subject = decoder(family)
    for job, answer in zip(mixed_jobs(), subject.generate(mixed_jobs(), keep_legal=True), strict=True):
        assert answer.legal is not None
        choices = [place for place, forced in enumerate(answer.forced) if not forced]
        for packed, place in zip(answer.legal, choices, strict=True):
            with torch.no_grad():
                text = torch.tensor([[*job.prompt_ids, *answer.token_ids[:place]]])
                logits = subject.model(input_ids=text).logits[0, -1]
            legal = legal_mask(packed, width=len(logits))
            assert int(logits.masked_fill(~legal, -torch.inf).argmax()) == answer.token_ids[place]


@pytest.mark.parametrize("temperature", [0.0, 1.0])
@pytest.mark.parametrize("family", FAMILIES)
def test_a_row_says_the_same_alone_and_among_others(family: str, temperature: float) -> None:
    subject = decoder(family)
    jobs = mixed_jobs(copies=2)
    seeds = list(range(len(jobs)))
    together = subject.generate(jobs, temperature=temperature, seed=seeds)
    alone = [
        subject.generate([job], temperature=temperature, seed=[seed])[0]
        for job, seed in zip(jobs, seeds, strict=True)
    ]
    assert [answer.token_ids for answer in together] == [answer.token_ids for answer in alone]


def test_the_same_seed_gives_the_same_answers_and_another_seed_others() -> None:
    subject = decoder()
    first, again, other = (subject.generate(mixed_jobs(), temperature=1.0, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


@pytest.mark.parametrize("family", FAMILIES)
def test_score_equals_what_generate_reported(family: str) -> None:
    subject = decoder(family)
    jobs = mixed_jobs()
    for job, answer in zip(jobs, subject.generate(jobs, temperature=1.5, seed=5), strict=True):
        scores = subject.score(job.prompt_ids, answer.token_ids, job.grammar, temperature=1.5)
        assert scores == pytest.approx(answer.logprobs, abs=1e-4)


def test_an_answer_that_is_told_is_what_it_would_be_generated_as() -> None:
    made = decoder()
    jobs = mixed_jobs()
    for job, answer in zip(jobs, made.generate(jobs, temperature=1.0, seed=4, keep_legal=True), strict=True):
        told = made.told(job, answer.token_ids)
        assert (told.text, told.forced, told.finished) == (answer.text, answer.forced, True)
        assert set(told.logprobs) == {0.0}, "nothing was drawn"
        assert answer.legal is not None
        assert torch.equal(told.legal, answer.legal)
    with pytest.raises(CasewrightError, match="before its grammar is complete"):
        made.told(job, answer.token_ids[:1])


def test_forced_tokens_have_log_probability_zero_and_cost_no_pass() -> None:
    subject = decoder()
    passes = Passes(subject.model)
    [answer] = subject.generate([Job(ids(PROMPTS[0]), Grammar.json(PERMIT), 120)])
    assert sum(answer.forced) > len(answer.forced) / 3
    assert all(value == 0.0 for value, forced in zip(answer.logprobs, answer.forced, strict=True) if forced)
    # The prompt's pass serves the first choice, so there are as many passes as choices.
    assert len(passes.widths) == answer.forced.count(False)


def test_an_answer_without_any_choice_costs_no_pass_at_all() -> None:
    subject = decoder()
    passes = Passes(subject.model)
    [answer] = subject.generate([Job(ids("Kappen."), Grammar.json(closed(soort={"const": "boom"})), 40)])
    assert answer.text == '{"soort":"boom"}'
    assert all(answer.forced)
    assert passes.widths == []


def test_rows_of_unlike_progress_cost_no_more_cells_than_each_alone() -> None:
    subject = decoder()
    passes = Passes(subject.model)
    jobs = [Job(ids(prompt), Grammar.json(schema), 120) for prompt, schema in zip(PROMPTS, SCHEMAS, strict=False)]
    subject.generate(jobs, temperature=1.0, seed=range(len(jobs)))
    together = sum(passes.widths)
    passes.widths.clear()
    for place, job in enumerate(jobs):
        subject.generate([job], temperature=1.0, seed=[place])
    assert together == sum(passes.widths)
    assert subject.model.config._attn_implementation == "sdpa", "others use the model as it was"


def test_a_prompt_shared_by_a_group_is_computed_once() -> None:
    subject = decoder()
    prompt = ids(PROMPTS[0] * 8)
    alone, grouped = Passes(subject.model), Passes(subject.model)
    subject.generate([Job(prompt, Grammar.json(PERMIT), 120)], temperature=1.0, seed=1)
    fed_alone = sum(alone.widths)
    grouped.widths.clear()
    subject.generate([Job(prompt, Grammar.json(PERMIT), 120)] * 8, temperature=1.0, seed=1)
    assert fed_alone > len(prompt)
    assert sum(grouped.widths) < 2 * len(prompt) + 8 * 60
    assert sum(width >= len(prompt) for width in grouped.widths) == 1


def test_an_answer_that_runs_out_of_tokens_says_so() -> None:
    subject = decoder()
    [answer] = subject.generate([Job(ids("Kappen."), Grammar.json(PERMIT), 9)], temperature=1.0, seed=1)
    assert not answer.finished
    assert len(answer.token_ids) == 9
    scores = subject.score(ids("Kappen."), answer.token_ids, Grammar.json(PERMIT))
    assert scores == pytest.approx(answer.logprobs, abs=1e-4)


def test_the_end_of_text_is_forced_where_nothing_else_may_follow_and_chosen_where_it_may() -> None:
    subject = decoder()
    end = tiny_tokenizer().eos_token_id
    [closed_end] = subject.generate([Job(ids("Kappen."), Grammar.json(DECISION), 60)])
    assert closed_end.token_ids[-1] == end
    assert closed_end.forced[-1]
    answers = subject.generate(
        [Job(ids("Kappen."), Grammar.lark("start: /a{1,9}/"), 20)] * 20, temperature=2.0
    )
    for answer in answers:
        assert answer.token_ids[-1] == end
        assert answer.forced[-1] == (answer.text == "a" * 9)
    assert any(not answer.forced[-1] for answer in answers)


def test_sampled_frequencies_follow_the_constrained_distribution() -> None:
    subject = decoder()
    grammar = Grammar.lark('start: "a" | "b" | "c"')
    job = Job(ids("Kappen."), grammar, 4)
    answers = subject.generate([job] * 600, temperature=4.0, seed=11)
    for letter in "abc":
        chance = math.exp(sum(subject.score(job.prompt_ids, ids(letter), grammar, temperature=4.0)))
        share = sum(answer.text == letter for answer in answers) / len(answers)
        assert share == pytest.approx(chance, abs=4 * math.sqrt(chance * (1 - chance) / 600) + 1e-9)


@pytest.mark.parametrize("family", FAMILIES)
def test_option_probabilities_are_those_of_whole_texts_in_one_pass(family: str) -> None:
    subject = decoder(family)
    passes = Passes(subject.model)
    options = ["weigeren", "weigeren deels", "verlenen", "buiten behandeling"]
    values = subject.choice_logprobs(ids(PROMPTS[0]), options)
    assert len(passes.widths) == 1
    totals = []
    for option in options:
        text = [*ids(PROMPTS[0]), *ids(option), tiny_tokenizer().eos_token_id]
        with torch.no_grad():
            logprobs = subject.model(input_ids=torch.tensor([text])).logits[0].double().log_softmax(-1)
        start = len(ids(PROMPTS[0]))
        totals.append(sum(float(logprobs[place - 1, text[place]]) for place in range(start, len(text))))
    expected = torch.tensor(totals, dtype=torch.double).log_softmax(0).tolist()
    assert values == pytest.approx(expected, abs=1e-3)
    assert sum(math.exp(value) for value in values) == pytest.approx(1.0)


def test_a_model_in_training_generates_without_dropout_and_goes_on_training() -> None:
    model = tiny_model()
    model.config.attention_dropout = 0.5
    for layer in model.model.layers:
        layer.self_attn.attention_dropout = 0.5
    subject = Decoder(model, tiny_tokenizer())
    expected = subject.generate(mixed_jobs())
    model.train()
    assert subject.generate(mixed_jobs()) == expected
    assert model.training


@pytest.mark.parametrize(
    ("completion", "message"),
    [
        ('{"besluit":"aanhouden"', "cannot follow its grammar"),
        ('{"besluit":"verlenen","reden":null}<|end|>extra', "after the end"),
        ("besluit", "forces"),
        ('{"besluit":"verlenen"<|end|>', "forces"),
    ],
)
def test_score_refuses_what_could_not_have_been_generated(completion: str, message: str) -> None:
    with pytest.raises(CasewrightError, match=message):
        decoder().score(ids("Kappen."), ids(completion), Grammar.json(DECISION))


def test_a_prompt_that_leaves_no_room_for_its_answer_is_refused() -> None:
    subject = decoder()
    long = ids("Kappen.") * 1000
    with pytest.raises(CasewrightError, match=r"does not fit in the model's context of 2048 tokens"):
        subject.generate([Job(long, Grammar.json(DECISION), 60)])
    with pytest.raises(CasewrightError, match="prompt is empty"):
        subject.generate([Job((), Grammar.json(DECISION), 60)])


def test_a_model_with_fewer_embeddings_than_the_tokenizer_has_tokens_is_refused() -> None:
    model = tiny_model()
    model.resize_token_embeddings(100)
    with pytest.raises(CasewrightError, match="100 token embeddings"):
        Decoder(model, tiny_tokenizer())


def test_a_model_whose_layers_are_not_attention_is_refused() -> None:
    model = tiny_model("qwen3")
    model.config.layer_types = ["linear_attention", "full_attention"]
    with pytest.raises(CasewrightError, match="linear_attention"):
        Decoder(model, tiny_tokenizer()).generate(mixed_jobs())
