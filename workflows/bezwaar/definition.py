"""Objection (bezwaar): from the notice of objection to the decision on it.

Read who objects and against what, check whether it was in time and what is missing, ask for that (Awb 6:6, which
suspends the term), settle admissibility, hear, decide with a second signature, send the letter. No table rejects:
too late, not an interested party or plainly unfounded are open norms that a person answers. Law: Awb as in force
on 2026-07-01.
"""

from pathlib import Path

from scaffolds.facts import Facts, Text
from scaffolds.retention import Retention
from scaffolds.table import load_table
from scaffolds.workflow import Ask, Branch, Check, Decide, Draft, OpenNorm, Read, Source, Use, Within, Workflow
from workflows.bezwaar.facts import Adres, Bezwaar, Indiener
from workflows.bind import bind

_TABLES = Path(__file__).parent / "tables"


class Motivering(Facts):
    """What the letter quotes from the objection."""

    reden = Text(label="het belangrijkste argument van de bezwaarmaker", quote_chars=160)


def _use(name: str, **sources: Source) -> Use:
    return bind(load_table(_TABLES / f"{name}.yaml"), Indiener, Bezwaar, sources=sources)


WORKFLOW = Workflow(
    name="bezwaar",
    version="1.0.0",
    title="Bezwaar tegen een besluit",
    law="BWBR0005537 2026-07-01",
    term="bezwaar_beslissen",
    # Example: the archivist of the body confirms period and place in the list before anything is destroyed.
    retention=Retention(
        years=10,
        source="Selectielijst gemeenten en intergemeentelijke organen 2020 (voorbeeld, vast te stellen)",
    ),
    starts={"published": "bekendmaking"},
    variant="bezwaar/behandeling.uitkomst",
    package="workflows.bezwaar",
    # What every decision on an objection names: who made it, through whom, where the answer goes, and of what day.
    registered=("bezwaarmaker", "gemachtigde", *(f"adres.{part}" for part in Adres.kinds), "dagtekening"),
    steps=(
        Read(id="lees_indiener", title="Lezen: wie maakt bezwaar?", facts=Indiener, then="lees_bezwaar"),
        Read(id="lees_bezwaar", title="Lezen: waartegen en waarom?", facts=Bezwaar, then="intake"),
        Check(
            id="intake",
            title="Is het op tijd, is het volledig en wie behandelt het?",
            tables=(
                _use(
                    "tijdigheid",
                    ontvangst=Within(rule="bezwaar_indienen", path="bekendmaking"),
                    dagtekening=Within(rule="bezwaar_indienen", path="bekendmaking", until="dagtekening"),
                ),
                _use("vereisten"),
                _use("behandeling"),
                _use("belang"),
                _use("spoed"),
            ),
            then=Branch(on="bezwaar/vereisten.vraag", to={"niets": "voorbereiding"}, otherwise="vraag_herstel"),
        ),
        Ask(
            id="vraag_herstel",
            title="Gelegenheid geven een verzuim te herstellen (Awb 6:6)",
            items="bezwaar/vereisten.vraag",
            days=28,
            letter="herstel.txt",
            completed="lees_indiener",
            lapsed="ontvankelijkheid",
        ),
        Check(
            id="voorbereiding",
            title="Hoe wordt gehoord, en zijn kosten gevraagd?",
            tables=(_use("horen"), _use("kosten")),
            then="ontvankelijkheid",
        ),
        Decide(
            id="ontvankelijkheid",
            title="Is het bezwaar ontvankelijk?",
            options={
                "ontvankelijk": "Het bezwaar wordt inhoudelijk behandeld.",
                "niet_ontvankelijk": "Het bezwaar kan niet inhoudelijk worden behandeld.",
            },
            role="behandelaar",
            norms=(
                OpenNorm(
                    id="verschoonbaar",
                    question="Als het bezwaar te laat is: is dat de indiener redelijkerwijs niet toe te rekenen?",
                    source="Awb 6:11",
                ),
                OpenNorm(
                    id="belanghebbende",
                    question="Is het belang van de bezwaarmaker rechtstreeks bij het besluit betrokken?",
                    source="Awb 1:2, 7:1",
                ),
                OpenNorm(
                    id="verzuim",
                    question="Als een verzuim niet is hersteld: is er reden het bezwaar toch te behandelen?",
                    source="Awb 6:6",
                ),
            ),
            then=Branch(on="ontvankelijkheid", to={"ontvankelijk": "horen"}, otherwise="besluit"),
        ),
        Decide(
            id="horen",
            title="Horen, of vastleggen waarom dat niet gebeurt",
            options={
                "gehoord": "De bezwaarmaker en andere belanghebbenden zijn gehoord.",
                "niet_gehoord": "Er is niet gehoord, om een reden die de wet noemt.",
            },
            role="behandelaar",
            norms=(
                OpenNorm(
                    id="afzien_van_horen",
                    question="Als niet is gehoord: welke grond van artikel 7:3 geldt, en waarom?",
                    source="Awb 7:2, 7:3",
                ),
            ),
            then="besluit",
        ),
        Decide(
            id="besluit",
            title="Beslissen op het bezwaar",
            options={
                "gegrond": "Het bezwaar is gegrond; het besluit wordt herroepen of gewijzigd.",
                "ongegrond": "Het bezwaar is ongegrond; het besluit blijft in stand.",
                "niet_ontvankelijk": "Het bezwaar is niet-ontvankelijk.",
            },
            role="behandelaar",
            second="tweede_ondertekenaar",
            norms=(
                OpenNorm(
                    id="heroverweging",
                    question="Wat levert een volledige heroverweging van het besluit op?",
                    source="Awb 7:11",
                ),
                OpenNorm(
                    id="evenredigheid",
                    question="Zijn de gevolgen voor de bezwaarmaker evenredig met het doel?",
                    source="Awb 3:4",
                ),
                OpenNorm(
                    id="kostenvergoeding",
                    question="Als om kosten is gevraagd: is het besluit herroepen om een fout van de gemeente?",
                    source="Awb 7:15",
                ),
            ),
            then="brief",
        ),
        Draft(
            id="brief",
            title="Beslissing op bezwaar",
            letters={
                "gegrond": "gegrond.txt",
                "ongegrond": "ongegrond.txt",
                "niet_ontvankelijk": "niet_ontvankelijk.txt",
            },
            facts=Motivering,
            remedy="beroep",
        ),
    ),
)
