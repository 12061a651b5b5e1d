"""Checkpoints: what is written during training is there whole, under its name, or not at all.

After `kill -9` or on a full disk the newest finished checkpoint is the one to resume from. One is kept: there
is nothing that an older one is good for.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scaffolds.errors import CasewrightError
from scaffolds.files import folder_atomic


@contextmanager
def on_disk(target: Path) -> Iterator[None]:
    """Tell a disk that takes no more from a defect: CasewrightError names `target` and says what to do."""
    from safetensors import SafetensorError

    try:
        yield
    except (OSError, RuntimeError, SafetensorError) as error:
        # torch reports a full disk as RuntimeError.
        raise CasewrightError(
            f"{target} could not be written ({str(error).splitlines()[0]}). Free space on that disk and run "
            "the same command again; what was there before is unchanged."
        ) from error


def finished(out: Path) -> list[Path]:
    """Give the finished checkpoints in a folder, the newest last."""
    found = [path for path in out.glob("checkpoint-*") if re.fullmatch(r"checkpoint-\d+", path.name)]
    return sorted(found, key=lambda path: int(path.name.removeprefix("checkpoint-")))


def forget(out: Path, *, keep: int = 0) -> None:
    """Remove all but the newest `keep` checkpoints."""
    found = finished(out)
    for path in found[: len(found) - keep]:
        shutil.rmtree(path)


class AtomicCheckpoints:
    """Mixed into a Trainer of transformers, before it: its checkpoints appear whole, and only the newest
    stays.
    """

    args: Any
    state: Any
    _writing: Path | None = None

    def _get_output_dir(self, trial: Any) -> str:
        return str(self._writing or self.args.output_dir)

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        out = Path(self.args.output_dir)
        target = out / f"checkpoint-{self.state.global_step}"
        with on_disk(target), folder_atomic(target) as unfinished:
            self._writing = unfinished
            super()._save_checkpoint(model, trial)  # type: ignore[misc]
            for path in (unfinished / target.name).iterdir():
                path.rename(unfinished / path.name)
            (unfinished / target.name).rmdir()
            self._writing = None
        forget(out, keep=1)

    def create_model_card(self, *args: Any, **kwargs: Any) -> None:
        """Write none: a bundle documents its model, a checkpoint does not."""
