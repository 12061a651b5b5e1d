"""The training run: pace, loop, checkpoints, and going on after a kill."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from finetune.klerk import card, source, text
from finetune.klerk import model as klerk
from finetune.klerk import tokenizer as tokens
from finetune.klerk.data import Batch, Encoder, Plan, Row, batches
from finetune.klerk.graphs import Passes
from scaffolds.errors import CasewrightError

TOKENS_PER_STEP = {"cpu": 4096, "cuda": 131072}
GRID = {"cpu": 1, "cuda": 64}  # lengths of rows are rounded up to multiples, since a GPU records a graph for each shape
FILES = ("config.json", "model.safetensors", "tokenizer.json")
STAGES = 2
LOGS = 10  # entries of the log and checkpoints in a stage
HELD_OUT_SEED, HELD_OUT = 1_000_003, 200
TRIAL = 8  # steps that measure the pace

Entry = dict[str, Any]


def train(
    out: Path,
    *,
    minutes: float,
    steps: Sequence[int] | None,
    seed: int,
    start: Path | None = None,
    device: str = "auto",
    workers: int | None = None,
    revision: str | None = None,
) -> None:
    """Train from scratch, from the checkpoint `start`, or on after a kill, until `out` holds the finished checkpoint.

    Raises CasewrightError when `out` was begun with other settings, `start` is no checkpoint, or CUDA is absent.
    """
    began = time.time()
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cuda" and not torch.cuda.is_available():
        raise CasewrightError("This machine has no CUDA device; leave --device out to train on the CPU.")
    run = Run(out, seed=seed, start=start, device=device, workers=workers)
    asked = {"seed": seed, "device": device, "steps": list(steps) if steps else None, "source": source.digest()}
    run.open(asked, minutes=minutes, began=began, revision=revision or source.revision())
    run.finish()


class Run:
    """One run: the model, where it stands, and its log, whose first entry holds the settings."""

    def __init__(self, out: Path, *, seed: int, start: Path | None, device: str, workers: int | None) -> None:
        self.out, self.seed, self.device = out, seed, device
        self.workers = (
            workers if workers is not None else (max(1, (os.cpu_count() or 2) - 1) if device == "cuda" else 0)
        )
        self.stage, self.step, self.place, self.seen, self.spent, self.running = 0, 0, (0, 0), 0, 0.0, 0.0
        self.log: list[Entry] = []
        self.before: list[Entry] = []
        if start is None:
            self.tokenizer: PreTrainedTokenizerFast = tokens.train(seed)
            self.model = klerk.made(self.tokenizer, seed)
        else:
            if missing := [name for name in (*FILES, "log.jsonl") if not (start / name).is_file()]:
                raise CasewrightError(f"{start} has no {missing[0]}; --start takes a folder that this script wrote.")
            self.tokenizer = PreTrainedTokenizerFast.from_pretrained(start, local_files_only=True)
            self.model = LlamaForCausalLM.from_pretrained(start, dtype=torch.float32, local_files_only=True)
            self.before = [json.loads(line) for line in (start / "log.jsonl").read_text().splitlines()]
            self.stage, self.seen = len(self.before[0]["steps"]), self.before[-1]["tokens"]
        self.model.to(device=device)  # type: ignore[call-arg]
        self.held: Entry = {}
        self.opts: list[torch.optim.Optimizer] = []
        self._passes = Passes(self.model) if device == "cuda" else None

    @property
    def state(self) -> Path:
        return self.out.with_name(self.out.name + ".state.pt")

    @property
    def kind(self) -> int:
        """Which rates and schedule the stage has: every one after the second is like it."""
        return min(self.stage, STAGES - 1)

    @property
    def settings(self) -> Entry:
        return self.log[0]

    def open(self, asked: Entry, *, minutes: float, began: float, revision: str) -> None:
        """Take up the state that lies beside `out`, or set out anew."""
        if self.state.exists():
            self.held = torch.load(self.state, map_location=self.device, weights_only=True)
            self.log = self.held["log"]
            known = {key: self.settings[key] for key in asked if asked[key] is not None}
            if known != {key: value for key, value in asked.items() if value is not None}:
                raise CasewrightError(
                    f"{self.state} holds a run with other settings or source; remove it or give another --out."
                )
            self.stage, self.step, self.place = self.held["stage"], self.held["step"], tuple(self.held["place"])
            self.seen, self.spent, self.running = self.held["seen"], self.held["spent"], self.held["running"]
            self.model.load_state_dict(self.held["model"])
            torch.set_num_threads(self.settings["threads"])
            return
        machine = {"torch": str(torch.__version__), "threads": torch.get_num_threads()}
        first: Entry = {**asked, "revision": revision, **machine, "tokens_per_step": TOKENS_PER_STEP[self.device]}
        first["bf16"] = self.device == "cuda" or self._bf16_is_faster()
        if self.before:
            first["before"] = self.before[0]
        self.log = [first, *self.before[1:]]
        if first["steps"] is None:
            stages = 1 if self.before else STAGES
            seconds = self._pace()
            left = minutes * 60 - (time.time() - began)
            first["steps"] = [max(klerk.WARMUP, round(left * 0.94 / stages / seconds))] * stages
        if self.before:
            first["steps"] = [*self.before[0]["steps"], *first["steps"]]

    def finish(self) -> None:
        """Run the stages that are left; the state goes when the last has ended."""
        while self.stage < len(self.settings["steps"]):
            self._run_stage(self.settings["steps"][self.stage])
            self.stage, self.step, self.place, self.held = self.stage + 1, 0, (0, 0), {}
        self.state.unlink(missing_ok=True)

    def _run_stage(self, steps: int) -> None:
        plan = self._plan(self.seed, self.stage, steps)
        self.opts = klerk.optimisers(self.model, self.kind, self.device)
        if "opts" in self.held:
            for opt, saved in zip(self.opts, self.held["opts"], strict=True):
                opt.load_state_dict(saved)
        tops = klerk.RATES[self.device][self.kind]
        data = batches(plan, self.tokenizer.backend_tokenizer, workers=self.workers, start=self.place)
        began, every = time.time() - self.spent, max(1, steps // LOGS)
        held_out = self._held_out()
        for step in range(self.step, steps):
            self.place, batch = next(data)
            for opt, top in zip(self.opts, tops, strict=True):
                opt.param_groups[0]["lr"] = top * klerk.rate(step, steps, self.kind)
            value_loss = self._update(batch)
            self.seen += batch[0].size
            done = step + 1
            if done % 20 == 0 or done == steps or done % every == 0:
                fresh = value_loss.item()
                self.running = 0.7 * self.running + 0.3 * fresh if self.running else fresh
                self.spent = time.time() - began
                state = f"{self.stage} {done}/{steps} tokens {self.seen:,}"
                print(f"{state} answers {self.running:.3f} {self.spent:.0f}s", flush=True)
            if done % every == 0 or done == steps:
                self._note(done, held_out)
        data.close()
        self.spent = 0.0

    def _update(self, batch: Batch) -> torch.Tensor:
        """One step of the optimisers; gives the loss on the answers."""
        if self._passes:
            value_loss = self._passes(batch)
        else:
            self.model.zero_grad()
            loss, value_loss = klerk.loss_of(self.model, batch, device=self.device, bf16=self.settings["bf16"])
            torch.autograd.backward(loss)
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for opt in self.opts:
            opt.step()
        return value_loss

    def _plan(self, seed: int, stage: int, steps: int) -> Plan:
        return Plan(seed, stage, steps, TOKENS_PER_STEP[self.device], GRID[self.device])

    def _note(self, done: int, held_out: dict[str, list[Row]]) -> None:
        """Log the scores on the held-out conversations, write a checkpoint and the state."""
        pad: Any = self.tokenizer.pad_token_id
        entry: Entry = {"stage": self.stage, "step": done, "tokens": self.seen, "answer_loss": round(self.running, 4)}
        entry["seconds"] = round(self.spent)
        for name, rows in held_out.items():
            entry[name] = klerk.field_accuracy(self.model, rows, pad, device=self.device, bf16=self.settings["bf16"])
        self.log.append(entry)
        print(json.dumps(entry), flush=True)
        write(self.out, self.model, self.tokenizer, self.log)
        state = {
            "stage": self.stage, "step": done, "place": list(self.place), "seen": self.seen, "spent": self.spent,
            "running": self.running, "log": self.log, "model": self.model.state_dict(),
            "opts": [opt.state_dict() for opt in self.opts],
        }  # fmt: skip
        fresh = self.state.with_name(self.state.name + ".fresh")
        torch.save(state, fresh)
        os.replace(fresh, self.state)

    def _held_out(self) -> dict[str, list[Row]]:
        encoder = Encoder(self.tokenizer.backend_tokenizer)
        return {
            name: [encoder.row(text.sample(HELD_OUT_SEED, i, progress=0.99, mix=mix)) for i in range(HELD_OUT)]
            for name, mix in (
                ("field_accuracy", text.FIRST),
                ("with_invented_names", text.SECOND),
                ("unseen_subjects", text.UNSEEN),
            )
        }

    def _some(self, count: int) -> Iterator[Batch]:
        """A few batches of the final difficulty, of another seed."""
        plan = self._plan(self.seed + 1, 0, 1)
        data = batches(plan, self.tokenizer.backend_tokenizer, workers=0, start=(1, 0))
        for _ in range(count):
            yield next(data)[1]

    def _bf16_is_faster(self) -> bool:
        """Time a forward and backward pass in both precisions."""
        seconds = {}
        (batch,) = self._some(1)
        for bf16 in (True, False, True, False):
            start = time.time()
            torch.autograd.backward(klerk.loss_of(self.model, batch, device=self.device, bf16=bf16)[0])
            seconds[bf16] = time.time() - start
        self.model.zero_grad()
        return seconds[True] < seconds[False]

    def _pace(self) -> float:
        """Seconds a step takes, its share of evaluation and checkpoints included; the weights stay as they are."""
        kept = {name: value.clone() for name, value in self.model.state_dict().items()}
        self.opts = klerk.optimisers(self.model, 0, self.device)
        some = list(self._some(TRIAL))
        for batch in some:
            self._update(batch).item()
        start = time.time()
        for batch in some:
            self._update(batch).item()
        self.model.load_state_dict(kept)
        return 1.1 * (time.time() - start) / TRIAL


def write(out: Path, model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, log: list[Entry]) -> None:
    """Write weights (bf16), tokenizer, log and card; each file replaces its predecessor in one move."""
    fresh = out.with_name(out.name + ".fresh")
    shutil.rmtree(fresh, ignore_errors=True)
    copy: Any = LlamaForCausalLM(model.config)
    copy.load_state_dict(model.state_dict())
    copy.generation_config = model.generation_config
    copy.to(torch.bfloat16).save_pretrained(fresh)
    tokenizer.save_pretrained(fresh)
    (fresh / "log.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in log))
    (fresh / "README.md").write_text(card.render(model.num_parameters(), log))
    out.mkdir(parents=True, exist_ok=True)
    for file in sorted(fresh.iterdir()):
        file.chmod(0o644)
        os.replace(file, out / file.name)
    fresh.rmdir()
