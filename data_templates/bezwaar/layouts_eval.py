"""Layouts of the evaluation half: other orders and frames than those of the training half."""

from __future__ import annotations

from data_templates.bezwaar.layouts_train import DECISION, FORM, WHO, WISHES, grounds, named, rest, shuffled
from data_templates.bezwaar.world import ADDRESS
from data_templates.bezwaar.writer import ObjectionWriter


def portal_printout(w: ObjectionWriter) -> None:
    w.open()
    w.put("AFDRUK UIT HET LOKET\nReferentie{:}{~nummer}\n\n* BESLUIT\n")
    w.fields(*shuffled(w, "soort_besluit", *DECISION, "geadresseerde"))
    w.put("\n* BEZWAAR\n")
    w.fields("gronden", *shuffled(w, *WISHES))
    w.put("\n* PERSONEN\n")
    w.fields(*shuffled(w, *WHO), *(reversed(ADDRESS) if w.rng.random() < 0.5 else ("adres",)))
    w.put(w.rng.choice(("Mobiel{:}{~telefoon}\n", "Burgerservicenummer{:}{~bsn}\n", "")))
    w.put("\n* VERZENDING\n")
    w.fields(*shuffled(w, *FORM))
    w.prose(*rest(w), noise=w.rng.randint(1, 3), doubts=True, lead="\nVrije tekst\n")


def letter_dated_below(w: ObjectionWriter) -> None:
    w.open()
    w.section("opening brief")
    w.put("\n\n")
    grounds(w, noise=w.rng.randint(0, 1))
    w.prose(*named(w), *shuffled(w, *DECISION), noise=w.rng.randint(0, 1))
    w.prose(*shuffled(w, *WISHES, "indiening"), noise=w.rng.randint(0, 2), doubts=True)
    w.section("slot brief")
    w.put("\n")
    w.put_due("w.g. {bezwaarmaker}\n", "{bezwaarmaker}\n")
    w.put_due("{adres}\n")
    w.put_due("d.d. {dagtekening}\n", "Te dateren op {dagtekening}\n")
    w.prose(*rest(w))


def forwarded_mail(w: ObjectionWriter) -> None:
    w.open()
    w.put("Fwd: bezwaar\n\nDag, hieronder wat wij doorsturen. ")
    w.put_due("Wij, {gemachtigde}, doen dit voor {bezwaarmaker}.\n\n", "Groet, {gemachtigde}\n\n")
    w.put(w.rng.choice(("Ons adres: {~postadres}. Ons dossier: {~nummer}.\n\n", "Kantoor: {~postadres}\n\n")))
    w.put("---- Doorgestuurd bericht ----\n")
    w.put_due("Op {dagtekening} geschreven:\n", "Verstuurd: {dagtekening}\n")
    facts = shuffled(w, "gronden", *DECISION, *WISHES, "geadresseerde")
    w.put("> ")
    w.prose(*named(w), *facts[: len(facts) // 2], between="\n> ", end="\n> ")
    w.prose(*facts[len(facts) // 2 :], noise=w.rng.randint(1, 3), doubts=True, between="\n> ")
    w.prose(*rest(w))


def desk_memo(w: ObjectionWriter) -> None:
    w.open()
    w.put(w.rng.choice(("MEMO KLANTCONTACT\n\n", "Verslag van het gesprek aan het loket\n\n")))
    w.prose(*named(w), *shuffled(w, *DECISION), "gronden", between="\n* ", lead="* ", end="\n")
    w.prose(*shuffled(w, "geadresseerde", *WISHES), noise=w.rng.randint(1, 3), doubts=True, between="\n* ", lead="* ")
    w.fields(*shuffled(w, *WHO, *FORM), *ADDRESS)
    w.put("Genoteerd door{:}{~naam}\n")
    w.prose(*rest(w))


def form_and_letter(w: ObjectionWriter) -> None:
    w.open()
    w.put("GEGEVENS VAN DE INDIENER\n\n")
    w.fields(*shuffled(w, *WHO, *FORM), "adres")
    w.open()
    w.section("opening los")
    w.put("\n\n")
    w.prose(*named(w), *shuffled(w, *DECISION), noise=w.rng.randint(0, 1))
    grounds(w, noise=w.rng.randint(0, 2))
    w.prose(*shuffled(w, *WISHES), doubts=True)
    w.section("slot los")
    w.put("\n")
    w.prose(*rest(w))
