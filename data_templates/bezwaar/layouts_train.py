"""Layouts of the training half. Each writes every fact that is due, once, and every contradiction."""

from __future__ import annotations

from data_templates.bezwaar.world import ADDRESS
from data_templates.bezwaar.writer import ObjectionWriter

WHO = ("bezwaarmaker", "gemachtigde", "rol_gemachtigde", "machtiging")
DECISION = ("besluitdatum", "kenmerk", "bekendmaking")
WISHES = ("horen", "voorlopige_voorziening", "proceskosten")
FORM = ("dagtekening", "ondertekend", "indiening")


def shuffled(w: ObjectionWriter, *paths: str) -> list[str]:
    """These facts in any order."""
    return w.rng.sample(paths, len(paths))


def named(w: ObjectionWriter) -> list[str]:
    """The decision, unless it was named before: the first mention counts."""
    return [] if any(mark.path == "soort_besluit" for mark in w.marks) else ["soort_besluit"]


def rest(w: ObjectionWriter) -> list[str]:
    """Everything that is not yet written."""
    return [*named(w), *DECISION, "geadresseerde", "gronden", *WISHES, *WHO, "adres", *FORM]


def grounds(w: ObjectionWriter, *, noise: int = 0) -> None:
    """The grounds, or that they follow."""
    if "gronden" in w.world.omitted and w.rng.random() < 0.6:
        w.section("pro forma")
        w.put("\n")
    w.prose("gronden", "geadresseerde", noise=noise)


def web_form(w: ObjectionWriter) -> None:
    w.open()
    w.put(w.rng.choice(("BEZWAARFORMULIER\n", "Formulier bezwaar maken\n", "")))
    w.fields("dagtekening", "indiening")
    w.put("\n1. Uw gegevens\n")
    w.fields("bezwaarmaker", *(ADDRESS if w.rng.random() < 0.6 else ("adres",)))
    w.put(w.rng.choice(("", "Telefoon{:}{~telefoon}\n", "BSN{:}{~bsn}\n", "E-mail{:}{~mail}\n")))
    w.fields("gemachtigde", "rol_gemachtigde", "machtiging")
    w.put("\n2. Het besluit\n")
    w.fields("soort_besluit", *shuffled(w, *DECISION), "geadresseerde")
    w.put("\n3. Uw bezwaar\n")
    w.fields("gronden", *shuffled(w, *WISHES), "ondertekend")
    w.prose(*rest(w), noise=w.rng.randint(1, 3), doubts=True, lead="Opmerkingen: ")


def formal_letter(w: ObjectionWriter) -> None:
    w.open()
    top = w.rng.random() < 0.4 and w.put_due("{bezwaarmaker}\n")
    w.put_due("{adres}\n")
    w.put_due("Datum: {dagtekening}\n", "{dagtekening}\n")
    w.put(w.rng.choice(("Betreft: bezwaarschrift {soort_besluit}\n\n", "Onderwerp: bezwaar\n\n", "\n")))
    w.section("opening brief")
    w.put("\n\n")
    w.prose(*named(w), *DECISION, noise=w.rng.randint(0, 1))
    grounds(w, noise=w.rng.randint(0, 2))
    w.prose(*shuffled(w, *WISHES, "indiening"), noise=w.rng.randint(0, 2), doubts=True)
    w.section("slot brief")
    w.put("\n")
    if not top:
        w.put_due("{bezwaarmaker}\n")
    w.prose(*rest(w), lead="\n")


def informal_letter(w: ObjectionWriter) -> None:
    w.open()
    w.section("opening los")
    w.put("\n\n")
    w.prose(*named(w), "bezwaarmaker", "adres", noise=w.rng.randint(0, 1))
    grounds(w, noise=w.rng.randint(0, 2))
    w.prose(*shuffled(w, *DECISION), *shuffled(w, *WISHES), noise=w.rng.randint(0, 2), doubts=True)
    w.section("slot los")
    w.put("\n")
    w.put(w.rng.choice(("", "tel. {~telefoon}\n", "{~mail}\n")))
    w.put_due("{dagtekening}\n", "Brief van {dagtekening}\n")
    w.prose(*rest(w), lead="P.S. ")


