"""Prove a table: an outcome for every input, and no contradiction, on every day of its validity.

Per column the domain is cut into atoms at the row boundaries, so each row is a product of atom sets: a box.
Overlap is an intersection of two boxes. Completeness subtracts the boxes from the whole space; where rows
are known not to overlap, counting atoms decides it without a search. Between two days on which a row comes
or goes nothing changes, so the proof runs once per such interval.
A proof that would need too many steps is refused, never skipped: the table must then be split.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import prod
from typing import Literal

from scaffolds.table.cell import Cell, merge_spans, render_cell
from scaffolds.table.domain import Value, render_value
from scaffolds.table.error import TableError
from scaffolds.table.evaluate import priority, validity_starts
from scaffolds.table.model import Row, Table

CHECKER = "1"
MAX_GAPS = 10
MAX_STEPS = 200_000

Box = tuple[int, ...]
FindingKind = Literal["gap", "overlap", "conflict", "dead row", "unreachable output", "untested input"]
ERRORS: tuple[FindingKind, ...] = ("gap", "overlap", "conflict")


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault or remark; `witness` is an input that shows it, from `since` on; `rows` are row ids."""

    kind: FindingKind
    message: str
    rows: tuple[str, ...] = ()
    witness: Mapping[str, Value] | None = None
    since: date | None = None

    @property
    def is_error(self) -> bool:
        """A gap, an overlap or a conflict; the other kinds are remarks for the jurist."""
        return self.kind in ERRORS


@dataclass(frozen=True, slots=True)
class Proof:
    """What was proven: `intervals` periods of validity, `atoms` input classes in the largest of them."""

    table_id: str
    version: str
    hash: str
    checker: str
    intervals: int
    atoms: int
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        """No gap, no overlap, no conflict."""
        return not any(finding.is_error for finding in self.findings)


def prove(table: Table) -> Proof:
    """All findings of a table; raises TableError only where the proof needs more than MAX_STEPS steps."""
    findings: dict[tuple[str, str], Finding] = {}
    starts = validity_starts(table)
    atoms = 0
    for since in starts:
        space = _Space(table, since)
        atoms = max(atoms, space.volume(space.whole))
        for finding in space.findings():
            findings.setdefault((finding.kind, finding.message), finding)
    for finding in _remarks(table):
        findings.setdefault((finding.kind, finding.message), finding)
    return Proof(table.id, table.version, table.hash, CHECKER, len(starts), atoms, tuple(findings.values()))


def uncovered(table: Table, *, limit: int = 1000) -> list[tuple[Cell, ...]]:
    """What no row covers, as rows of cells; for a table whose rows do not differ in validity."""
    space = _Space(table, table.valid_from)
    return [tuple(space.cell(k, mask) for k, mask in enumerate(box)) for box in space.gaps(disjoint=False, limit=limit)]


