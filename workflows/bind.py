"""Bind a table to facts by the names of its inputs: the convention that keeps definitions short.

An input `x` is the value of the fact x; `x_vermeld` is whether x is stated. A nested fact goes by its last name.
"""

from __future__ import annotations

from collections.abc import Mapping

from scaffolds.errors import CasewrightError
from scaffolds.facts import Facts
from scaffolds.table import Table
from scaffolds.workflow import Source, Stated, Use, Value

_STATED = "_vermeld"


def bind(
    table: Table,
    *facts: type[Facts],
    when: tuple[str, str] | None = None,
    sources: Mapping[str, Source] | None = None,
) -> Use:
    """Use a table on these facts; `sources` gives the inputs that do not follow the convention.

    Raises CasewrightError, with table and input, where no fact or more than one has the name of an input.
    """
    paths = {path for declared in facts for path in declared.kinds}
    bound: dict[str, Source] = dict(sources or {})
    for column in table.inputs:
        if column.name in bound:
            continue
        name = column.name.removesuffix(_STATED)
        found = sorted(path for path in paths if path.rsplit(".", 1)[-1] == name)
        if len(found) != 1:
            raise CasewrightError(
                f"Table {table.id}: its input {column.name} "
                + (f"may be any of {', '.join(found)}; name its source." if found else "is no fact that is read.")
            )
        bound[column.name] = Stated(path=found[0]) if name != column.name else Value(path=found[0])
    return Use(table=table, inputs=bound, when=when)
