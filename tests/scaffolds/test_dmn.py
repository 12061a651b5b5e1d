"""DMN tables come in and go out without changing what they decide; anything else is refused with its place."""

from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from scaffolds.dmn import DmnModel, read_dmn, read_dmn_bytes, write_dmn
from scaffolds.dmn.document import OWN, VERSIONS
from scaffolds.table import TableError, load_text, prove
from tests.scaffolds.tables import ON, TREES, inputs_of, partitions, tables
from tests.shared import shared_file

SUITES = {
    "0004-simpletable-U", "0005-simpletable-A", "0006-simpletable-P1", "0007-simpletable-P2", "0010-multi-output-U",
    "0108-first-hitpolicy", "0109-ruleOrder-hitpolicy", "0110-outputOrder-hitpolicy",
    "0111-first-hitpolicy-singleoutputcol", "0112-ruleOrder-hitpolicy-singleinoutcol",
    "0113-outputOrder-hitpolicy-singleinoutcol", "0114-min-collect-hitpolicy", "0115-sum-collect-hitpolicy",
    "0116-count-collect-hitpolicy", "0117-multi-any-hitpolicy", "0118-multi-priority-hitpolicy",
    "0119-multi-collect-hitpolicy",
}  # fmt: skip
XSI = "{http://www.w3.org/2001/XMLSchema-instance}type"


def kit_value(node: ElementTree.Element) -> object:
    """A value, list or structure of the conformance kit."""
    child = node[0]
    tag = child.tag.rpartition("}")[2]
    if tag == "list":
        return [kit_value(item) for item in child]
    if tag == "component":
        return {component.get("name"): kit_value(component) for component in node}
    text, kind = child.text or "", child.get(XSI, "").rpartition(":")[2]
    return {"boolean": text == "true", "string": text}.get(kind) if kind in ("boolean", "string") else Decimal(text)


def bare(receipt) -> object:
    """Outputs in the shape of the kit: one column bare, several as a mapping, lists row by row."""
    outputs = dict(receipt.outputs)
    if not any(isinstance(value, tuple) for value in outputs.values()):
        return outputs if len(outputs) > 1 else next(iter(outputs.values()))
    rows = zip(*outputs.values(), strict=True)
    return [dict(zip(outputs, row, strict=True)) if len(outputs) > 1 else row[0] for row in rows]


def same(one: object, other: object) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | Decimal) and isinstance(other, int | Decimal):
        return abs(one - other) < Decimal("1e-8")
    return one == other


@pytest.mark.parametrize("suite", sorted(SUITES))
def test_the_conformance_kit_level_2(suite):
    folder = shared_file(f"dmn/tck-level-2/{suite}")
    model = read_dmn(folder / f"{suite}.dmn")
    again = read_dmn_bytes(write_dmn([decision.table for decision in model.decisions]))
    cases = [
        case
        for path in sorted(folder.glob("*-test-*.xml"))
        for case in ElementTree.parse(path).getroot()
        if case.tag.endswith("testCase")
    ]
    assert len(cases) == 3
    for case in cases:
        inputs, expected = {}, {}
        for node in case:
            if node.tag.endswith("inputNode"):
                inputs[node.get("name")] = kit_value(node)
            elif node.tag.endswith("resultNode"):
                expected[node.get("name")] = kit_value(node[0])
        names = {column.name for decision in model.decisions for column in decision.table.inputs}
        inputs = {name: value for name, value in inputs.items() if name in names}
        for read in (model, again):
            receipts = read.evaluate(inputs, on=ON)
            for name, value in expected.items():
                result = bare(receipts[name])
                if read.decisions[0].table.hit_policy == "COLLECT" and isinstance(value, list):
                    assert Counter(map(str, result)) == Counter(map(str, value))
                else:
                    assert same(result, value), case.get("id")


