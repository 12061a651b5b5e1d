"""The proof finds every gap and every contradiction, with an input that shows it, and never cries wolf."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffolds.table import Column, Table, TableError, load_text, prove
from scaffolds.table.cell import parse_cell
from scaffolds.table.domain import grid, listed
from tests.scaffolds.tables import ON, TREES, cell_of, inputs_of, make_table, partitions, tables

MANY = settings(max_examples=1000, deadline=None)
ANY_TABLE = settings(max_examples=300, deadline=None)  # making one, and trying every input, takes longer


def hits(table: Table, given: dict) -> list:
    values = list(given.values())
    return [
        row
        for row in table.rows
        if all(
            cell.holds(c.domain.size if v == "unknown" else c.domain.ordinal(v), c.domain.size)
            for cell, c, v in zip(row.cells, table.inputs, values, strict=True)
        )
    ]


@ANY_TABLE
@given(tables())
def test_the_proof_agrees_with_trying_every_input(table):
    proof = prove(table)
    counts = [len(hits(table, given)) for given in inputs_of(table)]
    kinds = {finding.kind for finding in proof.findings}
    assert ("gap" in kinds) == (0 in counts)
    assert ("overlap" in kinds) == any(count > 1 for count in counts)
    for finding in proof.findings:
        if finding.kind == "gap":
            assert hits(table, finding.witness) == []
        if finding.kind == "overlap":
            assert {row.id for row in hits(table, finding.witness)} >= set(finding.rows)


@ANY_TABLE
@given(tables("ANY"))
def test_any_allows_overlap_but_no_contradiction(table):
    conflicts = any(len({row.outputs for row in hits(table, given)}) > 1 for given in inputs_of(table))
    found = [finding for finding in prove(table).findings if finding.kind == "conflict"]
    assert bool(found) == conflicts
    for finding in found:
        assert len({row.outputs for row in hits(table, finding.witness)}) > 1


@ANY_TABLE
@given(tables("FIRST"))
def test_first_reports_exactly_the_rows_that_can_never_decide(table):
    alive = {hit[0].id for given in inputs_of(table) if (hit := hits(table, given))}
    dead = {finding.rows[0] for finding in prove(table).findings if finding.kind == "dead row"}
    assert dead == {row.id for row in table.rows} - alive


@MANY
@given(partitions())
def test_a_table_made_to_be_complete_is_proven(table):
    assert prove(table).holds


@MANY
@given(partitions(), st.data())
def test_a_planted_gap_is_found(table, data):
    missing = data.draw(st.sampled_from(table.rows))
    rest = tuple(row for row in table.rows if row is not missing)
    gaps = [finding for finding in prove(replace(table, rows=rest)).findings if finding.kind == "gap"]
    assert gaps
    assert all(missing in hits(table, gap.witness) for gap in gaps)


@MANY
@given(partitions(), st.data())
def test_one_missing_case_is_told_as_one_gap_with_that_case_as_witness(table, data):
    """The smallest gap there is: one row loses one value of one column."""
    n = data.draw(st.integers(0, len(table.rows) - 1))
    k = data.draw(st.integers(0, len(table.inputs) - 1))
    row, domain = table.rows[n], table.inputs[k].domain
    held = {m for m in range(domain.size + domain.unknown) if row.cells[k].holds(m, domain.size)}
    if len(held) < 2:
        return
    lost = data.draw(st.sampled_from(sorted(held)))
    cells = (*row.cells[:k], cell_of(held - {lost}, domain), *row.cells[k + 1 :])
    rows = (*table.rows[:n], replace(row, cells=cells), *table.rows[n + 1 :])
    gaps = [finding for finding in prove(replace(table, rows=rows)).findings if finding.kind == "gap"]
    assert len(gaps) == 1
    assert gaps[0].witness[table.inputs[k].name] == domain.value(lost)


@MANY
@given(partitions(), st.data())
def test_a_planted_overlap_is_found(table, data):
    n = data.draw(st.integers(0, len(table.rows) - 1))
    row = table.rows[n]
    cells = []
    for cell, column in zip(row.cells, table.inputs, strict=True):
        size = column.domain.size
        held = [m for m in range(size + column.domain.unknown) if cell.holds(m, size)]
        kept = data.draw(st.lists(st.sampled_from(held), min_size=1, unique=True))
        cells.append(cell_of(set(kept), column.domain))
    planted = replace(row, id="planted", cells=tuple(cells))
    overlaps = [f for f in prove(replace(table, rows=(*table.rows, planted))).findings if f.kind == "overlap"]
    assert [finding.rows for finding in overlaps] == [(row.id, "planted")]


def test_bands_that_skip_a_number_are_caught():
    """The event permit sample of a published case system: 0 falls through."""
    people = Column("personen", grid("int", 0, 100_000))
    bands = ["[1..20]", "[21..50]", "[51..100]", "[101..250]", "[251..1000]", "> 1000"]
    cells = [[parse_cell(band, people.domain)] for band in bands]
    (gap,) = [f for f in prove(make_table((people,), cells, list("aaaaaa"))).findings if f.kind == "gap"]
    assert gap.witness == {"personen": 0}


def test_whole_numbers_have_no_phantom_gap_but_decimals_have_a_real_one():
    def findings(column: Column) -> list:
        cells = [[parse_cell(text, column.domain)] for text in ("[0..20]", "[21..50]")]
        return [f for f in prove(make_table((column,), cells, ["a", "b"])).findings if f.kind == "gap"]

    assert findings(Column("n", grid("int", 0, 50))) == []
    (gap,) = findings(Column("n", grid("decimal", Decimal(0), Decimal(50), step=Decimal("0.1"))))
    assert gap.witness == {"n": Decimal("20.1")}
    assert "[20.1..20.9]" in gap.message


def test_a_gap_in_time_is_a_gap():
    text = TREES.replace(
        "then: {uitkomst: vergunningplicht}", "then: {uitkomst: vergunningplicht}\n    valid_to: 2025-12-31"
    )
    with pytest.raises(TableError, match=r"gap: no row for .*100.*from 2026-01-01"):
        load_text(text)


def test_successive_rows_may_share_cells_but_not_a_day():
    def with_second(first_to: str, second_from: str) -> str:
        dik = TREES[TREES.index("  - id: dik") : TREES.index("  - id: dun")]
        old = dik.rstrip("\n") + f"\n    valid_to: {first_to}\n"
        new = dik.replace("id: dik", "id: dik-2026").rstrip("\n") + f"\n    valid_from: {second_from}\n"
        return TREES.replace(dik, old + new)

    table = load_text(with_second("2025-12-31", "2026-01-01"))
    assert table.evaluate({"soort": "kap", "omtrek": 100}, on=date(2025, 12, 31)).row_ids == ("dik",)
    assert table.evaluate({"soort": "kap", "omtrek": 100}, on=date(2026, 1, 1)).row_ids == ("dik-2026",)
    with pytest.raises(TableError, match="overlap"):
        load_text(with_second("2026-01-01", "2026-01-01"))
    with pytest.raises(TableError, match="gap"):
        load_text(with_second("2025-12-30", "2026-01-01"))


def test_remarks_name_what_is_never_given_and_never_asked():
    flag = Column("vlag", listed("bool"))
    table = make_table((flag,), [[parse_cell("-", flag.domain)]], ["a"])
    messages = {finding.kind: finding.message for finding in prove(table).findings}
    assert messages == {"unreachable output": "out is never 'c'", "untested input": "no row looks at vlag"}
    assert prove(table).holds


def big_table(policy: str, *, drop: int = -1) -> Table:
    """200 rows over 8 inputs, complete: the cells of a tree that splits on every input in turn."""
    columns = tuple(Column(f"n{k}", grid("int", 0, 999)) for k in range(8))
    boxes = [[(0, 999)] * 8]
    k = 0
    while len(boxes) < 200:
        box = boxes.pop(0)
        low, high = box[k % 8]
        middle = low + (high - low) * (3 + len(boxes) % 5) // 10
        boxes += [[*box[: k % 8], part, *box[k % 8 + 1 :]] for part in ((low, middle), (middle + 1, high))]
        k += 1 + len(boxes) % 3
    cells = [
        [parse_cell(f"[{low}..{high}]", c.domain) for (low, high), c in zip(box, columns, strict=True)]
        for n, box in enumerate(boxes)
        if n != drop
    ]
    return make_table(columns, cells, ["abc"[n % 3] for n in range(len(cells))], hit_policy=policy)


@pytest.mark.parametrize("policy", ["UNIQUE", "ANY", "FIRST", "PRIORITY"])
def test_200_rows_of_8_inputs_are_proven_within_seconds(policy):
    start = perf_counter()
    assert prove(big_table(policy)).holds
    (gap, *_) = [f for f in prove(big_table(policy, drop=77)).findings if f.kind == "gap"]
    assert hits(big_table(policy), gap.witness)[0].id == "r77"
    assert perf_counter() - start < 10


def test_the_trees_table_evaluates_as_it_reads():
    table = load_text(TREES)
    assert [len(hits(table, {"soort": "kap", "omtrek": n})) for n in (0, 99, 100, "unknown")] == [1, 1, 1, 1]
    assert table.evaluate({"soort": "kap", "omtrek": None}, on=ON).outputs["uitkomst"] == "naar_behandelaar"
