"""The proof of one evaluation: enough to repeat it years later, and to explain it to a citizen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from scaffolds.table.domain import Value, render_value

if TYPE_CHECKING:
    from scaffolds.table.model import Row, Source

Output = Value | tuple[Value, ...] | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was decided, by which rows of which table, on which legal reference date.

    `outputs` maps each output to its value: one value for UNIQUE, ANY, FIRST and PRIORITY, a tuple (one
    value per hit row, in the order of the policy) for RULE ORDER, OUTPUT ORDER and COLLECT, a number for an
    aggregation. Only an unproven table can give None: no row was hit. MIN and MAX of nothing are None too.
    """

    table_id: str
    version: str
    hash: str
    draft: bool
    on: date
    inputs: Mapping[str, Value]
    rows: tuple["Row", ...]
    outputs: Mapping[str, Output]

    @property
    def row_ids(self) -> tuple[str, ...]:
        """The rows hit, in the order of the policy."""
        return tuple(row.id for row in self.rows)

    @property
    def sources(self) -> tuple["Source", ...]:
        """The articles of the rows hit, each once."""
        return tuple(dict.fromkeys(row.source for row in self.rows if row.source is not None))

    @property
    def explanation_nl(self) -> str:
        """The explanations of the rows hit, as one Dutch text; never written by a model."""
        return " ".join(dict.fromkeys(row.explanation_nl for row in self.rows if row.explanation_nl))

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready: numbers and dates as text, so that nothing is rounded on the way."""

        def plain(value: Output) -> Any:
            if value is None or isinstance(value, bool | str):
                return value
            return [plain(item) for item in value] if isinstance(value, tuple) else render_value(value)

        return {
            "table": self.table_id,
            "version": self.version,
            "hash": self.hash,
            "draft": self.draft,
            "on": self.on.isoformat(),
            "inputs": {name: plain(value) for name, value in self.inputs.items()},
            "rows": list(self.row_ids),
            "outputs": {name: plain(value) for name, value in self.outputs.items()},
            "sources": [str(source) for source in self.sources],
            "explanation_nl": self.explanation_nl,
        }
