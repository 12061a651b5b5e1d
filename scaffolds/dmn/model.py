"""A DMN model: its tables in the order they depend on each other, and what was assumed or dropped."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from scaffolds.table import Receipt, Table, TableError


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision: its name in the model and its table, read as a draft and not yet proven."""

    name: str
    table: Table


@dataclass(frozen=True, slots=True)
class DmnModel:
    """`decisions` go bottom up: a table comes after those whose outcome it uses.

    `notes` name every domain that had to be assumed and everything that was dropped.
    """

    name: str
    dmn_version: str
    decisions: tuple[Decision, ...]
    notes: tuple[str, ...]

    @property
    def inputs(self) -> tuple[str, ...]:
        """The inputs of the whole model: those no decision of it supplies."""
        made = {decision.name for decision in self.decisions}
        names = (column.name for decision in self.decisions for column in decision.table.inputs)
        return tuple(dict.fromkeys(name for name in names if name not in made))

    def evaluate(self, inputs: Mapping[str, object], *, on: date) -> dict[str, Receipt]:
        """Every decision by name, bottom up; raises TableError as `Table.evaluate` does."""
        known: dict[str, object] = dict(inputs)
        receipts: dict[str, Receipt] = {}
        for decision in self.decisions:
            names = [column.name for column in decision.table.inputs]
            for name in names:
                if name not in known:
                    raise TableError(f"no value given for this input of {decision.name}", column=name)
            receipt = decision.table.evaluate({name: known[name] for name in names}, on=on)
            receipts[decision.name] = receipt
            if len(receipt.outputs) == 1:
                known[decision.name] = next(iter(receipt.outputs.values()))
        return receipts
