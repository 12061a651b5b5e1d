"""Layouts of the training half. Each writes every fact that is due, once, and every contradiction."""

from __future__ import annotations

from data_templates.omgevingsvergunning.world import ADDRESS
from data_templates.omgevingsvergunning.writer import PermitWriter as Writer

WHAT = ("omschrijving", "activiteit")
PLAN = ("begindatum", "kosten")
STATUS = ("eigenaar", "monument")
WHO = ("aanvrager", "gemachtigde")
GENERAL = (*PLAN, *STATUS, "bijlagen")


def details(w: Writer) -> list[str]:
    """The facts of the activity itself, in any order."""
    paths = list(w.world.reading.kinds)
    w.rng.shuffle(paths)
    return paths


def shuffled(w: Writer, *paths: str) -> list[str]:
    return w.rng.sample(paths, len(paths))


def rest(w: Writer) -> list[str]:
    """Everything that is not yet written, with the contradictions."""
    return [*WHAT, "locatie", *details(w), *shuffled(w, *GENERAL), *WHO, "aanvraagdatum"]


def subject(w: Writer) -> None:
    """A subject line: the activity, if nothing else says it, and sometimes the place."""
    if w.rng.random() < 0.3 and w.due("locatie"):
        w.put("Betreft: aanvraag omgevingsvergunning {locatie}\n\n")
    elif w.rng.random() < 0.5:
        w.put(w.rng.choice(("Betreft: vergunning {activiteit}\n\n", "Onderwerp: aanvraag {activiteit}\n\n")))


def own_address(w: Writer) -> str:
    """An address that is not the place of the work; left out where it could pass for it."""
    if any(path in w.world.omitted for path in ADDRESS[:2]) or w.rng.random() < 0.5:
        return ""
    return w.rng.choice(
        ("Postadres: {~postadres}\n", "(eigen adres: {~adres})\n", "Correspondentie: {~postadres}\n")
    )


def web_form(w: Writer) -> None:
    w.open()
    w.put(w.rng.choice(("AANVRAAGFORMULIER OMGEVINGSVERGUNNING\n", "Webformulier vergunningaanvraag\n", "")))
    if w.rng.random() < 0.6:
        w.put("Formuliernummer{:}{~nummer}\n")
    w.fields("aanvraagdatum")
    w.put("\n1. Gegevens aanvrager\n")
    w.fields("aanvrager")
    w.put(
        own_address(w)
        + w.rng.choice(("", "Telefoon{:}{~telefoon}\n", "BSN{:}{~bsn}\n", "E-mail{:}{~mail}\n"))
    )
    w.fields("gemachtigde")
    w.put("\n2. Locatie\n")
    w.fields(*(ADDRESS if w.rng.random() < 0.7 else ("locatie",)))
    w.put("\n3. Het werk\n")
    w.fields(*shuffled(w, *WHAT), *details(w))
    w.put("\n4. Overig\n")
    w.fields(*shuffled(w, *GENERAL))
    w.prose(*rest(w), noise=w.rng.randint(1, 4), doubts=True, lead="Opmerkingen: ")


def formal_letter(w: Writer) -> None:
    w.open()
    top = w.rng.random() < 0.4 and w.put_due("{aanvrager}\n")
    w.put(own_address(w))
    w.put_due("Datum: {aanvraagdatum}\n", "{aanvraagdatum}\n")
    w.put(w.rng.choice(("Uw kenmerk: {~nummer}\n\n", "\n", "Ons kenmerk: {~nummer}\n\n")))
    subject(w)
    w.section("opening brief")
    w.put("\n\n")
    w.prose(*WHAT, "locatie", *shuffled(w, *STATUS)[:1])
    w.prose(*details(w), noise=w.rng.randint(1, 2))
    w.prose(*shuffled(w, *GENERAL), noise=w.rng.randint(1, 4), doubts=True)
    w.section("slot brief")
    if not top:
        w.put("\n")
        w.put_due("{aanvrager}\n")
    w.prose(*rest(w), lead="\n")


def informal_letter(w: Writer) -> None:
    w.open()
    w.section("opening los")
    w.put("\n\n")
    order = [*shuffled(w, "locatie", *STATUS), *WHAT] if w.rng.random() < 0.4 else [*WHAT, "locatie", *STATUS]
    w.prose(*order, noise=w.rng.randint(1, 2))
    w.prose(*details(w), *PLAN, noise=w.rng.randint(1, 2), doubts=True)
    w.prose("bijlagen", noise=w.rng.randint(0, 2))
    w.section("slot los")
    w.put("\n")
    w.put_due("{aanvrager}\n")
    w.put(w.rng.choice(("", "tel. {~telefoon}\n", "{~mail}\n")))
    w.put_due("{aanvraagdatum}\n", "Geschreven op {aanvraagdatum}\n")
    w.prose(*rest(w), lead="P.S. ")


