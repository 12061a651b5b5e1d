"""A table file is strict, its hash is its meaning, and an evaluation leaves a receipt to replay."""

from datetime import date, datetime
from decimal import Decimal
from itertools import product

import pytest
import yaml
from hypothesis import given, settings

from scaffolds.table import Column, Table, TableError, dump_table, load_table, load_text, read_table_text
from scaffolds.table.cell import parse_cell
from scaffolds.table.domain import grid, listed
from scaffolds.table.proof import prove
from scaffolds.table.show import to_html, to_rich
from tests.scaffolds.tables import ON, TREES, inputs_of, make_table, partitions, tables

POLICIES = ["FIRST", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "COLLECT"]


def test_a_receipt_holds_what_is_needed_to_repeat_and_explain():
    table = load_text(TREES)
    receipt = table.evaluate({"soort": "kap", "omtrek": 120}, on=ON)
    assert receipt.outputs == {"uitkomst": "vergunningplicht"}
    assert receipt.row_ids == ("dik",)
    assert [str(source) for source in receipt.sources] == ["BWBR0037885 art. 22.8(1) (2026-07-01)"]
    assert receipt.explanation_nl == "Voor een boom met een omtrek van 100 cm of meer is een vergunning nodig."
    assert (receipt.table_id, receipt.version, receipt.hash, receipt.on) == (
        table.id,
        "1.0.0",
        table.hash,
        ON,
    )
    stored = receipt.to_dict()
    inputs = {column.name: column.domain.parse(stored["inputs"][column.name]) for column in table.inputs}
    assert table.evaluate(inputs, on=date.fromisoformat(stored["on"])).to_dict() == stored


