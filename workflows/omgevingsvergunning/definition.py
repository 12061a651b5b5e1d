"""The environment and planning permit (omgevingsvergunning), regular procedure, for five activities.

Read, check completeness, ask for what is missing (which suspends the term), assess, decide with a second
signature, send the letter. Law: Omgevingswet and Awb as in force on 2026-07-01.
"""

from collections.abc import Mapping
from pathlib import Path

from scaffolds.facts import Facts, Text
from scaffolds.retention import FOR_GOOD, Retention
from scaffolds.table import load_table
from scaffolds.workflow import Ask, Branch, Check, Decide, Draft, Holds, OpenNorm, Read, Source, Use, Workflow
from workflows.bind import bind
from workflows.omgevingsvergunning.facts import (
    ACTIVITIES,
    Aanvraag,
    Boom,
    Dakkapel,
    Inrit,
    Locatie,
    Reclame,
    Uitbouw,
)

_TABLES = Path(__file__).parent / "tables"
READS: dict[str, type[Facts]] = {
    "boom_vellen": Boom,
    "dakkapel": Dakkapel,
    "inrit": Inrit,
    "reclame": Reclame,
    "uitbouw": Uitbouw,
}


class Motivering(Facts):
    """What the letter quotes from the application."""

    reden = Text(label="de reden die de aanvrager zelf geeft", quote_chars=160)


_ENCLOSED: dict[str, Source] = {
    f"{item}_bijgevoegd": Holds(path="bijlagen", item=item) for item in Aanvraag.bijlagen.options
}


def _use(name: str, *, activity: str = "", sources: Mapping[str, Source] | None = None) -> Use:
    """A table by its name, for one activity or for all."""
    table = load_table(_TABLES / f"{name}.yaml")
    when = ("activiteit", activity) if activity else None
    return bind(table, Aanvraag, *READS.values(), when=when, sources=sources)


WORKFLOW = Workflow(
    name="omgevingsvergunning",
    version="1.0.0",
    title="Omgevingsvergunning, reguliere procedure",
    law="BWBR0037885 2026-07-01",
    term="omgevingsvergunning_regulier",
    # Example: the archivist of the body confirms period and place in the list before anything is destroyed.
    retention=Retention(
        years=10,
        source="Selectielijst gemeenten en intergemeentelijke organen 2020 (voorbeeld, vast te stellen)",
        by_decision={"verlenen": FOR_GOOD, "buiten_behandeling": 1},
    ),
    package="workflows.omgevingsvergunning",
    # What every decision names (who asked for what, through whom, for which place, on what day), and what came with it.
    registered=(
        *("activiteit", "aanvrager", "gemachtigde", "omschrijving", "aanvraagdatum", "bijlagen"),
        *(f"locatie.{part}" for part in Locatie.kinds),
    ),
    steps=(
        Read(
            id="lees_aanvraag",
            title="Aanvraag lezen",
            facts=Aanvraag,
            then=Branch(on="activiteit", to={a: f"lees_{a}" for a in ACTIVITIES}, otherwise="volledigheid"),
        ),
        *(
            Read(
                id=f"lees_{activity}",
                title=f"Lezen: {ACTIVITIES[activity]}",
                facts=facts,
                then="volledigheid",
            )
            for activity, facts in READS.items()
        ),
        Check(
            id="volledigheid",
            title="Is de aanvraag volledig?",
            tables=(_use("volledigheid", sources=_ENCLOSED),),
            then=Branch(
                on="omgevingsvergunning/volledigheid.vraag",
                to={"niets": "beoordeling"},
                otherwise="vraag_aanvulling",
            ),
        ),
        Ask(
            id="vraag_aanvulling",
            title="Ontbrekende gegevens vragen (Awb 4:5)",
            items="omgevingsvergunning/volledigheid.vraag",
            days=28,
            letter="aanvulling.txt",
            completed="lees_aanvraag",
            lapsed="besluit",
        ),
        Check(
            id="beoordeling",
            title="Is een vergunning nodig, en welke leges gelden?",
            tables=(
                _use("boom", activity="boom_vellen"),
                *(_use(name, activity=name) for name in ("dakkapel", "inrit", "reclame", "uitbouw")),
                _use("leges"),
            ),
            then="besluit",
        ),
        Decide(
            id="besluit",
            title="Besluiten",
            options={
                "verlenen": "De vergunning wordt verleend.",
                "weigeren": "De vergunning wordt geweigerd.",
                "vergunningvrij": "Er is geen vergunning nodig.",
                "buiten_behandeling": "De aanvraag wordt niet behandeld (Awb 4:5).",
            },
            role="behandelaar",
            second="tweede_ondertekenaar",
            norms=(
                OpenNorm(
                    id="fysieke_leefomgeving",
                    question="Past het werk bij een evenwichtige toedeling van functies aan locaties?",
                    source="Ow 4.2, Bkl 8.0a",
                ),
                OpenNorm(
                    id="evenredigheid",
                    question="Zijn de gevolgen voor de aanvrager evenredig met het doel?",
                    source="Awb 3:4",
                ),
            ),
            then="brief",
        ),
        Draft(
            id="brief",
            title="Brief aan de aanvrager",
            letters={
                "verlenen": "verlenen.txt",
                "weigeren": "weigeren.txt",
                "vergunningvrij": "vergunningvrij.txt",
                "buiten_behandeling": "buiten_behandeling.txt",
            },
            facts=Motivering,
        ),
    ),
)
