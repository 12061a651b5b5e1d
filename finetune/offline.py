"""Keep every library of the stack from contacting anything; call it before one of them is imported."""

from __future__ import annotations

import os


def offline(*, hub: bool = False) -> None:
    """Switch off telemetry and trackers, and unless `hub` the model hub too.

    The hub libraries read these variables when they are imported.
    """
    os.environ |= {
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "DO_NOT_TRACK": "1",
        "WANDB_DISABLED": "true",
        "TOKENIZERS_PARALLELISM": "false",
    }
    if not hub:
        os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