@pytest.mark.parametrize(
    ("old", "new", "place", "reason"),
    [
        ("type: int, range", "type: integer, range", ":9, column omtrek", "not one of enum"),
        ('range: "[0..2000]", ', "", ":9, column omtrek", "open domain"),
        ("values: [kap, snoei], ", "", ":8, column soort", "open domain"),
        ('    source: {article: "22.8", paragraph: "1"}\n', "", ":13, row dik", "'source' is missing"),
        ('article: "22.8", paragraph', "paragraph", ":16, row dik", "'article' is missing"),
        ("    reviewed_by: mr. A. Jansen\n", "", ":13, row dik", "'reviewed_by' is missing"),
        ('omtrek: "< 100"', 'omtrek: "[100..1]"', ":21, row dun, column omtrek", "wrong way round"),
        ('omtrek: "< 100"', 'omtrek: "< 9999"', ":21, row dun, column omtrek", "outside"),
        ('omtrek: "< 100"', 'omtrek: "__import__(1)"', ":21, row dun, column omtrek", "not a literal"),
        ('omtrek: "< 100"', 'omtrak: "< 100"', ":21, row dun, column omtrak", "no such column"),
        ("uitkomst: vergunningplicht}\n    s", "uitkomst: misschien}\n    s", ":15, row dik", "not one"),
        ("id: dun", "id: dik", ":20, row dik", "stands twice"),
        ("valid_from: 2024-01-01", "valid_from: 2024-02-30", ":6", "not a day"),
        ("valid_from: 2024-01-01", "valid_from: 2024-01-01\nvalid_to: 2023-01-01", ":7", "before valid_from"),
        ("owner: team", "eigenaar: team", ":4", "unknown key 'eigenaar'"),
        ("version: 1.0.0\n", "", ":1", "'version' is missing"),
        ("version: 1.0.0\n", "version: 1.0.0\nversion: 2\n", ":3", "stands twice"),
        ("version: 1.0.0\n", "version: &a 1.0.0\nhit_policy: *a\n", ":2", "alias"),
        ("version: 1.0.0\n", "version: !!python/object:os.system 1\n", ":2", "tag"),
        ("inputs:", "hit_policy: LAST\ninputs:", ":7", "not one of UNIQUE"),
        ("inputs:", "aggregation: SUM\ninputs:", ":7", "COLLECT"),
        ("inputs:", "may_be_empty: true\ninputs:", ":7", "hand-over"),
        ("title_nl: Is", "title_nl: {a: Is", ":", "not YAML"),
        ("  - id: dun", "  - id: dun\n    valid_to: 2020-01-01", ":20, row dun", "outside the table's"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_understood_is_refused_with_its_place(old, new, place, reason):
    assert old in TREES
    with pytest.raises(TableError) as caught:
        load_text(TREES.replace(old, new, 1), file="kap.yaml")
    assert f"kap.yaml{place}" in str(caught.value)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"< 100"', '"< 99"', "no row for soort kap; omtrek 99; for instance soort = kap, omtrek = 99"),
        ('"< 100"', '"<= 100"', "rows dik and dun both hold for soort = kap, omtrek = 100"),
        ("omtrek: unknown", "omtrek: 3", "rows dun and onbekend both hold for soort = kap, omtrek = 3"),
    ],
)
def test_a_table_that_is_not_proven_does_not_load(old, new, message, tmp_path):
    path = tmp_path / "kap.yaml"
    path.write_text(TREES.replace(old, new), "utf-8")
    with pytest.raises(TableError) as caught:
        load_table(path)
    assert message in str(caught.value)


def test_a_hundred_thousand_rows_are_refused():
    row = "  - {id: r%d, when: {soort: kap}, then: {uitkomst: vrij}}\n"
    head = TREES[: TREES.index("  - id: dik")]
    with pytest.raises(TableError, match="at most"):
        read_table_text(head + "".join(row % n for n in range(6000)), draft=True)
    with pytest.raises(TableError, match="larger than"):
        read_table_text(head + "".join(row % n for n in range(100_000)), draft=True)


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({"soort": "kap"}, "no value given"),
        ({"soort": "bouw", "omtrek": 1}, "not one of kap, snoei"),
        ({"soort": "kap", "omtrek": 1.0}, "not of type int"),
        ({"soort": "kap", "omtrek": True}, "not of type int"),
        ({"soort": "kap", "omtrek": "120"}, "not of type int"),
        ({"soort": "kap", "omtrek": -1}, "outside"),
        ({"soort": "unknown", "omtrek": 1}, "not one of"),
        ({"soort": None, "omtrek": 1}, "not of type enum"),
        ({"soort": ["kap"], "omtrek": 1}, "not of type enum"),
        ({"soort": "kap", "omtrek": 1, "hoogte": 2}, "no input hoogte"),
    ],
)
def test_a_fact_outside_the_domain_is_refused_and_never_falls_through(inputs, reason):
    with pytest.raises(TableError, match=reason):
        load_text(TREES).evaluate(inputs, on=ON)


@pytest.mark.parametrize("on", [date(2023, 12, 31), datetime(2026, 1, 1), "2026-01-01"])
def test_a_date_outside_the_validity_is_refused(on):
    with pytest.raises(TableError, match="in force from 2024-01-01"):
        load_text(TREES).evaluate({"soort": "kap", "omtrek": 1}, on=on)


def test_a_draft_says_so_in_every_receipt():
    text = "".join(
        line
        for line in TREES.splitlines(keepends=True)
        if not line.strip().startswith(("source", "reviewed", "owner", "law", "valid_from"))
    )
    with pytest.raises(TableError, match="missing"):
        load_text(text)
    table = load_text(text, draft=True)
    assert table.evaluate({"soort": "snoei", "omtrek": 1}, on=ON).draft
    assert not load_text(TREES).evaluate({"soort": "snoei", "omtrek": 1}, on=ON).draft


def test_the_hash_is_over_the_meaning():
    table = load_text(TREES)
    reformatted = yaml.safe_dump(yaml.load(TREES, yaml.BaseLoader), sort_keys=False, default_flow_style=True)
    assert load_text(reformatted).hash == table.hash
    assert load_text(TREES.replace('"< 100"', '"[0..99]"')).hash == table.hash
    assert load_text(TREES.replace("Jansen", "Pietersen")).hash != table.hash
    assert load_text(TREES.replace("100", "101")).hash != table.hash


@settings(max_examples=100, deadline=None)
@given(partitions())
def test_a_written_table_reads_back_as_the_same(table):
    again = load_text(dump_table(table))
    assert again == table
    assert again.hash == table.hash


