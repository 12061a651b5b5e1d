"""Train klerk from scratch: `python -m finetune.klerk.pretrain --out DIR [--minutes 60 | --steps N M] [--seed 0]`.

Reads top to bottom: tokenizer, model, batches, optimisers, loop. There are two stages, each with optimisers and a
schedule of its own: reading, then reading with invented names. The schedule is in steps, so `--steps N M` gives the
same weights on any machine of the same kind with the same torch and thread count, however long it takes; `--minutes`
only measures the speed and picks them. A usable checkpoint is written every few minutes; a folder that holds a
complete first stage of the same settings is continued from there. All attention is causal over
right-padded rows of similar length, so no mask is needed; a padded position has no weight in the loss.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional as F
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from finetune.klerk import KLERK, card, text
from finetune.klerk.start import lay_down_copying
from finetune.klerk.tokenizer import ASSISTANT, END, USER, train

TOKENS_PER_STEP = 4096
POOL = 384  # samples sorted by length together, so that a batch holds rows of similar length
MAX_LENGTH = 768
PROMPT_WEIGHT, KEY_WEIGHT = (
    0.1,
    0.05,
)  # keys are forced by the schema at decoding; documents teach the language
STAGES = ((0.006, 2e-3, 0.4), (0.004, 1e-3, 0.7))  # rates of Muon and AdamW, and the share of steps that cools down
WARMUP = 40
HELD_OUT_SEED, HELD_OUT = 1_000_003, 200


Entry = dict[str, Any]
Log = list[Entry]


@dataclass(frozen=True)
class Row:
    """Token ids, the loss weight of each as a target, and (sort, start, end) of each answer field in tokens."""

    ids: list[int]
    weights: list[float]
    fields: list[tuple[str, int, int]]


def encode(turns: tuple[text.Turn, ...], tokenizer: PreTrainedTokenizerFast) -> Row:
    """One conversation as the chat template renders it, with the answer weighted by what the model must choose."""
    vocabulary = tokenizer.get_vocab()
    user, assistant, end = vocabulary[USER], vocabulary[ASSISTANT], vocabulary[END]
    ids: list[int] = []
    weights: list[float] = []
    fields: list[tuple[str, int, int]] = []
    for number, turn in enumerate(turns):
        question = tokenizer.backend_tokenizer.encode(turn.question).ids
        ids += [user, *question, end, assistant]
        weights += [0.0, *[PROMPT_WEIGHT if number == 0 else 0.0] * len(question), 0.0, 0.0]
        answer = tokenizer.backend_tokenizer.encode(turn.answer)
        spans = iter(turn.fields)
        sort, start, stop = next(spans)
        begin = len(ids)
        for token, (left, right) in zip(answer.ids, answer.offsets, strict=True):
            while left >= stop and (following := next(spans, None)):
                sort, start, stop = following
            inside = start <= left and right <= stop
            if inside and left == start:
                fields.append((sort, len(ids), len(ids)))
            ids.append(token)
            weights.append(1.0 if inside else KEY_WEIGHT)
            if inside:
                fields[-1] = (sort, fields[-1][1], len(ids))
        assert len(ids) > begin
        ids.append(end)
        weights.append(KEY_WEIGHT)
    return Row(ids, weights, fields)


def collate(rows: list[Row], pad: int) -> tuple[torch.Tensor, torch.Tensor]:
    longest = max(len(row.ids) for row in rows)
    ids = torch.full((len(rows), longest), pad)
    weights = torch.zeros(len(rows), longest)
    for i, row in enumerate(rows):
        ids[i, : len(row.ids)] = torch.tensor(row.ids)
        weights[i, : len(row.ids)] = torch.tensor(row.weights)
    return ids, weights


def batches(
    seed: int, steps: int, tokenizer: PreTrainedTokenizerFast, *, stage: int = 0
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Endless batches of at most TOKENS_PER_STEP tokens; the number of batches given out sets the curriculum."""
    rng, index, given = random.Random(seed + stage), stage * 10**6, 0
    while True:
        rows: list[Row] = []
        while len(rows) < POOL:
            row = encode(text.sample(seed, index, progress=stage + given / steps), tokenizer)
            index += 1
            if len(row.ids) <= MAX_LENGTH:
                rows.append(row)
        rows.sort(key=lambda row: len(row.ids))
        groups: list[list[Row]] = [[]]
        for row in rows:
            if (len(groups[-1]) + 1) * len(row.ids) > TOKENS_PER_STEP:
                groups.append([])
            groups[-1].append(row)
        rng.shuffle(groups)
        for group in groups:
            yield collate(group, tokenizer.pad_token_id)
            given += 1


