"""The search: each part of an answer gets its likeliest text, and the answer is still an answer like any other."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import torch

from scaffolds.decode import Decoder, Generation, Grammar, Job, legal_mask, search
from scaffolds.decode.generation import Part
from scaffolds.decode.grammar import Walk
from tests.scaffolds.test_decode import FAMILIES, PROMPTS, closed, ids, reference
from tests.scaffolds.tiny import tiny_model, tiny_tokenizer

WORDS = {"type": "string", "enum": ["kappen", "kap", "dakkapel", "dak", "inrit", "niet vermeld"]}
SCHEMA = closed(soort=WORDS, gevel=closed(zíjde=WORDS), soortgelijk=WORDS)
PARTS = (Part("soort"), Part("zíjde"), Part("soortgelijk"))


def job(prompt: str = PROMPTS[0], *, parts: tuple[Part, ...] = PARTS) -> Job:
    return Job(ids(prompt), Grammar.json(SCHEMA), 120, parts=parts)


def decoder(family: str = "llama", *, seed: int = 0) -> Decoder:
    """A random model that is so unsure that a likely beginning often has no likely end."""
    model = tiny_model(family, seed=seed)  # type: ignore[arg-type]
    with torch.no_grad():
        model.get_output_embeddings().weight.mul_(0.3)
    return Decoder(model, tiny_tokenizer())


def until(subject: Decoder, answer: Generation, opening: str) -> float:
    """The log-probability of what an answer says up to the choice behind `opening`, or to its end."""
    for column, forced in enumerate(answer.forced):
        if not forced and opening in subject._text(list(answer.token_ids[:column])):
            return sum(answer.logprobs[:column])
    return sum(answer.logprobs)


def likelier(subject: Decoder, asked: Job, opening: str, bound: float) -> Iterator[list[int]]:
    """Every text of the first part that is likelier than `bound`, by walking all of them without a cache."""
    walks: list[tuple[list[int], float]] = [([], 0.0)]
    while walks:
        tokens, score = walks.pop()
        walk = Walk(asked.grammar.matcher(subject.tokenizer), eos=subject.tokenizer.eos_token_id)
        walk.replay(tokens)
        tokens = [*tokens, *walk.advance(limit=asked.max_tokens)]
        if walk.done or opening in subject._text(tokens):
            yield tokens
            continue
        with torch.no_grad():
            logits = subject.model(input_ids=torch.tensor([[*asked.prompt_ids, *tokens]])).logits[0, -1]
        legal = legal_mask(torch.from_numpy(walk.legal.copy()), width=len(logits))  # type: ignore[union-attr]
        logprobs = logits.masked_fill(~legal, -torch.inf).log_softmax(-1)
        for token in (logprobs + score > bound).nonzero()[:, 0].tolist():
            walks.append(([*tokens, token], score + float(logprobs[token])))


@pytest.mark.parametrize("family", FAMILIES)
def test_nothing_likelier_can_be_said_in_a_part(family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "TRIES", 1000)
    monkeypatch.setattr("scaffolds.decode.decoder.PASSED_OVER", 1000)
    better = 0
    for seed in range(6):
        subject = decoder(family, seed=seed)
        for prompt in PROMPTS:
            [found] = subject.generate([job(prompt)])
            [greedy] = subject.generate([job(prompt, parts=())])
            score = until(subject, found, ',"gevel')
            assert not list(likelier(subject, job(prompt), ',"gevel', score + 1e-4))
            better += score > until(subject, greedy, ',"gevel') + 1e-4
    assert better, "greedy was never beaten, so nothing was searched"


@pytest.mark.parametrize("family", FAMILIES)
def test_what_was_tried_and_given_up_leaves_no_trace_in_the_answer(family: str) -> None:
    changed = 0
    for seed in range(6):
        subject = decoder(family, seed=seed)
        jobs = [job(prompt) for prompt in PROMPTS]
        found = subject.generate(jobs, keep_legal=True)
        greedy = subject.generate([job(prompt, parts=()) for prompt in PROMPTS])
        for asked, answer in zip(jobs, found, strict=True):
            assert answer.finished
            assert list(json.loads(answer.text)) == ["soort", "gevel", "soortgelijk"]
            assert answer.logprobs == pytest.approx(reference(subject.model, asked, answer, temperature=1.0), abs=1e-4)
            told = subject.told(asked, answer.token_ids)
            assert told.forced == answer.forced
            assert torch.equal(told.legal, answer.legal)  # type: ignore[arg-type]
        changed += sum(a.token_ids != b.token_ids for a, b in zip(found, greedy, strict=True))
    assert changed


@pytest.mark.parametrize("family", FAMILIES)
def test_a_searched_answer_is_the_same_alone_among_others_and_in_a_conversation(family: str) -> None:
    subject = decoder(family, seed=3)
    jobs = [job(prompt) for prompt in PROMPTS for _ in range(2)]
    together = subject.generate(jobs, hold=True)
    assert [a.token_ids for a in together] == [subject.generate([one])[0].token_ids for one in jobs]
    more = [
        Job((*one.prompt_ids, *said.token_ids, *ids("En verder?")), one.grammar, 120, parts=PARTS, after=said)
        for one, said in zip(jobs, together, strict=True)
    ]
    fresh = [Job(one.prompt_ids, one.grammar, 120, parts=PARTS) for one in more]
    expected = subject.generate(fresh)
    for kept, read in zip(subject.generate(more), expected, strict=True):
        assert kept.token_ids == read.token_ids
        assert kept.logprobs == pytest.approx(read.logprobs, abs=1e-4)


def test_a_part_that_was_said_in_time_is_kept_where_a_longer_text_runs_out_of_tokens() -> None:
    plan = {"type": "string", "enum": ["kap", "kappen van de boom", "inrit aan de achterzijde van de woning"]}
    grammar = Grammar.json(closed(plan=plan, soort=WORDS))
    parts = (Part("plan"), Part("soort"))
    kept = 0
    for seed in range(12):
        subject = decoder(seed=seed)
        for prompt in PROMPTS:
            [greedy] = subject.generate([Job(ids(prompt), grammar, 120)])
            [free] = subject.generate([Job(ids(prompt), grammar, 120, parts=parts)])
            limit = len(greedy.token_ids)
            [found] = subject.generate([Job(ids(prompt), grammar, limit, parts=parts)])
            assert '"soort":"' in found.text
            kept += json.loads(free.text)["plan"] not in found.text
    assert kept


def test_drawing_does_not_search() -> None:
    subject = decoder()
    assert subject.generate([job()], temperature=1.0, seed=5) == subject.generate(
        [job(parts=())], temperature=1.0, seed=5
    )


def test_words_that_only_lead_to_a_value_are_taken_one_by_one_and_do_not_count() -> None:
    stated = closed(bron=WORDS, waarde={"type": "string", "enum": ["ja", "nee"]})
    grammar = Grammar.json(closed(monument={"anyOf": [stated, {"const": "niet vermeld"}]}))

    def said(subject: Decoder, prompt: str, *parts: Part) -> object:
        [answer] = subject.generate([Job(ids(prompt), grammar, 80, parts=parts)])
        return json.loads(answer.text)["monument"]

    silenced = 0
    for seed in range(8):
        subject = decoder(seed=seed)
        for prompt in PROMPTS:
            greedy = said(subject, prompt)
            counted, aside = (said(subject, prompt, Part("monument", aside=key)) for key in (None, "bron"))
            if isinstance(greedy, dict) and isinstance(aside, dict):
                assert aside["bron"] == greedy["bron"]
            silenced += counted == "niet vermeld" and isinstance(aside, dict)
    assert silenced, "no quotation was so unlikely that it silenced its value, so nothing was seen"
