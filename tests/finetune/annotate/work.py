"""Push or pull a plan of the small workflow in a process of its own, which can be killed while it works.

python -m tests.finetune.annotate.work push|pull FOLDER URL TOKENFILE [--die-at N] [--die-during N]

--die-at kills the process (kill -9) after N batches were sent, or after N annotations were kept; --die-during a moment
after the Nth batch began to be sent, while the server is at work on it.
"""

import argparse
import os
import signal
import threading
from pathlib import Path
from typing import Any

from finetune.annotate.client import Client, connect
from finetune.annotate.ledger import Ledger
from finetune.annotate.pull import pull
from finetune.annotate.push import push
from tests.finetune.annotate.reading import WORKFLOW


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["push", "pull"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("url")
    parser.add_argument("token", type=Path)
    parser.add_argument("--die-at", type=int, default=0)
    parser.add_argument("--die-during", type=int, default=0)
    options = parser.parse_args()
    owner: Any = Client if options.what == "push" else Ledger
    method = "send" if options.what == "push" else "record"
    original, calls = getattr(owner, method), 0

    def counted(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == options.die_during:
            threading.Timer(0.05, die).start()
        result = original(*arguments)
        if calls == options.die_at:
            die()
        return result

    setattr(owner, method, counted)
    with Ledger(options.folder) as ledger:
        client = connect(options.url, options.token.read_text().strip())
        print((push if options.what == "push" else pull)(ledger, client, WORKFLOW))


if __name__ == "__main__":
    main()
