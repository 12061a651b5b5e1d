"""Layouts of the training half. Each writes every fact that is due, once, and every contradiction."""

from __future__ import annotations

from data_templates.woo_verzoek.writer import RequestWriter as Writer

WHO = ("verzoeker", "gemachtigde")
REPLY = ("antwoordadres", "antwoordwijze")
WHAT = ("onderwerp", "periode", "documenten")
DETAILS = ("alle_documenten", "bestuursorgaan", "vorm", "eigen_gegevens", "derde", "spoed")


def shuffled(w: Writer, *paths: str) -> list[str]:
    return w.rng.sample(paths, len(paths))


def rest(w: Writer) -> list[str]:
    """Everything that is not yet written."""
    return [*WHAT, *shuffled(w, *DETAILS, *REPLY), *WHO, "verzoekdatum"]


def web_form(w: Writer) -> None:
    w.open()
    w.put(w.rng.choice(("WOO-VERZOEK\n", "Formulier informatieverzoek\n", "")))
    w.put(w.rng.choice(("Formuliernummer{:}{~nummer}\n", "\n")))
    w.fields("verzoekdatum")
    w.put("\n1. Wie bent u\n")
    w.fields(*WHO, *REPLY)
    w.put(w.rng.choice(("", "Telefoon{:}{~telefoon}\n", "BSN{:}{~bsn}\n")))
    w.put("\n2. Uw verzoek\n")
    period = ("periode",) if w.rng.random() < 0.5 else ("periode_van", "periode_tot")
    w.fields("onderwerp", *shuffled(w, "documenten", *period))
    w.put("\n3. Overig\n")
    w.fields(*shuffled(w, *DETAILS))
    w.prose(*rest(w), noise=w.rng.randint(1, 3), doubts=True, lead="Opmerkingen: ")


def formal_letter(w: Writer) -> None:
    w.open()
    top = w.rng.random() < 0.4 and w.put_due("{verzoeker}\n")
    w.put_due("Datum: {verzoekdatum}\n", "{verzoekdatum}\n")
    w.put(w.rng.choice(("Betreft: verzoek om informatie (Woo)\n\n", "Betreft: Woo-verzoek\n\n", "\n")))
    w.section("opening brief")
    w.put("\n\n")
    w.prose(*WHAT, noise=w.rng.randint(0, 1))
    w.prose(*shuffled(w, *DETAILS), noise=w.rng.randint(1, 3), doubts=True)
    w.prose(*REPLY)
    w.section("slot brief")
    if not top:
        w.put("\n")
        w.put_due("{verzoeker}\n")
    w.prose(*rest(w), lead="\n")


def informal_letter(w: Writer) -> None:
    w.open()
    w.section("opening los")
    w.put("\n\n")
    w.prose(*shuffled(w, "onderwerp", "periode", "bestuursorgaan", "derde"), noise=w.rng.randint(1, 2))
    w.prose(*shuffled(w, "documenten", "alle_documenten", "vorm", "eigen_gegevens"), noise=1, doubts=True)
    w.prose("spoed", *REPLY, noise=w.rng.randint(0, 1))
    w.section("slot los")
    w.put("\n")
    w.put_due("{verzoeker}\n")
    w.put_due("{verzoekdatum}\n", "Geschreven op {verzoekdatum}\n")
    w.prose(*rest(w), lead="P.S. ")


def mail(w: Writer) -> None:
    w.open()
    w.put_due("Van: {verzoeker}\n")
    w.put("Aan: info@gemeente.example\n")
    w.put_due("Sent: {verzoekdatum}\n", "Datum: {verzoekdatum}\n")
    w.put(w.rng.choice(("Onderwerp: informatieverzoek\n\n", "Onderwerp: Woo\n\n", "\n")))
    w.section("opening los")
    w.put("\n\n")
    w.prose("onderwerp", *shuffled(w, "periode", "documenten", *DETAILS), noise=w.rng.randint(1, 2), doubts=True)
    w.prose(*REPLY)
    w.section("slot los")
    w.put("\n")
    w.put_due("{verzoeker}\n")
    w.prose(*rest(w))


def telephone_note(w: Writer) -> None:
    w.open()
    w.put(w.rng.choice(("TELEFOONNOTITIE\n", "Mondeling verzoek, genoteerd\n", "Notitie telefoongesprek\n")))
    w.put_due("Datum gesprek: {verzoekdatum}\n", "Gebeld op: {verzoekdatum}\n")
    w.put("Aangenomen door: {~naam}\n")
    w.put_due("Beller: {verzoeker}\n", "Gesproken met verzoeker {verzoeker}\n")
    w.put("\n")
    joint = w.rng.choice((" ", "\n", "\n- "))
    w.prose(*WHAT, noise=w.rng.randint(0, 2))
    w.prose(*shuffled(w, *DETAILS, *REPLY), noise=w.rng.randint(1, 3), doubts=True, between=joint)
    w.prose(*rest(w))


def agent_letter(w: Writer) -> None:
    w.open()
    w.put_due("{gemachtigde}\n")
    w.put_due("{verzoekdatum}\n\n", "Datum: {verzoekdatum}\n\n")
    w.put(w.rng.choice(("Ons dossier: {~nummer}\n\n", "")))
    w.section("opening brief")
    w.put("\n\n")
    w.put_due("Namens {verzoeker} vragen wij u om informatie. ", "Onze cliënt is {verzoeker}. ")
    w.prose(*WHAT)
    w.prose(*shuffled(w, *DETAILS), noise=w.rng.randint(1, 3), doubts=True)
    w.prose(*REPLY)
    w.section("slot brief")
    w.put("\n")
    w.prose(*rest(w))


def short_mail(w: Writer) -> None:
    w.open()
    w.put_due("Datum: {verzoekdatum}\n\n", "{verzoekdatum}\n\n")
    w.section("opening los")
    w.put("\n\n")
    w.prose(*WHAT, *shuffled(w, *DETAILS, *REPLY), noise=w.rng.randint(0, 2), doubts=True, end="\n")
    w.section("slot los")
    w.put("\n")
    w.put_due("{verzoeker}\n")
    w.prose(*rest(w))


def numbered_letter(w: Writer) -> None:
    w.open()
    w.put_due("{verzoekdatum}\n", "Datum: {verzoekdatum}\n")
    w.put("Betreft: uw bericht van {~datum_oud}, nummer {~nummer}\n\n")
    w.section("opening brief")
    w.put("\n\nHieronder staat het verzoek op een rij.\n\n")
    number = 0
    for path in [*WHAT, *shuffled(w, *DETAILS, *REPLY)]:
        if w.due(path):
            number += 1
            w.prose(path, lead=f"{number}. ", end="\n")
    w.put("\n")
    w.prose(noise=w.rng.randint(1, 3), doubts=True)
    w.section("slot brief")
    w.put("\n")
    w.put_due("{verzoeker}\n")
    w.prose(*rest(w))


def counter_note(w: Writer) -> None:
    w.open()
    w.put(w.rng.choice(("Balienotitie\n", "Verzoek aan de balie\n")))
    w.put_due("Datum: {verzoekdatum}\n", "Dag: {verzoekdatum}\n")
    w.put(w.rng.choice(("Medewerker: {~naam}\n\n", "Volgnummer: {~nummer}\n\n")))
    w.fields(*WHO, *REPLY)
    w.put("\n")
    w.prose(*WHAT, between="\n- ", lead="- ", end="\n")
    w.prose(*shuffled(w, *DETAILS), noise=w.rng.randint(1, 3), doubts=True, between="\n- ", lead="- ")
    w.prose(*rest(w))
