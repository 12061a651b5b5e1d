"""Settle the libraries of the stack before one of them is imported: nothing contacted, no bars and notices."""

from __future__ import annotations

import logging
import os
import warnings


def settle_libraries(*, hub: bool = False) -> None:
    """Switch off telemetry, trackers and chatter, and unless `hub` the model hub too.

    The hub libraries read these variables when they are imported.
    """
    os.environ |= {
        "DO_NOT_TRACK": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "TRANSFORMERS_VERBOSITY": "error",
        "WANDB_DISABLED": "true",
    }
    if not hub:
        os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
    # bitsandbytes reports that a kernel it would fetch from the hub is absent; that is as it should be.
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
    # The libraries tell each other of names that will change; the versions are pinned.
    warnings.filterwarnings("ignore", category=FutureWarning)
