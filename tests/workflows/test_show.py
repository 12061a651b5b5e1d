"""What is shown at the terminal: the words of a document, and what of them stays hidden."""

from scaffolds.facts import Evidence, Fact, Text
from workflows.show import facts_nl


def test_a_bsn_in_a_quotation_is_hidden_at_the_terminal() -> None:
    quotation = "Jan Test, BSN 999990019"
    place = Evidence(document="aanvraag.txt", start=0, end=len(quotation), quotation=quotation)
    fact = Fact(path="aanvrager", state="stated", values=("Jan Test",), evidence=(place,))
    (line,) = facts_nl({"aanvrager": Text(label="aanvrager")}, {"aanvrager": fact})
    assert "Jan Test, BSN •••••••••" in line
    assert "999990019" not in line