def mail_thread(w: Writer) -> None:
    w.open()
    w.put_due("Van: {aanvrager}\n")
    w.put("Aan: vergunningen@gemeente.example\n")
    w.put_due("Verzonden: {aanvraagdatum}\n", "Datum: {aanvraagdatum}\n")
    w.put(w.rng.choice(("Onderwerp: RE: {~nummer}\n\n", "Onderwerp: Re: vraag over {activiteit}\n\n")))
    w.section("opening los")
    w.put("\n\n")
    facts = shuffled(w, "locatie", *details(w), *GENERAL)
    half = len(facts) // 2
    w.prose(*WHAT, *facts[:half], noise=w.rng.randint(0, 2))
    w.prose(*facts[half:-2], doubts=True)
    w.section("slot los")
    w.put("\n")
    w.put_due("{aanvrager}\n")
    w.put(
        "\n> Op {~datum_oud} schreef {~naam} (gemeente):\n" if w.rng.random() < 0.5 else "\n> Van: gemeente\n"
    )
    w.put(
        w.rng.choice(("> Uw vraag heeft nummer {~nummer}. De leges zijn {~leges}.\n", "> Vul het nog aan.\n"))
    )
    w.prose(*rest(w), lead="> Mijn eerdere bericht:\n> ", between="\n> ")


def telephone_note(w: Writer) -> None:
    w.open()
    w.put(w.rng.choice(("TELEFOONNOTITIE\n", "Notitie telefoongesprek\n", "Terugbelnotitie\n")))
    w.put_due("Datum gesprek: {aanvraagdatum}\n", "Gebeld op: {aanvraagdatum}\n")
    w.put("Aangenomen door: {~naam}\n")
    w.put_due("Beller: {aanvrager} (aanvrager)\n", "Gesproken met aanvrager {aanvrager}\n")
    w.put(w.rng.choice(("Tel.: {~telefoon}\n\n", "\n")))
    w.prose(*WHAT, "locatie", noise=w.rng.randint(0, 2), between=w.rng.choice((" ", "\n")))
    w.prose(
        *details(w),
        *shuffled(w, *GENERAL),
        noise=w.rng.randint(2, 4),
        doubts=True,
        between=w.rng.choice((" ", "\n- ")),
    )
    w.prose(*rest(w))
    w.put(w.rng.choice(("Actie: terugbellen.\n", "Afspraak: beller hoort binnen een week iets.\n", "")))


def agent_letter(w: Writer) -> None:
    w.open()
    w.put_due("{gemachtigde}\nKantooradres: {~postadres}\n", "{gemachtigde}\n{~postadres}\n")
    w.put_due("{aanvraagdatum}\n\n", "Datum: {aanvraagdatum}\n\n")
    w.put(w.rng.choice(("Dossier: {~nummer}\n", "")))
    subject(w)
    w.section("opening brief")
    w.put("\n\n")
    w.put_due(
        "Namens {aanvrager} dienen wij deze aanvraag in. ",
        "Onze opdrachtgever is {aanvrager}. ",
        "Als gemachtigde van {aanvrager} schrijven wij u het volgende. ",
    )
    w.prose(*WHAT, "locatie")
    w.prose(*details(w), noise=w.rng.randint(0, 2))
    w.prose(*shuffled(w, *GENERAL), noise=w.rng.randint(2, 4), doubts=True)
    w.section("slot brief")
    w.put("\n")
    w.prose(*rest(w))


def short_mail(w: Writer) -> None:
    w.open()
    if w.rng.random() < 0.5:
        w.put(w.rng.choice(("Onderwerp: {activiteit}\n", "Onderwerp: vergunning {activiteit}\n")))
    w.put_due("Datum: {aanvraagdatum}\n\n", "{aanvraagdatum}\n\n")
    w.section("opening los")
    w.put("\n\n")
    w.prose(
        *WHAT,
        *shuffled(w, "locatie", *details(w), *GENERAL),
        noise=w.rng.randint(0, 2),
        doubts=True,
        end="\n",
    )
    w.section("slot los")
    w.put("\n")
    w.put_due("{aanvrager}\n")
    w.prose(*rest(w))