def expected(table: Table, given: dict[str, object]) -> object:
    """The meaning of the policies, said once more in the plainest way."""
    rows = [
        row.outputs[0]
        for row in table.rows
        if all(given[c.name] in allowed(cell, c) for cell, c in zip(row.cells, table.inputs, strict=True))
    ]
    order = [value for value in table.outputs[0].domain.members if value in rows]
    if table.hit_policy in ("RULE ORDER", "COLLECT"):
        return tuple(rows)
    if table.hit_policy == "OUTPUT ORDER":
        return tuple(value for value in order for _ in range(rows.count(value)))
    if table.hit_policy == "PRIORITY":
        return order[0] if order else None
    return rows[0] if rows else None


def allowed(cell: object, column: Column) -> list[object]:
    size = column.domain.size
    return [column.domain.value(n) for n in range(size + column.domain.unknown) if cell.holds(n, size)]


@pytest.mark.parametrize("policy", POLICIES)
def test_each_policy_gives_what_its_definition_says(policy):
    @settings(max_examples=30, deadline=None)
    @given(tables(policy))
    def run(table):
        for given_ in inputs_of(table):
            assert table.evaluate(given_, on=ON).outputs["out"] == expected(table, given_)

    run()


@pytest.mark.parametrize(
    ("aggregation", "few", "none"),
    [("SUM", Decimal("4.5"), 0), ("MIN", 1, None), ("MAX", 2, None), ("COUNT", 3, 0)],
)
def test_aggregation_over_the_rows_hit(aggregation, few, none):
    text = f"""
id: leges
version: 1
title_nl: Leges
hit_policy: COLLECT
aggregation: {aggregation}
may_be_empty: true
inputs: {{n: {{type: int, range: "[0..10]"}}}}
outputs: {{euro: {{type: decimal, range: "[0..10]", step: "0.5"}}}}
rows:
  - {{id: a, when: {{n: "> 1"}}, then: {{euro: "1.5"}}}}
  - {{id: b, when: {{n: "> 2"}}, then: {{euro: "1.0"}}}}
  - {{id: c, when: {{n: "> 2"}}, then: {{euro: "2"}}}}
"""
    table = load_text(text, draft=True)
    assert table.evaluate({"n": 3}, on=ON).outputs["euro"] == few
    assert table.evaluate({"n": 0}, on=ON).outputs["euro"] == none


def test_an_unproven_table_contradicts_itself_aloud():
    flag = Column("vlag", listed("bool"))
    anything = parse_cell("-", flag.domain)
    for policy, outputs in product(("UNIQUE", "ANY"), (["a", "b"],)):
        with pytest.raises(TableError, match=r"both hold|contradict"):
            make_table((flag,), [[anything], [anything]], outputs, hit_policy=policy).evaluate({"vlag": True}, on=ON)


def test_an_int_may_stand_for_a_decimal():
    price = Column("prijs", grid("decimal", Decimal(0), Decimal(10), step=Decimal("0.01")))
    cells = [[parse_cell("< 2.5", price.domain)], [parse_cell(">= 2.5", price.domain)]]
    table = make_table((price,), cells, ["a", "b"])
    answers = [table.evaluate({"prijs": v}, on=ON).outputs["out"] for v in (2, Decimal("2.49"), Decimal("2.50"), 3)]
    assert answers == ["a", "a", "b", "b"]


def test_html_shows_hostile_text_as_text():
    table = load_text(TREES.replace("mr. A. Jansen", "<script>alert(1)</script>"))
    page = to_html(table, prove(table))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "http" not in page


def test_the_terminal_shows_every_row_and_its_source():
    from rich.console import Console

    table = load_text(TREES.replace("Voor een boom", "Voor [red]een boom"))
    console = Console(width=250, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(to_rich(table, prove(table)))
    shown = console.export_text()
    assert all(row.id in shown for row in table.rows)
    assert "Voor [red]een boom" in shown
    assert "BWBR0037885 art. 22.8(1)" in shown
    assert "Bewezen" in shown