class _Space:
    """The input space of one interval of validity, cut into atoms."""

    def __init__(self, table: Table, since: date) -> None:
        self.table, self.since, self.steps = table, since, 0
        self.rows = [row for row in table.rows if row.valid(since)]
        self.starts: list[list[int]] = []
        masks: list[list[int]] = []
        for k, column in enumerate(table.inputs):
            size, cells = column.domain.size, [row.cells[k] for row in self.rows]
            edges = {0, *(edge for cell in cells for span in cell.spans for edge in span if edge < size)}
            starts = sorted(edges) + [size] * column.domain.unknown
            self.starts.append(starts)
            held = {c: sum(1 << n for n, low in enumerate(starts) if c.holds(low, size)) for c in set(cells)}
            masks.append([held[cell] for cell in cells])
        self.boxes: list[Box] = list(zip(*masks, strict=True)) if self.rows else []
        self.whole: Box = tuple((1 << len(starts)) - 1 for starts in self.starts)

    def findings(self) -> list[Finding]:
        pairs = self._overlaps()
        policy = self.table.hit_policy
        found: list[Finding] = []
        if policy == "UNIQUE":
            found += [self._pair("overlap", "both hold", i, j) for i, j in pairs]
        if policy == "ANY":
            found += [
                self._pair("conflict", "both hold and give different outputs", i, j)
                for i, j in pairs
                if self.rows[i].outputs != self.rows[j].outputs
            ]
        if not self.table.may_be_empty:
            found += [self._gap(box) for box in self.gaps(disjoint=not pairs, limit=MAX_GAPS)]
        if policy in ("FIRST", "PRIORITY"):
            found += self._dead(by=(lambda _: ()) if policy == "FIRST" else (lambda row: priority(self.table, row)))
        return found

    def gaps(self, *, disjoint: bool, limit: int) -> list[Box]:
        """Boxes that no row covers, as few as joining them gives."""
        return _merged(self._uncovered(self.whole, self.boxes, disjoint=disjoint, limit=limit))

    def volume(self, box: Box) -> int:
        return prod(mask.bit_count() for mask in box)

    def _overlaps(self) -> list[tuple[int, int]]:
        """Index pairs of rows whose boxes meet, by joining per-column bit masks of rows."""
        meets: list[dict[int, int]] = []
        for k in range(len(self.starts)):
            held = {box[k] for box in self.boxes}
            meets.append({mask: sum(1 << n for n, box in enumerate(self.boxes) if box[k] & mask) for mask in held})
        pairs = []
        for n, box in enumerate(self.boxes):
            rows = -1 << (n + 1)
            for k, mask in enumerate(box):
                rows &= meets[k][mask]
            pairs += [(n, m) for m in range(n + 1, len(self.boxes)) if rows >> m & 1] if rows else []
        return pairs

    def _uncovered(self, space: Box, boxes: Sequence[Box], *, disjoint: bool, limit: int) -> list[Box]:
        """Disjoint boxes of `space` that no box covers, at most `limit`; empty means covered."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise TableError(f"table {self.table.id} is too entangled to prove in {MAX_STEPS} steps: split it")
        inside = [box for box in (_meet(space, box) for box in boxes) if all(box)]
        if not inside:
            return [space]
        volumes = [self.volume(box) for box in inside]
        total = self.volume(space)
        if max(volumes) == total or (disjoint and sum(volumes) == total):
            return []
        largest = inside[volumes.index(max(volumes))]
        found: list[Box] = []
        rest = space
        for k, mask in enumerate(largest):
            if outside := rest[k] & ~mask:
                part = (*rest[:k], outside, *rest[k + 1 :])
                found += self._uncovered(part, inside, disjoint=disjoint, limit=limit - len(found))
                if len(found) >= limit:
                    break
                rest = (*rest[:k], mask, *rest[k + 1 :])
        return found

    def _dead(self, *, by: "Callable[[Row], tuple[int, ...]]") -> list[Finding]:
        """Rows that the rows going before them leave nothing."""
        order = sorted(range(len(self.rows)), key=lambda n: by(self.rows[n]))
        found = []
        for place, n in enumerate(order):
            before = [self.boxes[m] for m in order[:place]]
            if not self._uncovered(self.boxes[n], before, disjoint=False, limit=1):
                row = self.rows[n].id
                found.append(Finding("dead row", f"row {row} can never decide: others go before it", (row,)))
        return found

    def _pair(self, kind: FindingKind, what: str, i: int, j: int) -> Finding:
        rows = (self.rows[i].id, self.rows[j].id)
        witness = self._witness(_meet(self.boxes[i], self.boxes[j]))
        return Finding(kind, f"rows {rows[0]} and {rows[1]} {what} for {_told(witness)}", rows, witness, self.since)

    def _gap(self, box: Box) -> Finding:
        witness = self._witness(box)
        where = "; ".join(
            f"{column.name} {render_cell(self.cell(k, mask), column.domain)}"
            for k, (column, mask) in enumerate(zip(self.table.inputs, box, strict=True))
            if mask != self.whole[k]
        )
        message = f"no row for {where or 'any input'}; for instance {_told(witness)}"
        return Finding("gap", message, (), witness, self.since)

    def cell(self, k: int, mask: int) -> Cell:
        """A set of atoms of column `k` as a cell of that column."""
        domain, starts = self.table.inputs[k].domain, self.starts[k]
        edges = [*starts, domain.size + domain.unknown]
        held = [(edges[n], edges[n + 1]) for n in range(len(starts)) if mask >> n & 1]
        known = [span for span in held if span[0] < domain.size]
        return Cell(merge_spans(known), len(known) < len(held))

    def _witness(self, box: Box) -> dict[str, Value]:
        return {
            column.name: column.domain.value(starts[(mask & -mask).bit_length() - 1])
            for column, starts, mask in zip(self.table.inputs, self.starts, box, strict=True)
        }


def _meet(one: Box, other: Box) -> Box:
    return tuple(a & b for a, b in zip(one, other, strict=True))


def _merged(boxes: list[Box]) -> list[Box]:
    """Join boxes that differ in one column only, so that a gap is told once."""
    boxes = list(boxes)
    n = 0
    while n < len(boxes):
        for m in range(n + 1, len(boxes)):
            differs = [k for k, (a, b) in enumerate(zip(boxes[n], boxes[m], strict=True)) if a != b]
            if len(differs) == 1:
                boxes[n] = tuple(a | b for a, b in zip(boxes[n], boxes.pop(m), strict=True))
                n = -1
                break
        n += 1
    return boxes


def _told(witness: Mapping[str, Value]) -> str:
    return ", ".join(f"{name} = {render_value(value)}" for name, value in witness.items())


def _remarks(table: Table) -> list[Finding]:
    """Not wrong, but worth a jurist's question."""
    found = []
    for k, column in enumerate(table.outputs):
        given = {row.outputs[k] for row in table.rows}
        listed = column.domain.members if table.aggregation is None else ()
        for value in listed:
            if value not in given:
                found.append(Finding("unreachable output", f"{column.name} is never {render_value(value)!r}"))
    for k, column in enumerate(table.inputs):
        size = column.domain.size
        if all(
            row.cells[k].spans == ((0, size),) and row.cells[k].unknown == column.domain.unknown for row in table.rows
        ):
            found.append(Finding("untested input", f"no row looks at {column.name}"))
    return found


def require_proof(table: Table, *, file: str = "") -> Proof:
    """The proof, or a TableError with the first gap, overlap or conflict and how many more there are."""
    proof = prove(table)
    errors = [finding for finding in proof.findings if finding.is_error]
    if errors:
        first, more = errors[0], len(errors) - 1
        since = f" (from {first.since})" if proof.intervals > 1 else ""
        tail = f"; and {more} more" if more else ""
        raise TableError(
            f"{first.kind}: {first.message}{since}{tail}", file=file or table.id, row=" and ".join(first.rows)
        )
    return proof