def mail_message(w: ObjectionWriter) -> None:
    w.open()
    w.put_due("Van: {bezwaarmaker}\n")
    w.put("Aan: bezwaar@gemeente.example\n")
    w.put_due("Verzonden: {dagtekening}\n", "Datum: {dagtekening}\n")
    w.put(w.rng.choice(("Onderwerp: bezwaar {soort_besluit}\n\n", "Onderwerp: RE: {~nummer}\n\n")))
    w.section("opening los")
    w.put("\n\n")
    w.prose(*named(w), *shuffled(w, *DECISION), "indiening", noise=w.rng.randint(0, 1))
    grounds(w)
    w.prose(*shuffled(w, *WISHES, "adres"), noise=w.rng.randint(0, 2), doubts=True)
    w.section("slot los")
    w.put("\n")
    w.put_due("{bezwaarmaker}\n")
    w.prose(*rest(w))


def agent_letter(w: ObjectionWriter) -> None:
    w.open()
    w.put_due("{gemachtigde}\nKantooradres: {~postadres}\n", "{gemachtigde}\n{~postadres}\n")
    w.put_due("{dagtekening}\n\n", "Datum: {dagtekening}\n\n")
    w.put(w.rng.choice(("Dossier: {~nummer}\n", "")))
    w.section("opening brief")
    w.put("\n\n")
    w.put_due(
        "Namens {bezwaarmaker} maak ik bezwaar. ",
        "Tot mij wendde zich {bezwaarmaker}. ",
        "Als gemachtigde van {bezwaarmaker} schrijf ik u het volgende. ",
    )
    w.prose("adres", "rol_gemachtigde", "machtiging")
    w.prose(*named(w), *shuffled(w, *DECISION), noise=w.rng.randint(0, 1))
    grounds(w, noise=w.rng.randint(0, 1))
    w.prose(*shuffled(w, *WISHES, *FORM), noise=w.rng.randint(0, 2), doubts=True)
    w.section("slot brief")
    w.put("\n")
    w.prose(*rest(w))


def counter_note(w: ObjectionWriter) -> None:
    w.open()
    w.put(w.rng.choice(("Balienotitie bezwaar\n", "AAN DE BALIE\n", "Bezoek aan de balie\n")))
    w.put("Ontvangen: {~ontvangst}\n")
    w.put(w.rng.choice(("Medewerker: {~naam}\n\n", "Volgnummer: {~nummer}\n\n")))
    w.fields("indiening", *WHO, "adres")
    w.put("\n")
    w.prose(*named(w), *DECISION, "gronden", between="\n- ", lead="- ", end="\n")
    w.prose(*shuffled(w, "geadresseerde", *WISHES), noise=w.rng.randint(1, 3), doubts=True, between="\n- ", lead="- ")
    w.fields("dagtekening", "ondertekend")
    w.prose(*rest(w), lead="\n")


def stamped_letter(w: ObjectionWriter) -> None:
    w.open()
    w.put("INGEKOMEN {~ontvangst}\n")
    w.fields("indiening")
    w.put("\n")
    w.put_due("{bezwaarmaker}\n{adres}\n", "{bezwaarmaker}\n")
    w.section("opening brief")
    w.put("\n\n")
    w.prose("dagtekening", *named(w), *shuffled(w, *DECISION, "geadresseerde"), noise=w.rng.randint(0, 2))
    grounds(w)
    w.prose(*shuffled(w, *WISHES), noise=w.rng.randint(0, 2), doubts=True)
    w.section("slot brief")
    w.put("\n")
    w.prose("ondertekend", *rest(w))


def letter_and_form(w: ObjectionWriter) -> None:
    w.open()
    w.fields("soort_besluit", *shuffled(w, *DECISION, "bezwaarmaker", "dagtekening"))
    w.put("De toelichting staat in de bijgevoegde brief.\n")
    w.open()
    w.section("opening brief")
    w.put("\n\n")
    w.prose("adres", *named(w), noise=w.rng.randint(0, 1))
    grounds(w, noise=w.rng.randint(0, 2))
    w.prose(*shuffled(w, *WISHES, *FORM), noise=w.rng.randint(0, 2), doubts=True)
    w.section("slot brief")
    w.put("\n")
    w.prose(*rest(w))


def short_mail(w: ObjectionWriter) -> None:
    w.open()
    w.put_due("Datum: {dagtekening}\n\n", "{dagtekening}\n\n")
    w.section("opening los")
    w.put("\n\n")
    w.prose(
        *named(w),
        *shuffled(w, *DECISION, "gronden", "adres", "horen"),
        noise=w.rng.randint(0, 2),
        doubts=True,
        end="\n",
    )
    w.section("slot los")
    w.put("\n")
    w.put_due("{bezwaarmaker}\n")
    w.prose(*rest(w))
