"""Train klerk from scratch: `python -m finetune.klerk.pretrain --out DIR [--minutes 60 | --steps N M] [--seed 0]`.

    2 cores:  nice python -m finetune.klerk.pretrain --out /tmp/klerk --minutes 150
    one GPU:  python -m finetune.klerk.pretrain --out OUT/klerk --minutes 8 --revision $(git rev-parse HEAD)

It needs torch, transformers, tokenizers, numpy, PyYAML, safetensors and jsonschema, and no
network. The eight files in DIR are the checkpoint; copy them over finetune/klerk/checkpoint and run the tests.

There are two stages, each with optimisers and a schedule of its own: reading, then reading with half of the names
invented; `--start DIR` gives the weights in DIR one more stage like the second. `--minutes` measures the pace and picks
the steps; `--steps N M` gives the same weights again on a CPU of the same kind with the same torch, thread count and
precision, however long it takes. The folder gets a usable checkpoint some ten times a stage, and DIR.state.pt what it
takes to go on: the same command after a kill ends, on a CPU, with the bytes of an uninterrupted run.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from finetune.klerk import KLERK
from scaffolds.errors import CasewrightError


def main(arguments: list[str] | None = None) -> None:
    """Parse the arguments and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=KLERK)
    parser.add_argument("--start", type=Path, help="a checkpoint of this script to train one stage further")
    parser.add_argument("--minutes", type=float, default=60.0, help="aim for this long, everything included")
    parser.add_argument("--steps", type=int, nargs="+", help="steps of each stage, instead of --minutes")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--workers", type=int, help="processes that make text (a GPU: all cores but one; else none)")
    parser.add_argument("--revision", help="commit of the source for the card, where git cannot tell")
    args = parser.parse_args(arguments)

    from finetune.klerk.training import train  # the processes that make text import this module, and need no torch

    try:
        train(
            args.out,
            start=args.start,
            minutes=args.minutes,
            steps=args.steps,
            seed=args.seed,
            device=args.device,
            workers=args.workers,
            revision=args.revision,
        )
    except CasewrightError as error:
        print(error, file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
