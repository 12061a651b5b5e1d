"""The engine: given a case, what is the next task; given an answer, which events follow. Pure.

A case stands at one step of its workflow, in one phase of that step (`state`); what a model or a person says there
becomes an event (`answers`).
"""

from scaffolds.engine.answers import (
    ask,
    ask_override,
    confirm,
    decide,
    propose,
    settle_override,
    sign,
    unread,
)
from scaffolds.engine.state import (
    STATED,
    WHO,
    Phase,
    State,
    applies,
    evaluate,
    inputs_of,
    pending,
    run_tables,
    state_of,
)

__all__ = [
    "STATED",
    "WHO",
    "Phase",
    "State",
    "applies",
    "ask",
    "ask_override",
    "confirm",
    "decide",
    "evaluate",
    "inputs_of",
    "pending",
    "propose",
    "run_tables",
    "settle_override",
    "sign",
    "state_of",
    "unread",
]