def test_tree_felling_decides_every_combination_and_names_what_it_never_says():
    path = shared_file("dmn/tree-felling.dmn")
    model = read_dmn(path)
    assert model.dmn_version == "1.1"
    assert model.inputs == ("erf", "beschermd", "plan", "vormboom")
    domains = {column.name: column.domain for d in model.decisions for column in d.table.inputs}
    outcomes = Counter(
        model.evaluate(dict(zip(model.inputs, values, strict=True)), on=ON)["ConclusieBoomKappen"].outputs[
            "ConclusieBoomKappen"
        ]
        for values in product(*(domains[name].values() for name in model.inputs))
    )
    assert outcomes == {"Vergunningplicht": 15, "Toestemmingsvrij": 9}
    findings = [finding for decision in model.decisions for finding in prove(decision.table).findings]
    assert [finding.message for finding in findings] == ["ConclusieBoomKappen is never 'Meldingsplicht'"]


def test_the_questions_of_the_permit_portal_are_read_and_the_rest_is_reported():
    model = read_dmn(shared_file("dmn/tree-felling.dmn"))
    questions = {c.name: c.question_nl for d in model.decisions for c in d.table.inputs if c.question_nl}
    assert questions["erf"] == "Staat de boom in een tuin of op een erf?"
    plan = next(c for d in model.decisions for c in d.table.inputs if c.name == "plan")
    assert len(plan.domain.members) == 3
    dropped = [note for note in model.notes if note.startswith("dropped")]
    assert "dropped: 4 x Content:toelichting" in dropped
    assert not any("vraagTekst" in note for note in dropped)


@settings(max_examples=100, deadline=None)
@given(partitions())
def test_a_table_exported_and_imported_is_the_same_table(table):
    (decision,) = read_dmn_bytes(write_dmn([table])).decisions
    assert decision.table == table
    assert decision.table.hash == table.hash


def stripped(data: bytes) -> bytes:
    """The document as another engine would write it back: without our extension elements."""
    root = ElementTree.fromstring(data)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag.endswith("extensionElements"):
                parent.remove(child)
    return ElementTree.tostring(root)


@settings(max_examples=60, deadline=None)
@given(tables("FIRST"))
def test_a_table_that_lost_our_extensions_still_gives_the_same_answers(table):
    data = stripped(write_dmn([table]))
    assert OWN.encode() not in data.replace(f'namespace="{OWN}"'.encode(), b"")
    model = read_dmn_bytes(data)
    assert not any(note.startswith("assumed") for note in model.notes)
    again = model.decisions[0].table
    for inputs in inputs_of(table):
        values = {c.name: inputs[c.name] for c in again.inputs}
        assert again.evaluate(values, on=ON).outputs == table.evaluate(inputs, on=ON).outputs


def model_text(
    cell: str = "&gt;= 18",
    output: str = '"ja"',
    kind: str = "number",
    name: str = "Age",
    more: str = "",
    head: str = "",
) -> bytes:
    return f"""<?xml version="1.0"?>{head}
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="m" namespace="n" id="d">
  <inputData id="i" name="Age"/>
  <decision id="x" name="Mag het"><variable name="Mag het" typeRef="string"/>
    <decisionTable><input><inputExpression typeRef="{kind}"><text>{name}</text></inputExpression></input><output/>
      <rule id="r1"><inputEntry><text>{cell}</text></inputEntry><outputEntry><text>{output}</text></outputEntry></rule>
    </decisionTable></decision>{more}
</definitions>""".encode()


@pytest.mark.parametrize(
    ("changes", "place", "reason"),
    [
        ({"cell": "Age + 1"}, "row r1, column Age", "decimal"),
        ({"cell": "date and time(1)"}, "row r1, column Age", "not a literal"),
        ({"cell": '__import__("os")', "kind": "string"}, "column Age", "expression"),
        ({"cell": "high", "kind": "string"}, "column Age", "expression"),
        ({"cell": "[9..3]"}, "row r1, column Age", "wrong way round"),
        ({"output": "Age * 2"}, "column Mag het", "not one literal"),
        ({"name": "Age + 1"}, "decision Mag het", "expression"),
        ({"kind": "context"}, "column Age", "type context"),
        (
            {"more": '<decision id="y" name="Y"><literalExpression><text>1</text></literalExpression></decision>'},
            "decision Y",
            "only decision tables",
        ),
        ({"head": '<!DOCTYPE d [<!ENTITY a "b">]>'}, "m.dmn", "entities"),
        ({"head": '<!DOCTYPE d SYSTEM "http://example.org/d.dtd">'}, "m.dmn", "entities"),
        ({"more": "<unclosed>"}, "m.dmn", "not XML"),
    ],
)
def test_what_is_not_a_table_of_unary_tests_is_refused_with_its_place(changes, place, reason):
    with pytest.raises(TableError) as caught:
        read_dmn_bytes(model_text(**changes), file="m.dmn")
    assert place in str(caught.value)
    assert reason in str(caught.value)


