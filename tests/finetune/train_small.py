"""One small SFT run as a program of its own, so that a test can kill it or fill its disk.

python -m tests.finetune.train_small BASE OUT [--die-at STEP] [--die-while-saving] [--file-bytes LIMIT]
"""

import argparse
import os
import resource
import signal
import sys
import threading
import time
from pathlib import Path

from finetune.recipe import Lora, Sft
from finetune.rows import rows
from finetune.sft import train_sft
from scaffolds.errors import CasewrightError
from scaffolds.facts import schema_hash
from scaffolds.prompt import Prompts
from tests.finetune.small import WORKFLOW, Waarom, Wat, dossiers
from workflows.serve.base import load_base

SCHEMA = schema_hash([Wat, Waarom])
SFT = Sft(
    epochs=3,
    batch_size=2,
    learning_rate=0.01,
    save_steps=2,
    bf16=False,
    packing=False,
    lora=Lora(rank=4, dropout=0.1),
)
"""Dropout, so that a resumed run has to find the random state back as well."""


def train(base_folder: Path, out: Path, *, sft: Sft = SFT, die_at: int | None = None) -> Path:
    """Train on eight dossiers: twelve steps."""
    base = load_base(str(base_folder), quantise=sft.quantise)
    prompts = Prompts(tokenizer=base.tokenizer, describe=False)
    made = rows(dossiers(8), workflow=WORKFLOW, prompts=prompts, context=base.context)

    def progress(step: int, total: int) -> None:
        if step == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    return train_sft(base, made, sft, out=out, seed=7, schema=SCHEMA, describe=False, progress=progress)


def _die_while_saving(out: Path) -> None:
    while not any(out.glob(".checkpoint-*.tmp/checkpoint-*/*")):
        time.sleep(0.0005)
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Exit as the command line does: 2 after a CasewrightError."""
    parser = argparse.ArgumentParser()
    parser.add_argument("base", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--die-at", type=int)
    parser.add_argument("--die-while-saving", action="store_true")
    parser.add_argument("--file-bytes", type=int)
    given = parser.parse_args()
    if given.die_while_saving:
        threading.Thread(target=_die_while_saving, args=[given.out], daemon=True).start()
    if given.file_bytes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (given.file_bytes, given.file_bytes))
    try:
        train(given.base, given.out, die_at=given.die_at)
    except CasewrightError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