def loss_of(model: LlamaForCausalLM, ids: torch.Tensor, weights: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Weighted loss per answer token, and the plain mean over the value tokens of the answers."""
    with torch.autocast("cpu", torch.bfloat16):
        logits = model(input_ids=ids[:, :-1], use_cache=False).logits
    targets, weights = ids[:, 1:].reshape(-1), weights[:, 1:].reshape(-1)
    losses = F.cross_entropy(logits.reshape(-1, logits.size(-1)).float(), targets, reduction="none")
    values = weights == 1.0
    return (losses * weights).sum() / weights.sum(), (losses.detach() * values).sum() / values.sum()


@torch.inference_mode()
def field_accuracy(model: LlamaForCausalLM, rows: list[Row], pad: int) -> dict[str, float]:
    """Share of fields, per sort, of which every token is the most likely one given the true tokens before it."""
    right: dict[str, list[bool]] = defaultdict(list)
    rows = sorted(rows, key=lambda row: len(row.ids))
    for start in range(0, len(rows), 20):
        part = rows[start : start + 20]
        ids, _ = collate(part, pad)
        with torch.autocast("cpu", torch.bfloat16):
            best = model(input_ids=ids, use_cache=False).logits.argmax(-1)
        for i, row in enumerate(part):
            for sort, left, stop in row.fields:
                right[sort].append(bool((best[i, left - 1 : stop - 1] == ids[i, left:stop]).all()))
    scores = {sort: round(sum(hits) / len(hits), 4) for sort, hits in sorted(right.items())}
    every = [hit for hits in right.values() for hit in hits]
    return {"all": round(sum(every) / len(every), 4), **scores}


def optimisers(model: LlamaForCausalLM, stage: int) -> list[torch.optim.Optimizer]:
    """Muon for the matrices of the layers, AdamW for embeddings, norms and biases."""
    muon, adam, _ = STAGES[stage]
    matrices = [p for n, p in model.named_parameters() if p.ndim == 2 and "embed" not in n]
    others = [p for n, p in model.named_parameters() if p.ndim != 2 or "embed" in n]
    return [
        torch.optim.Muon(matrices, lr=muon, weight_decay=0.01),
        torch.optim.AdamW(others, lr=adam, betas=(0.9, 0.95), weight_decay=0.0),
    ]


def rate(step: int, steps: int, stage: int) -> float:
    """Warm-up, constant, then linear to zero over the last part."""
    return min(1.0, (step + 1) / WARMUP, (steps - step) / (STAGES[stage][2] * steps))


def write(out: Path, model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, log: Log) -> None:
    """Write weights (bf16), tokenizer, log and card; each file replaces its predecessor in one move."""
    fresh = out.with_name(out.name + ".fresh")
    shutil.rmtree(fresh, ignore_errors=True)
    copy: Any = LlamaForCausalLM(model.config)
    copy.load_state_dict(model.state_dict())
    copy.to(torch.bfloat16).save_pretrained(fresh)
    tokenizer.save_pretrained(fresh)
    (fresh / "log.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in log))
    (fresh / "README.md").write_text(card.render(model.num_parameters(), log))
    out.mkdir(parents=True, exist_ok=True)
    for file in sorted(fresh.iterdir()):
        file.chmod(0o644)
        os.replace(file, out / file.name)
    fresh.rmdir()


def run_stage(
    stage: int, steps: int, seed: int, model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, out: Path, log: Log
) -> None:
    """Train `steps` steps; log the accuracy on held-out conversations and write a checkpoint every 150."""
    held_out = {
        name: [encode(text.sample(HELD_OUT_SEED, i, progress=progress), tokenizer) for i in range(HELD_OUT)]
        for name, progress in (("field_accuracy", 0.99), ("with_invented_names", 1.99))
    }
    opts, data = optimisers(model, stage), batches(seed, steps, tokenizer, stage=stage)
    rates = [opt.param_groups[0]["lr"] for opt in opts]
    tokens, began, running = log[-1].get("tokens", 0), time.time(), 0.0
    for step in range(steps):
        ids, weights = next(data)
        for opt, top in zip(opts, rates, strict=True):
            opt.param_groups[0]["lr"] = top * rate(step, steps, stage)
        loss, value_loss = loss_of(model, ids, weights)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for opt in opts:
            opt.step()
            opt.zero_grad()
        tokens += ids.numel()
        running = value_loss.item() if step == 0 else 0.95 * running + 0.05 * value_loss.item()
        if (step + 1) % 20 == 0:
            spent = time.time() - began
            print(f"{stage} {step + 1}/{steps} tokens {tokens:,} answers {running:.3f} {spent:.0f}s", flush=True)
        if (step + 1) % 150 == 0 or step + 1 == steps:
            entry = {"stage": stage, "step": step + 1, "tokens": tokens, "answer_loss": round(running, 4)}
            entry["seconds"] = round(time.time() - began)
            for name, rows in held_out.items():
                entry[name] = field_accuracy(model, rows, tokenizer.pad_token_id)
            log.append(entry)
            print(json.dumps(entry), flush=True)
            write(out, model, tokenizer, log)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=KLERK)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--steps", type=int, nargs=len(STAGES))
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()

    tokenizer = train(args.seed)
    torch.manual_seed(args.seed)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=256,
        intermediate_size=704,
        num_hidden_layers=6,
        num_attention_heads=4,
        num_key_value_heads=4,
        max_position_embeddings=2048,
        rope_parameters={"rope_type": "default", "rope_theta": 1e6},
        attention_bias=True,
        tie_word_embeddings=True,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
    )
    model = LlamaForCausalLM(config)
    lay_down_copying(model)
    ending: Any = model.generation_config
    ending.eos_token_id, ending.pad_token_id = config.eos_token_id, config.pad_token_id

    steps = args.steps or [round(args.minutes * 30 / seconds_per_step(model, tokenizer, args.seed))] * len(STAGES)
    log: Log = [{"seed": args.seed, "steps": steps, "threads": torch.get_num_threads(), "torch": torch.__version__}]
    for stage, count in enumerate(steps):
        if (earlier := finished(args.out, stage, log[0])) is not None:
            log = earlier
        else:
            run_stage(stage, count, args.seed, model, tokenizer, args.out, log)
        # Each stage starts from the bf16 weights that lie in the folder, whether it was run now or earlier.
        model.load_state_dict(LlamaForCausalLM.from_pretrained(args.out, dtype=torch.float32).state_dict())


def finished(out: Path, stage: int, settings: Entry) -> Log | None:
    """The log in `out` if it is of these settings and ends with the last step of `stage`."""
    path = out / "log.jsonl"
    log: Log = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else [{}]
    same = log[0] == settings and log[-1].get("stage") == stage and log[-1]["step"] == settings["steps"][stage]
    return log if same else None


def seconds_per_step(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, seed: int) -> float:
    """Time a few forward and backward passes at the final difficulty; the weights stay as they are."""
    data = batches(seed + 1, 1, tokenizer)
    for number in range(7):
        if number == 1:
            began = time.time()
        torch.autograd.backward(loss_of(model, *next(data))[0])
    model.zero_grad()
    return 1.2 * (time.time() - began) / 6  # optimisers, evaluation and checkpoints take about a sixth


if __name__ == "__main__":
    main()
