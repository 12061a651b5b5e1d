"""A request for information (Woo-verzoek): read, ask to be precise, third parties, decide, write.

What may be withheld (Woo 5.1, 5.2) is weighed by a person, never by a table. Law: Wet open overheid as in force
on 2026-08-15, with the Awb of 2026-07-01. No penalty for a late decision (Woo 8.2).
"""

from pathlib import Path

from scaffolds.retention import Retention
from scaffolds.table import load_table
from scaffolds.workflow import Ask, Branch, Check, Decide, Draft, OpenNorm, Read, Use, Workflow
from workflows.bind import bind
from workflows.woo_verzoek.facts import Verzoek

_TABLES = Path(__file__).parent / "tables"


def _use(name: str) -> Use:
    return bind(load_table(_TABLES / f"{name}.yaml"), Verzoek)


WORKFLOW = Workflow(
    name="woo_verzoek",
    version="1.0.0",
    title="Verzoek om informatie (Woo)",
    law="BWBR0045754 2026-08-15",
    term="woo_verzoek",
    # Example: the archivist of the body confirms period and place in the list before anything is destroyed.
    retention=Retention(
        years=10,
        source="Selectielijst gemeenten en intergemeentelijke organen 2020 (voorbeeld, vast te stellen)",
        by_decision={"doorgezonden": 1, "niet_behandeld": 1},
    ),
    package="workflows.woo_verzoek",
    # What every answer names: who asked, through whom, where the answer goes, and of what day the request is.
    registered=("verzoeker", "gemachtigde", "antwoordadres", "verzoekdatum"),
    steps=(
        Read(id="lees_verzoek", title="Verzoek lezen", facts=Verzoek, then="toets"),
        Check(
            id="toets",
            title="Is het verzoek precies genoeg, en wat volgt eruit?",
            tables=tuple(
                _use(name) for name in ("precisering", "bestuursorgaan", "regime", "omvang", "vorm", "derden")
            ),
            then=Branch(on="woo_verzoek/precisering.vraag", to={"niets": "zienswijze"}, otherwise="preciseren"),
        ),
        Ask(
            id="preciseren",
            title="De verzoeker helpen preciseren (Woo 4.1, vijfde lid)",
            items="woo_verzoek/precisering.vraag",
            days=14,
            letter="preciseren.txt",
            completed="lees_verzoek",
            lapsed="besluit",
        ),
        Decide(
            id="zienswijze",
            title="Vragen wij een ander om een zienswijze?",
            options={
                "vragen": "Een ander heeft naar verwachting bedenkingen; wij vragen om een zienswijze.",
                "niet_vragen": "Niemand heeft naar verwachting bedenkingen.",
            },
            role="behandelaar",
            norms=(
                OpenNorm(
                    id="bedenkingen",
                    question="Heeft een ander naar verwachting bedenkingen tegen openbaarmaking?",
                    source="Awb 4:8, Woo 4.4(3)",
                ),
            ),
            then=Branch(on="zienswijze", to={"vragen": "zienswijze_vragen"}, otherwise="besluit"),
        ),
        Ask(
            id="zienswijze_vragen",
            title="Zienswijze vragen (Awb 4:8); de termijn staat stil tot en met het antwoord (Woo 4.4, derde lid)",
            items="woo_verzoek/derden.zienswijze",
            days=14,
            letter="zienswijze.txt",
            completed="besluit",
            lapsed="besluit",
            whom="derde",
        ),
        Decide(
            id="besluit",
            title="Besluiten",
            options={
                "openbaar": "De stukken worden openbaar.",
                "deels_openbaar": "De stukken worden deels openbaar.",
                "geweigerd": "De stukken worden niet openbaar.",
                "doorgezonden": "Het verzoek gaat naar een ander bestuursorgaan (Woo 4.2).",
                "niet_behandeld": "Het verzoek wordt niet behandeld (Woo 4.1, zesde lid, of 4.6).",
            },
            role="behandelaar",
            second="tweede_ondertekenaar",
            norms=(
                OpenNorm(
                    id="absolute_gronden",
                    question="Bevatten de stukken gegevens die niet openbaar mogen worden?",
                    source="Woo 5.1(1)",
                ),
                OpenNorm(
                    id="relatieve_gronden",
                    question="Weegt openbaarheid op tegen de belangen die de wet noemt, per stuk en per onderdeel?",
                    source="Woo 5.1(2)(3)(5), 5.3",
                ),
                OpenNorm(
                    id="beleidsopvattingen",
                    question="Staan er persoonlijke beleidsopvattingen in stukken voor intern beraad?",
                    source="Woo 5.2",
                ),
                OpenNorm(
                    id="doel",
                    question="Heeft de verzoeker kennelijk een ander doel dan informatie te krijgen?",
                    source="Woo 4.6",
                ),
            ),
            then="brief",
        ),
        Draft(
            id="brief",
            title="Brief aan de verzoeker",
            letters={
                name: f"{name}.txt"
                for name in ("openbaar", "deels_openbaar", "geweigerd", "doorgezonden", "niet_behandeld")
            },
            no_remedy=frozenset({"doorgezonden"}),
        ),
    ),
)
