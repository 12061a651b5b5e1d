"""A study that is killed again and again ends where one that is left alone ends, to the bit."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from finetune.logs.resume import Resume
from scaffolds.errors import CasewrightError
from scaffolds.files import read_json
from tests.finetune.logs.toy_study import study
from tests.finetune.small import save_base


def test_kill_9_in_every_piece_costs_no_more_than_the_pass_at_work(tmp_path: Path) -> None:
    base = save_base(tmp_path / "base")
    alone = study(base, tmp_path / "alone")
    out, program = tmp_path / "killed", [sys.executable, "-m", "tests.finetune.logs.toy_study"]
    deaths, reached = 0, set()
    while deaths < 20:
        # A pass over the fitting cases has four steps: each life gets two passes done, and dies in the third.
        done = subprocess.run([*program, str(base), str(out), "--die-at", "10"], capture_output=True, text=True)
        reached |= {path.parent.relative_to(out).as_posix() for path in out.rglob("state.pt")}
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL, done.stderr
        deaths += 1
    assert deaths >= 3
    assert {"choice/sft", "sft-1"} <= reached
    assert not list(out.rglob("state.pt"))
    assert alone.choice().rl_epochs == read_json(out / "choice.json")["rl_epochs"]
    for path in sorted(path.relative_to(alone.folder) for path in alone.folder.rglob("*") if path.is_file()):
        assert (out / path).read_bytes() == (alone.folder / path).read_bytes(), path


def test_a_state_of_something_else_or_a_damaged_one_is_refused(tmp_path: Path) -> None:
    weight = torch.zeros(2, requires_grad=True)
    optimiser = torch.optim.AdamW([weight])
    path = tmp_path / "state.pt"
    Resume(path, "klerk", {"best": 0.5}).save([weight], [weight], optimiser, passes=1, steps=3)
    again = Resume(path, "klerk", {"best": 0.0})
    assert again.load([weight], [torch.ones(2)], optimiser) == (1, 3)
    assert again.memory == {"best": 0.5}
    with pytest.raises(CasewrightError, match="another base"):
        Resume(path, "andere").load([weight], [weight], optimiser)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(CasewrightError, match="is damaged"):
        Resume(path, "klerk").load([weight], [weight], optimiser)
