"""The trace store: append-only, hash-chained; SQLite by default, PostgreSQL where several machines share it.

with Store("traces.db", create=True) as store:
    store.append("Z-1", events, workflow="omgevingsvergunning", expected=0)
    store.case("Z-1"), store.verify().sound
"""

from scaffolds.store.record import Record, canonical
from scaffolds.store.replay import Difference, Replay, replay
from scaffolds.store.store import Conflict, Erased, Store
from scaffolds.store.verify import Problem, Report

__all__ = [
    "Conflict",
    "Difference",
    "Erased",
    "Problem",
    "Record",
    "Replay",
    "Report",
    "Store",
    "canonical",
    "replay",
]
