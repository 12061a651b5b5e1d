"""A small workflow with every kind of fact, hostile texts, and answers to be given about them."""

import random
from datetime import date

from data_templates.labelling import Form, form_of
from finetune.annotate.source import reading_task
from finetune.annotate.task import Task
from scaffolds.case import Document
from scaffolds.facts import Choice, Day, Euros, Evidence, Fact, Facts, Postcode, Text, Whole, YesNo
from scaffolds.workflow import Decide, Draft, OpenNorm, Read, Workflow

RECEIVED = date(2026, 3, 2)


class Alles(Facts):
    soort = Choice(label="soort werk", options={"kappen": "kappen", "dakkapel": "dakkapel"})
    eigenaar = YesNo(label="of de aanvrager eigenaar is")
    breedte = Whole(label="breedte in cm", minimum=10, maximum=900, unit="cm")
    kosten = Euros(label="kosten", minimum=0, maximum=1_000_000)
    begin = Day(label="begindatum")
    postcode = Postcode(label="postcode")
    straat = Text(label="straat")
    bijlagen = Choice(label="bijlagen", many=2, options={"foto": "foto's", "tekening": "tekening"})


class Reden(Facts):
    reden = Text(label="de reden van de aanvrager", quote_chars=60)


WORKFLOW = Workflow(
    name="alles",
    version="1",
    title="Alles",
    law="Wet alles",
    term="alles",
    package="tests.finetune",
    steps=(
        Read(id="lees", title="Lezen", facts=Alles, then="besluit"),
        Decide(
            id="besluit",
            title="Besluiten",
            options={"verlenen": "wordt verleend", "weigeren": "wordt geweigerd"},
            role="behandelaar",
            norms=(OpenNorm(id="evenredig", question="Is het evenredig?", source="Awb 3:4"),),
            then="brief",
        ),
        Draft(id="brief", title="Brief", letters={"verlenen": "a", "weigeren": "b"}, facts=Reden),
    ),
)
FORM: Form = form_of(WORKFLOW, "facts", "lees")
WORDS = ("de", "re\u0301ële", "🌳🌳", "ĳsbaan", "<b>vet</b>", "&amp;", "café\r\n", "$stuk", "{{x}}", "e\u0308")


def hostile_task(number: int, *, documents: int = 2) -> tuple[Task, dict[str, Fact]]:
    """A task with a text that is hard to count in, and facts that stand in it; the same number gives the same."""
    rng = random.Random(number)
    spoken = {
        "soort": ("kappen", "kappen"),
        "eigenaar": ("van mij 🏡", "ja"),
        "breedte": ("2 m", 200),
        "kosten": ("€ 12,50", 1250),
        "begin": ("1 maart 2026", "2026-03-01"),
        "postcode": ("1234 AB", "1234AB"),
        "straat": (f"Re\u0301e\u0301straat {number} 🌷", None),
        "bijlagen": ("foto's", "foto"),
    }
    texts, facts = [""] * documents, {}
    for path, (quotation, value) in spoken.items():
        place = rng.randrange(documents)
        texts[place] += " ".join(rng.choices(WORDS, k=4)) + " "
        if rng.random() < 0.25:
            facts[path] = Fact(path=path, state=rng.choice(["not_stated", "unsure"]))
            continue
        start = len(texts[place])
        texts[place] += quotation + " "
        evidence = Evidence(document=f"stuk-{place}", start=start, end=start + len(quotation), quotation=quotation)
        said = quotation if value is None else value
        facts[path] = Fact(path=path, state="stated", values=(said,), evidence=(evidence,))
    head = f"Zaak {number}. "
    stukken = [Document(id=f"stuk-{i}", text=head + text, received=RECEIVED) for i, text in enumerate(texts)]
    moved = {path: _moved(fact, len(head), stukken) for path, fact in facts.items()}
    task = reading_task(
        WORKFLOW, "lees", case=f"zaak-{number}", received=RECEIVED, documents=stukken, proposed=moved, model="toy"
    )
    return task, moved


def _moved(fact: Fact, by: int, documents: list[Document]) -> Fact:
    places = tuple(
        Evidence(
            document=place.document, start=place.start + by, end=place.end + by, quotation=place.quotation,
            occurrences=sum(document.text.count(place.quotation) for document in documents),
        )
        for place in fact.evidence
    )  # fmt: skip
    return Fact(path=fact.path, state=fact.state, values=fact.values, evidence=places)
