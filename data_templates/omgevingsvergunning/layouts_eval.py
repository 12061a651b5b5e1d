"""Layouts of the evaluation half: other orders and frames than those of the training half."""

from __future__ import annotations

from data_templates.omgevingsvergunning.layouts_train import (
    GENERAL,
    PLAN,
    STATUS,
    WHAT,
    WHO,
    details,
    own_address,
    rest,
    shuffled,
)
from data_templates.omgevingsvergunning.world import ADDRESS
from data_templates.omgevingsvergunning.writer import PermitWriter as Writer


def portal_printout(w: Writer) -> None:
    w.open()
    w.put("AFDRUK UIT HET LOKET\nReferentie{:}{~nummer}\n\n* WERK\n")
    w.fields(*details(w), *shuffled(w, *WHAT))
    w.put("\n* PLAATS EN EIGENDOM\n")
    w.fields(*(reversed(ADDRESS) if w.rng.random() < 0.5 else ("locatie",)), *STATUS)
    w.put("\n* PERSONEN\n")
    w.fields(*shuffled(w, *WHO))
    w.put(own_address(w) + w.rng.choice(("Mobiel{:}{~telefoon}\n", "Burgerservicenummer{:}{~bsn}\n", "")))
    w.put("\n* PLANNING EN STUKKEN\n")
    w.fields(*shuffled(w, *PLAN, "bijlagen", "aanvraagdatum"))
    w.prose(*rest(w), noise=w.rng.randint(1, 4), doubts=True, lead="\nVrije tekst\n")


def letter_dated_below(w: Writer) -> None:
    w.open()
    w.section("opening brief")
    w.put("\n\n")
    if w.rng.random() < 0.5:
        w.prose("locatie", *shuffled(w, *STATUS))
    w.prose(*WHAT, *details(w), noise=w.rng.randint(1, 2))
    w.prose(*shuffled(w, "locatie", *GENERAL), noise=w.rng.randint(0, 2), doubts=True)
    w.section("slot brief")
    w.put("\n")
    w.put_due("w.g. {aanvrager}\n", "{aanvrager}\n")
    w.put(own_address(w))
    w.put_due("Getekend op {aanvraagdatum}\n", "d.d. {aanvraagdatum}\n")
    w.prose(*rest(w))


def forwarded_mail(w: Writer) -> None:
    w.open()
    w.put("Fwd: aanvraag\n\nDag, hieronder de gegevens die wij doorsturen. ")
    w.put_due("Wij, {gemachtigde}, doen dit voor {aanvrager}.\n\n", "Groet, {gemachtigde}\n\n")
    w.put(w.rng.choice(("Ons adres: {~postadres}. Ons dossier: {~nummer}.\n\n", "Kantoor: {~postadres}\n\n")))
    w.put("---- Doorgestuurd bericht ----\n")
    w.put_due("Op {aanvraagdatum} geschreven:\n", "Verstuurd: {aanvraagdatum}\n")
    facts = shuffled(w, *details(w), *GENERAL)
    w.put("> ")
    w.prose("locatie", *WHAT, *facts[: len(facts) // 2], between="\n> ", end="\n> ")
    w.prose(*facts[len(facts) // 2 :], noise=w.rng.randint(2, 4), doubts=True, between="\n> ")
    w.prose(*rest(w))


def desk_memo(w: Writer) -> None:
    w.open()
    w.put(w.rng.choice(("MEMO KLANTCONTACT\n\n", "Verslag van het gesprek aan het loket\n\n")))
    w.prose(*WHAT, "locatie", between="\n* ", lead="* ", end="\n")
    w.prose(
        *shuffled(w, *details(w), *GENERAL), noise=w.rng.randint(2, 4), doubts=True, between="\n* ", lead="* "
    )
    w.fields(*shuffled(w, *WHO, "aanvraagdatum"))
    w.put("Genoteerd door{:}{~naam}\n")
    w.prose(*rest(w))


def form_and_letter(w: Writer) -> None:
    w.open()
    w.put("GEGEVENS VAN DE AANVRAAG\n\n")
    w.fields(*shuffled(w, "aanvraagdatum", *WHO), *ADDRESS, *PLAN)
    w.put(own_address(w))
    w.open()
    w.section("opening los")
    w.put("\n\n")
    w.prose(*WHAT, *details(w), noise=w.rng.randint(0, 2))
    w.prose(*shuffled(w, *STATUS, "bijlagen"), noise=w.rng.randint(1, 2), doubts=True)
    w.section("slot los")
    w.put("\n")
    w.prose(*rest(w))


def spoken_report(w: Writer) -> None:
    w.open()
    w.put("Verslag van een ingesproken boodschap\n\n")
    w.put_due("Goedendag, mijn naam is {aanvrager}. ", "Dag, hier {aanvrager}. ")
    w.prose(*shuffled(w, "locatie", *STATUS), noise=w.rng.randint(1, 2), end=" ")
    w.prose(*WHAT, *details(w), *PLAN, "bijlagen", doubts=True, end=" ")
    w.put("U kunt {~telefoon} bellen.\n")
    w.put_due("Opgenomen op {aanvraagdatum}\n", "Bericht van {aanvraagdatum}\n")
    w.prose(*rest(w))
