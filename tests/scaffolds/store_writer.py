"""A process that appends to a store until it is killed: `python -m tests.scaffolds.store_writer URL CASE`.

It prints the number of events of its case after each append that was acknowledged.
"""

import sys
from datetime import UTC, datetime

from scaffolds.case import Event
from scaffolds.store import Store


def main() -> None:
    url, case_id = sys.argv[1:]
    with Store(url, create=True) as store:
        present = 0
        while True:
            events = [
                Event(kind="handed_over", actor="person:anna", at=datetime.now(UTC), payload={"number": n})
                for n in (present, present + 1)
            ]
            present = store.append(case_id, events, workflow="proef", expected=present)
            print(present, flush=True)


if __name__ == "__main__":
    main()
