"""Switches: what a workflow's or a bundle's suggestions are used for, in effect at once in every process.

"on" shows them; "shadow" records them and shows them to nobody; "off" asks the model nothing and hides what it said.
Where workflow and bundle differ, the stricter holds.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal, get_args

from sqlalchemy import Engine, or_, select

from workflows.desk.database import upsert, write_log
from workflows.desk.messages import Refused
from workflows.desk.tables import switches

Kind = Literal["workflow", "bundle"]
Mode = Literal["on", "shadow", "off"]
Switch = tuple[Kind, str]
"""Of what, and its name."""
_STRICTER: Mapping[str, int] = {"on": 0, "shadow": 1, "off": 2}


def mode_of(engine: Engine, *, workflow: str, bundle: str) -> Mode:
    """How suggestions of this bundle in this workflow are used now."""
    wanted = select(switches.c.mode).where(
        or_(
            (switches.c.kind == "workflow") & (switches.c.name == workflow),
            (switches.c.kind == "bundle") & (switches.c.name == bundle),
        )
    )
    with engine.connect() as connection:
        found = list(connection.execute(wanted).scalars())
    return max(found, key=_STRICTER.__getitem__, default="on")


def every(engine: Engine) -> dict[Switch, Mode]:
    """Every switch that was ever set."""
    with engine.connect() as connection:
        return {(row.kind, row.name): row.mode for row in connection.execute(select(switches))}


def set_mode(
    engine: Engine, kind: str, name: str, mode: str, *, known: Collection[Switch], reason: str, by: str
) -> None:
    """Set one of the `known` switches, with the reason. Raises Refused for another, which would switch nothing."""
    if (kind, name) not in known:
        raise Refused("no_switch", switch=f"{kind} {name}"[:100], known=", ".join(" ".join(one) for one in known))
    if mode not in get_args(Mode):
        raise Refused("no_mode", modes=", ".join(get_args(Mode)))
    if not reason.strip():
        raise Refused("reason")
    with engine.begin() as connection:
        upsert(connection, switches, {"kind": kind, "name": name}, {"mode": mode})
        write_log(connection, actor=by, what="switched", about=f"{kind} {name}: {mode}. {reason.strip()}")