def test_the_plain_model_that_those_break_is_read():
    model = read_dmn_bytes(model_text())
    assert model.evaluate({"Age": Decimal(18)}, on=ON)["Mag het"].outputs == {"Mag het": "ja"}
    assert any("assumed" in note and "Age" in note for note in model.notes)


def test_a_hundred_thousand_rows_are_refused():
    rule = b"<rule><inputEntry><text>1</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>"
    with pytest.raises(TableError, match="larger than"):
        read_dmn_bytes(model_text().replace(b"</decisionTable>", rule * 100_000 + b"</decisionTable>"))
    with pytest.raises(TableError, match="10001 rules are more than"):
        read_dmn_bytes(model_text().replace(b"</decisionTable>", rule * 10_000 + b"</decisionTable>"))


@pytest.mark.parametrize(("namespace", "version"), VERSIONS.items())
def test_every_version_of_the_standard_is_read(namespace, version):
    ours = b"https://www.omg.org/spec/DMN/20191111/MODEL/"
    model = read_dmn_bytes(model_text().replace(ours, namespace.encode()))
    assert model.dmn_version == version
    assert model.evaluate({"Age": Decimal(18)}, on=ON)["Mag het"].row_ids == ("r1",)


def test_another_kind_of_xml_is_refused():
    with pytest.raises(TableError, match=r"not the definitions of DMN 1\.1"):
        read_dmn_bytes(b"<definitions xmlns='http://example.org/bpmn'/>")


def test_decisions_in_a_circle_are_refused():
    needs = b'<informationRequirement><requiredDecision href="#x"/></informationRequirement>'
    with pytest.raises(TableError, match=r"circle: Mag het -> Mag het"):
        read_dmn_bytes(model_text().replace(b"<decisionTable>", needs + b"<decisionTable>", 1))


def test_a_default_output_becomes_rows_that_can_be_read():
    data = model_text().replace(
        b"<output/>", b'<output><defaultOutputEntry><text>"nee"</text></defaultOutputEntry></output>'
    )
    (decision,) = read_dmn_bytes(data).decisions
    assert [row.id for row in decision.table.rows] == ["r1", "default-1"]
    assert decision.table.evaluate({"Age": Decimal("17.99")}, on=ON).outputs == {"Mag het": "nee"}
    assert prove(decision.table).holds


def test_damage_to_our_own_extension_is_named():
    data = write_dmn([load_text(TREES)])
    with pytest.raises(TableError, match="damaged"):
        read_dmn_bytes(data.replace(b'{"id": "kap/verg', b'["id": "kap/verg'))


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(TableError, match=r"weg\.dmn"):
        read_dmn(tmp_path / "weg.dmn")


def test_dates_and_missing_values_survive_the_exchange():
    text = TREES.replace('type: int, range: "[0..2000]", unit: cm', 'type: date, range: "[2026-01-01..2026-12-31]"')
    table = load_text(text.replace('">= 100"', '">= 2026-07-01"').replace('"< 100"', '"< 2026-07-01"'))
    data = write_dmn([table])
    assert b'date("2026-07-01")' in data
    assert b"<text>null</text>" in data
    model: DmnModel = read_dmn_bytes(stripped(data))
    receipt = model.evaluate({"soort": "kap", "omtrek": date(2026, 7, 1)}, on=ON)
    assert receipt["kap/vergunningplicht"].row_ids == ("d1r1",)
    assert model.evaluate({"soort": "kap", "omtrek": None}, on=ON)["kap/vergunningplicht"].row_ids == ("d1r3",)