def form_with_remarks(w: Writer) -> None:
    w.open()
    w.put(w.rng.choice(("Aanvraag vergunning\n\n", "FORMULIER A\n\n", "Gemeente - aanvraagformulier\n\n")))
    w.fields(*shuffled(w, *WHO, "aanvraagdatum", "locatie", "activiteit"))
    w.put(own_address(w))
    mixed = shuffled(w, *details(w), *GENERAL)
    w.fields(*mixed[: len(mixed) // 2])
    w.put("\n")
    w.prose(
        *rest(w),
        noise=w.rng.randint(2, 4),
        doubts=True,
        lead=w.rng.choice(("Opmerkingen:\n", "Toelichting: ")),
    )


def letter_and_annex(w: Writer) -> None:
    w.open()
    w.put_due("{aanvraagdatum}\n\n")
    w.section("opening brief")
    w.put("\n\n")
    w.prose(*WHAT, "locatie", *shuffled(w, *STATUS, "bijlagen"), noise=w.rng.randint(0, 2))
    w.put("De overige gegevens staan in de bijgevoegde notitie.\n\n")
    w.section("slot brief")
    w.put("\n")
    w.put_due("{aanvrager}\n")
    w.open()
    w.put(w.rng.choice(("NOTITIE BIJ DE AANVRAAG\n\n", "Bijlage 1: gegevens\n\n", "Toelichting\n\n")))
    w.fields(*WHO, *details(w), *PLAN)
    w.put("\n")
    w.prose(*rest(w), noise=w.rng.randint(1, 4), doubts=True)


def voice_message(w: Writer) -> None:
    w.open()
    w.put(w.rng.choice(("", "Voicemailbericht, automatisch uitgeschreven\n", "Ingesproken bericht\n")))
    w.put_due("Ontvangen: {aanvraagdatum}\n\n", "Datum: {aanvraagdatum}\n\n")
    w.put_due("Ja goedemiddag, u spreekt met {aanvrager}. ", "Hallo, met {aanvrager}. ")
    w.prose(
        *WHAT,
        *shuffled(w, "locatie", *details(w)),
        noise=w.rng.randint(1, 2),
        between=w.rng.choice((" ", " Eh, ", " ")),
        end=" ",
    )
    w.prose(
        *shuffled(w, *GENERAL),
        noise=w.rng.randint(0, 2),
        doubts=True,
        between=w.rng.choice((" ", " En, ", " ")),
        end=" ",
    )
    w.prose(*rest(w), end=" ")
    w.put(
        w.rng.choice(
            (
                "Mijn nummer is {~telefoon}. Dag.\n",
                "Belt u mij terug? {~telefoon}. Tot horens.\n",
                "Dank u wel, dag.\n",
            )
        )
    )


def numbered_reply(w: Writer) -> None:
    w.open()
    w.put_due("{aanvraagdatum}\n", "Datum: {aanvraagdatum}\n")
    w.put("Betreft: uw brief van {~datum_oud}, nummer {~nummer}\n\n")
    w.section("opening brief")
    w.put("\n\nU vroeg om de gegevens op een rij te zetten. Hieronder de antwoorden.\n\n")
    paths = [*WHAT, "locatie", *shuffled(w, *details(w), *GENERAL)]
    number = 0
    for path in paths:
        if w.due(path):
            number += 1
            w.prose(path, lead=f"{number}. ", end="\n")
    w.put("\n")
    w.prose(noise=w.rng.randint(1, 4), doubts=True)
    w.section("slot brief")
    w.put("\n")
    w.put_due("{aanvrager}\n")
    w.prose(*rest(w))


def counter_note(w: Writer) -> None:
    w.open()
    w.put(w.rng.choice(("Balienotitie\n", "Bezoek aan de balie\n", "AAN DE BALIE\n")))
    w.put_due("Datum: {aanvraagdatum}\n", "dag: {aanvraagdatum}\n")
    w.put(w.rng.choice(("Medewerker: {~naam}\n\n", "Volgnummer: {~nummer}\n\n")))
    w.fields(*WHO, *(ADDRESS if w.rng.random() < 0.4 else ("locatie",)))
    w.put("\n")
    w.prose(*WHAT, *details(w), between="\n- ", lead="- ", end="\n")
    w.prose(*shuffled(w, *GENERAL), noise=w.rng.randint(2, 4), doubts=True, between="\n- ", lead="- ")
    w.prose(*rest(w))


def agent_form(w: Writer) -> None:
    w.open()
    w.put("Aanvraag via gemachtigde\n\n")
    w.fields(*shuffled(w, *WHO), "aanvraagdatum")
    w.put("Adres kantoor{:}{~postadres}\nNummer kantoor{:}{~nummer}\n\n")
    w.fields("activiteit", "locatie", *details(w)[:1], *shuffled(w, *PLAN))
    w.put("\n")
    w.prose(*WHAT, *details(w), noise=w.rng.randint(0, 2))
    w.prose(*rest(w), noise=w.rng.randint(0, 2), doubts=True)
